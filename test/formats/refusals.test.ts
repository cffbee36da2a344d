import { describe, expect, test } from "vitest";
import { member } from "../../src/domain/json.js";
import { lines, read, refusal } from "./reading.js";

describe("a member of the wrong type is shown at its place", () => {
  const profile = (...body: string[]) =>
    refusal(
      lines("registries:", "  r:", "    profiles:", "      p:", ...body.map((line) => `        ${line}`)),
    );

  test.each([
    ["a scalar", ["display_name: 3"], "5:23: display_name must be a string"],
    [
      "a list item",
      ["runtime:", "  tools:", "    - a", "    - 7"],
      "8:15: runtime.tools[1] must be a string",
    ],
    [
      "a member of a list item",
      ["runtime:", "  middlewares:", "    - name: a", "      enabled: maybe"],
      "8:24: runtime.middlewares[0].enabled must be a boolean",
    ],
    [
      "an object, at its name",
      ["runtime:", "  system_prompt:", "    a: 1"],
      "6:11: runtime.system_prompt must be a string",
    ],
    ["extensions", ["extensions: [1]"], "5:9: extensions must be an object"],
    ["tags", ["metadata: {tags: x}"], "5:26: metadata.tags must be an array"],
  ])("%s", (_name, body, expected) => {
    expect(profile(...body)).toBe(`f.yaml:${expected}`);
  });

  test.each([
    ["a profile", "registries: {r: {profiles: {p: 1}}}", '1:32: profile "p" must be an object'],
    ["a registry", "registries: {r: [1]}", '1:14: registry "r" must be an object'],
    ["profiles", "registries: {r: {profiles: [1]}}", "1:18: profiles must be an object"],
    ["registries", "registries: all", "1:13: registries must be an object"],
    ["the document", "- a", "1:1: the document must be an object"],
    [
      "processing modes",
      "registries: {r: {processing_modes: fast}}",
      "1:36: processing_modes must be an object",
    ],
    ["a member of a registry", "slug: r\nprofiles:\ndisplay_name: 1", "3:15: display_name must be a string"],
  ])("%s", (_name, text, expected) => {
    expect(refusal(text)).toBe(`f.yaml:${expected}`);
  });
});

describe("what is no plain document is refused", () => {
  test.each([
    ["an alias", "a: &x {s: {f: 1}}\nb: *x", "2:4: aliases are not allowed"],
    ["an alias of nothing", "a: *x", "1:4: aliases are not allowed"],
    ["an alias as a key", "a: {s: {&k f: 1, *k : 2}}", "1:18: aliases are not allowed"],
    ["a merge, which needs one", "a: &x {s: {f: 1}}\nb:\n  <<: *x", "3:7: aliases are not allowed"],
    [
      "a tag of a program",
      "a: !!js/function 'x'",
      "1:4: tag tag:yaml.org,2002:js/function cannot be used here",
    ],
    ["a local tag", "a: !env {HOME: {}}", "1:4: tag !env cannot be used here"],
    ["a set", "a: !!set {x}", "1:4: tag tag:yaml.org,2002:set cannot be used here"],
    ["a binary", "a: {s: {f: !!binary aGk=}}", "1:12: tag tag:yaml.org,2002:binary cannot be used here"],
    [
      "a date",
      "a: {s: {f: !!timestamp 2001-01-01}}",
      "1:12: tag tag:yaml.org,2002:timestamp cannot be used here",
    ],
    ["a duplicate key", "a: {s: {f: 1}}\na: {s: {f: 2}}", '2:1: duplicate key "a"'],
    ["a duplicate key deep inside", "a: {s: {f: [{x: 1, x: 2}]}}", '1:20: duplicate key "x"'],
    ["keys that read the same", "a: {s: {1: a, '1': b}}", '1:15: duplicate key "1"'],
    ["a key that is no scalar", "a: {s: {[x]: 1}}", "1:9: a key must be a scalar"],
    ["a second document", "a: {s: {f: 1}}\n---\nb: {s: {f: 1}}", "2:1: must hold one document, not several"],
    ["YAML 1.1", "# old\n%YAML 1.1\n---\na: {s: {f: yes}}", "2:1: YAML 1.1 is not supported, only 1.2"],
    ["an unknown directive", "%FOO bar\n---\na: {}", "1:1: Unknown directive %FOO"],
    ["a string without an end", 'a:\n  b: "x', '2:8: Missing closing "quote'],
    ["a tab as indentation", "a:\n\tb: 1", "2:1: Tabs are not allowed as indentation"],
    ["a second JSON value", '{"a": {}}\n{"b": {}}', "2:1: Unexpected flow-map-start at node end"],
  ])("%s", (_name, text, expected) => {
    expect(refusal(text)).toBe(`f.yaml:${expected}`);
  });

  test("the first problem of the file leads", () => {
    expect(refusal('a: !x 1\nb: "\\q"\n')).toMatch(/^f\.yaml:1:4: tag !x/);
  });

  test("syntax errors do not quote the text, which may be a secret", () => {
    expect(refusal("a: |sk-hidden\n")).toBe("f.yaml:1:5: Block scalar header includes extra characters");
    expect(refusal('{"a": {}}\n: sk-hidden\n')).not.toContain("hidden");
    expect(refusal("a: [1]\n sk-hidden\n")).not.toContain("hidden");
  });

  test("a reason that quotes a line break stays one line", () => {
    expect(refusal('"a\\nb": {}')).toBe('f.yaml:1:1: profile slug "a\\u000ab" is invalid');
  });
});

