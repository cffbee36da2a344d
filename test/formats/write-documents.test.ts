import { describe, expect, test } from "vitest";
import { writableDocuments } from "../../src/formats/canonical-form.js";
import { aProfile, aRegistry, closed, metadata, open } from "../domain/documents.js";
import { lines, read, readDataFile } from "./reading.js";
import { write } from "./writing.js";

const profiles = (text: string) => read(text).registries.flatMap((registry) => registry.profiles);
const promptOf = (text: string) => profiles(text)[0]?.input.runtime?.system_prompt;

test("registries and their profiles stand under `registries:`, indented by two", async () => {
  const text = await write(
    [
      { registry: aRegistry({ slug: "a", default_profile_slug: "p" }) },
      { profile: aProfile({ slug: "p", runtime: { tools: ["x"] }, policy: open }) },
      { profile: aProfile({ slug: "q" }) },
      { registry: aRegistry({ slug: "b" }) },
    ],
    "yaml",
  );
  expect(text).toBe(
    lines(
      "registries:",
      "  a:",
      "    slug: a",
      "    default_profile_slug: p",
      "    profiles:",
      "      p:",
      "        slug: p",
      "        runtime:",
      "          tools:",
      "            - x",
      "        policy:",
      "          allow_overrides: true",
      "      q:",
      "        slug: q",
      "  b:",
      "    slug: b",
    ),
  );
});

test("JSON holds the same, indented by two", async () => {
  const documents = [
    { registry: aRegistry({ slug: "a" }) },
    { profile: aProfile({ slug: "p" }) },
    { profile: aProfile({ slug: "q", runtime: { tools: ["x"] } }) },
    { registry: aRegistry({ slug: "b" }) },
    { registry: aRegistry({ slug: "c" }) },
    { profile: aProfile({ slug: "p" }) },
  ];
  const expected = {
    registries: {
      a: { slug: "a", profiles: { p: { slug: "p" }, q: { slug: "q", runtime: { tools: ["x"] } } } },
      b: { slug: "b" },
      c: { slug: "c", profiles: { p: { slug: "p" } } },
    },
  };
  expect(await write(documents, "json")).toBe(`${JSON.stringify(expected, null, 2)}\n`);
});

test.each(["yaml", "json"] as const)("no registries make a file that says so: %s", async (format) => {
  expect(read(await write([], format))).toMatchObject({ format: "canonical-registries", registries: [] });
});

describe("left out are", () => {
  test.each([
    ["empty parts", aProfile({ display_name: "", runtime: { tools: [], step_settings_patch: {} } })],
    ["a policy of defaults", aProfile({ policy: { ...closed, allowed_override_keys: [] } })],
    ["what the server manages", aProfile({ metadata: { ...metadata, version: 9, tags: [] } })],
    ["empty extensions", aProfile({ extensions: {} })],
  ])("%s", async (_what, profile) => {
    const text = await write([{ registry: aRegistry({ slug: "a" }) }, { profile }], "json");
    expect(JSON.parse(text)).toEqual({ registries: { a: { slug: "a", profiles: { p: { slug: "p" } } } } });
  });
});

test("kept are tags, false marks, and what is empty inside free-form parts", async () => {
  const profile = aProfile({
    runtime: { middlewares: [{ name: "m", enabled: false }], step_settings_patch: { chat: { stop: [] } } },
    extensions: { "acme.x@v1": {}, "acme.y@v1": null, "acme.z@v1": "" },
    metadata: { ...metadata, tags: ["t"] },
  });
  const text = await write([{ registry: aRegistry() }, { profile }], "json");
  const { policy: _, ...kept } = { ...profile, metadata: { tags: ["t"] } };
  expect((JSON.parse(text) as { registries: object }).registries).toMatchObject({
    default: { profiles: { p: kept } },
  });
});

