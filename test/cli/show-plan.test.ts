import { describe, expect, test } from "vitest";
import { differenceLines } from "../../src/cli/show-diff.js";
import { planLines } from "../../src/cli/show-plan.js";
import { addChange, emptyPlan } from "../../src/domain/import-plan.js";

describe("a difference is shown", () => {
  test.each([
    ["with both sides", { pointer: "/a", from: 1, to: { b: "c" } }, ['~ /a: 1 → {"b":"c"}']],
    ["as new", { pointer: "/description", to: "x" }, ['+ /description: "x"']],
    ["as gone", { pointer: "/display_name", from: "x" }, ['- /display_name: "x"']],
    [
      "as a secret that has changed",
      { pointer: "/k", from: "<redacted>", to: "<redacted>" },
      ['~ /k: "<redacted>" (changed)'],
    ],
    [
      "cut where a value is long",
      { pointer: "/a", from: "x", to: "y".repeat(200) },
      [`~ /a: "x" → "${"y".repeat(99)}…`],
    ],
    [
      "line by line where both texts are long, without the lines that stay",
      { pointer: "/p", from: "one\ntwo\nthree\nfour", to: "one\n2\n2b\nthree\nfour" },
      ["~ /p:", "    - two", "    + 2", "    + 2b"],
    ],
    [
      "in twenty lines at most",
      { pointer: "/p", from: "a\nb", to: "x\n".repeat(30) },
      [
        "~ /p:",
        "    - a",
        "    - b",
        ...Array.from({ length: 20 }, () => "    + x"),
        "    + … 11 more lines",
      ],
    ],
    [
      "with nothing that a terminal acts upon",
      { pointer: "/\u001b[2J", from: "\u001b[31m\u202e", to: "a\n\u009bb" },
      ['~ /\\u001b[2J: "\\u001b[31m\\u202e" → "a\\n\\u009bb"'],
    ],
  ])("%s", (_name, difference, expected) => {
    expect(differenceLines([difference])).toEqual(expected);
  });

  test("in colours only when asked for", () => {
    const lines = differenceLines([{ pointer: "/a", to: 1 }], { colours: true, indent: "  " });
    expect(lines).toEqual(["  \u001b[32m+ /a: 1\u001b[0m"]);
  });
});

test("a plan is shown document by document, and counted", () => {
  const plan = emptyPlan();
  addChange(plan, { action: "create", registry: "team" });
  addChange(plan, { action: "create", registry: "team", profile: "agent" });
  addChange(plan, {
    action: "change",
    registry: "team",
    profile: "old",
    differences: [
      { pointer: "/description", from: "a" },
      { pointer: "/runtime/system_prompt", from: "a", to: "b" },
    ],
  });
  addChange(plan, {
    action: "change",
    registry: "web",
    differences: [{ pointer: "/display_name", to: "W" }],
  });
  addChange(plan, { action: "delete", registry: "web", profile: "gone" });
  plan.counts.unchanged = 5;
  expect([...planLines(plan)]).toEqual([
    "+ registry team",
    "+ profile team/agent",
    "~ profile team/old: 2 changes",
    '    - /description: "a"',
    '    ~ /runtime/system_prompt: "a" → "b"',
    "~ registry web: 1 change",
    '    + /display_name: "W"',
    "- profile web/gone",
    "2 created, 2 changed, 5 unchanged, 1 deleted",
  ]);
});