describe("what only looks odd is read", () => {
  test("tags that say what a value is anyway, or that a scalar is text", () => {
    const text = "a: !!map {s: {f: !!str 1, g: !!seq [1], h: !!int 7}}";
    expect(read(text).registries[0]?.profiles[0]?.input.runtime?.step_settings_patch).toEqual({
      s: { f: "1", g: [1], h: 7 },
    });
  });

  test("a merge key without an alias is a name like any other", () => {
    expect(
      read("a: {s: {<<: {x: 1}}}").registries[0]?.profiles[0]?.input.runtime?.step_settings_patch,
    ).toEqual({
      s: { "<<": { x: 1 } },
    });
  });

  test("an anchor that nothing refers to", () => {
    expect(read("a: &x {s: {f: 1}}").registries[0]?.profiles).toHaveLength(1);
  });

  test("numbers that JSON has not, which validation reports", () => {
    const patch = read("a: {s: {f: .nan, g: -.inf}}").registries[0]?.profiles[0]?.input.runtime
      ?.step_settings_patch;
    expect(patch).toEqual({ s: { f: Number.NaN, g: Number.NEGATIVE_INFINITY } });
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("the name %s", (name) => {
    const [registry] = read(`a: {s: {f: {${name}: {x: 1}}}}`).registries;
    const patch = registry?.profiles[0]?.input.runtime?.step_settings_patch;
    const inner = JSON.parse(JSON.stringify(patch)).s.f;
    expect(Object.keys(inner)).toEqual([name]);
    expect(member(inner, name)).toEqual({ x: 1 });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("constructor as a profile", () => {
    expect(
      read("registries: {r: {profiles: {constructor: {slug: constructor}}}}").registries[0]?.profiles,
    ).toEqual([{ slug: "constructor", input: {} }]);
  });

  test("line ends of other systems, in the same places", () => {
    expect(refusal("registries:\r\n  r: 1\r\n")).toBe('f.yaml:2:6: registry "r" must be an object');
  });

  test("a byte order mark, which no column counts", () => {
    expect(refusal("\uFEFFa: 1")).toBe('f.yaml:1:4: profile "a" must be an object');
  });
});

describe("deep nesting", () => {
  const nested = (levels: number) => `a: {s: {f: ${"[".repeat(levels - 3)}${"]".repeat(levels - 3)}}}`;

  test("of 64 levels is read", () => {
    expect(read(nested(64)).registries[0]?.profiles).toHaveLength(1);
  });

  test("of 65 levels is refused where it begins", () => {
    expect(refusal(nested(65))).toBe("f.yaml:1:73: must not nest deeper than 64 levels");
  });

  test.each([
    ["flow lists", nested(5_000)],
    ["flow lists without an end", "[".repeat(20_000)],
    ["flow maps", "{a: ".repeat(5_000)],
    ["block lists", "- ".repeat(20_000)],
    ["block maps", Array.from({ length: 1_500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["explicit keys", "? ".repeat(5_000)],
  ])("that the parser cannot follow is refused: %s", (_name, text) => {
    expect(refusal(text)).toMatch(/^f\.yaml:\d+:\d+: must not nest deeper than 64 levels$/);
  });
});