test.each(["yaml", "json"] as const)("the order of members does not show: %s", async (format) => {
  const one = { b: { z: 1, a: [{ y: 1, x: 2 }] }, a: { "10": 1, "9": 2 } };
  const other = { a: { "9": 2, "10": 1 }, b: { a: [{ x: 2, y: 1 }], z: 1 } };
  const [first, second] = await Promise.all(
    [one, other].map((patch) =>
      write(
        [{ registry: aRegistry() }, { profile: aProfile({ runtime: { step_settings_patch: patch } }) }],
        format,
      ),
    ),
  );
  expect(second).toBe(first);
});

test("a prompt of several lines stands as a block, however long its lines are", async () => {
  const prompt = `${"long ".repeat(100)}line\n\n  indented\n--- not a document\n# not a comment\n`;
  const text = await write(
    [{ registry: aRegistry() }, { profile: aProfile({ runtime: { system_prompt: prompt } }) }],
    "yaml",
  );
  expect(text).toContain(
    `          system_prompt: |\n            ${"long ".repeat(100)}line\n\n              indented\n            --- not a document\n`,
  );
  expect(promptOf(text)).toBe(prompt);
});

const AWKWARD = [
  ...["yes", "No", "on", "null", "~", "", "true", "1e3", "0x10", "0o7", "1_000", ".5", "+1", "12:30:45"],
  ...[
    "2001-12-14",
    "<<",
    "=",
    "---",
    "...",
    "%YAML",
    "- a",
    "? a",
    "a: b",
    "a #b",
    "#",
    "*a",
    "&a",
    "!t",
    "|",
  ],
  ...[
    " leading",
    "trailing ",
    "\ttab",
    "tab\t",
    "\n",
    "\n\n",
    " \n ",
    "a\n",
    "a\n\n",
    "\na",
    " a\n  b",
    "a \n",
  ],
  ...["a\n\n\nb\n ", "a\r\nb", "\r", "a\tb\nc", "'", '"', "\\", "\\n", "\0", "\u007f", "\u0085", "a\u2028b"],
  ...[
    "a\u2029b\nc",
    "\ufeff",
    "\u200b",
    "é",
    "😀",
    "---\n---\n",
    "a\n...\nb",
    `${"word ".repeat(60_000)}end`,
  ],
];

test.each(["yaml", "json"] as const)(
  "strings that a reader may take for something else survive: %s",
  async (format) => {
    for (const text of AWKWARD) {
      const profile = aProfile({
        runtime: { system_prompt: text, step_settings_patch: { s: { [text || "-"]: text } }, tools: [text] },
      });
      const written = await write(
        [{ registry: aRegistry() }, { profile }, { profile: { slug: "q" } }],
        format,
      );
      expect(profiles(written)).toEqual([
        {
          slug: "p",
          input: {
            runtime: {
              ...(text === "" ? {} : { system_prompt: text }),
              step_settings_patch: { s: { [text || "-"]: text } },
              tools: [text],
            },
          },
        },
        { slug: "q", input: {} },
      ]);
    }
  },
);

test("what tools of YAML 1.1 would misread is quoted, and what editors take for line breaks is escaped", async () => {
  const profile = aProfile({ runtime: { tools: ["yes", "1_000", "a\u2028b\n\u0085"] } });
  const text = await write([{ registry: aRegistry() }, { profile }], "yaml");
  expect(text).toContain('- "yes"\n            - "1_000"\n            - "a\\u2028b\\n\\u0085"\n');
});

test.each(["registries.yaml", "legacy-providers.yaml", "legacy-engines.yaml"])(
  "%s is read, written, read and written to the same bytes",
  async (name) => {
    for (const format of ["yaml", "json"] as const) {
      const first = await write(writableDocuments(readDataFile(name).registries), format);
      expect(await write(writableDocuments(read(first).registries), format)).toBe(first);
    }
  },
);

test("a profile before any registry is a mistake of the caller", async () => {
  await expect(write([{ profile: aProfile() }], "yaml")).rejects.toThrow(TypeError);
});
