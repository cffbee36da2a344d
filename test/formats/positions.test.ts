import { describe, expect, test } from "vitest";
import { invalid, validationError } from "../../src/domain/errors.js";
import { FormatError } from "../../src/formats/format-error.js";
import { atItsPosition } from "../../src/formats/violation-position.js";
import { lines, read, readDataFile } from "./reading.js";

const TEXT = lines(
  "registries:", // 1
  "  r:",
  "    default_profile_slug: nope",
  "    profiles:",
  "      p:", // 5
  "        slug: P",
  "        runtime:",
  "          middlewares:",
  "            - name: unknown",
  "              id: x", // 10
  "            - id: y",
  "          step_settings_patch:",
  "            ai: 1",
  "            ai.chat:",
  "              api_key: <redacted>", // 15
  "            bare:",
  "          tools: [a, ' ']",
  "        policy: {allowed_override_keys: [a]}",
  "        extensions:",
  "          Webchat.Starter_suggestions@v1: {}", // 20
  "          not a key: 1",
  "      q:",
);

function at(field: string | undefined, profile: string | undefined = "p"): string {
  const { line, column } = read(TEXT).locate("r", profile, field);
  return `${line}:${column}`;
}

describe("a field of a profile is found", () => {
  test.each([
    ["at its value", "runtime.middlewares[0].name", "9:21"],
    ["at the entry that lacks it", "runtime.middlewares[1].name", "11:15"],
    ["at the list that lacks its entry", "runtime.middlewares[7]", "8:11"],
    ["at a list's item", "runtime.tools[1]", "17:22"],
    ["under a name with a dot, not under its beginning", "runtime.step_settings_patch.ai.chat", "14:13"],
    ["below a name with a dot", "runtime.step_settings_patch.ai.chat.api_key", "15:24"],
    ["at the name of a scalar that is not there", "runtime.step_settings_patch.bare", "16:13"],
    ["at the object that lacks it", "policy.override_keys", "18:9"],
    [
      "by the normalised form of an extension key",
      "profile.extensions[webchat.starter_suggestions@v1]",
      "20:11",
    ],
    ["by an extension key as it is written", "profile.extensions[not a key]", "21:22"],
    ["at the extensions where there is no such key", "profile.extensions[other.key@v1]", "19:9"],
    ["at the slug", "profile.slug", "6:15"],
    ["at the profile where nothing matches", "display_name", "5:7"],
    ["at the profile for what no field can be", "constructor.__proto__[x", "5:7"],
    ["at the profile without a field", undefined, "5:7"],
  ])("%s", (_name, field, expected) => {
    expect(at(field)).toBe(expected);
  });

  test("at the key of a profile that says nothing", () => {
    expect(at("profile.slug", "q")).toBe("22:7");
  });

  test("by a long name that messages cut", () => {
    const section = "s".repeat(200);
    const text = `registries: {r: {profiles: {p: {runtime: {step_settings_patch: {\n  ${section}: 1}}}}}}`;
    const field = `runtime.step_settings_patch.${"s".repeat(128)}`;
    expect(read(text).locate("r", "p", field)).toEqual({ line: 2, column: 205 });
  });
});

describe("a field of a registry is found", () => {
  test("at its value", () => {
    const { line, column } = read(TEXT).locate("r", undefined, "registry.default_profile_slug");
    expect([line, column]).toEqual([3, 27]);
  });

  test("at the registry that lacks it", () => {
    expect(read(TEXT).locate("r", undefined, "registry.display_name")).toEqual({ line: 2, column: 3 });
  });

  test("at the start of a single registry that lacks it", () => {
    expect(read("# one\nslug: r\nprofiles:").locate("r", undefined, "display_name")).toEqual({
      line: 2,
      column: 1,
    });
  });

  test("at the start of the file where there is no such registry", () => {
    expect(read(TEXT).locate("other", "p", "profile.slug")).toEqual({ line: 1, column: 1 });
    expect(read("").locate("other", undefined, undefined)).toEqual({ line: 1, column: 1 });
  });
});

describe("a field of a legacy map is found", () => {
  const source = readDataFile("legacy-providers.yaml");

  test("in the sections", () => {
    const field = "runtime.step_settings_patch.openai-chat.openai-api-key";
    expect(source.locate("default", "mixtral", field)).toEqual({ line: 9, column: 21 });
  });

  test("at the profile where the map cannot hold it", () => {
    expect(source.locate("default", "zephyr-7b", "profile.slug")).toEqual({ line: 13, column: 1 });
    expect(source.locate("default", "zephyr-7b", "ai-chat")).toEqual({ line: 13, column: 1 });
  });
});

describe("a violation of a document in a file", () => {
  test("says where and what in one line", () => {
    const error = invalid("runtime.middlewares[0].name", 'unknown middleware "unknown"');
    const positioned = atItsPosition(error, read(TEXT), { file: "f.yaml", registry: "r", profile: "p" });
    expect(positioned).toBeInstanceOf(FormatError);
    expect(positioned.message).toBe(
      'f.yaml:9:21: validation error (runtime.middlewares[0].name): unknown middleware "unknown"',
    );
    expect(positioned.position).toEqual({ line: 9, column: 21 });
    expect(positioned.cause).toBe(error);
  });

  test("stands where the first of several stands", () => {
    const error = validationError([
      { field: "runtime.tools[1]", reason: "must not be empty" },
      { field: "profile.slug", reason: "is bad" },
    ]);
    expect(atItsPosition(error, read(TEXT), { file: "f", registry: "r", profile: "p" }).message).toMatch(
      /^f:17:22: /,
    );
  });

  test("of the registry stands in the registry", () => {
    const error = invalid("registry.default_profile_slug", "default profile does not exist in registry");
    expect(atItsPosition(error, read(TEXT), { file: "f", registry: "r" }).message).toMatch(/^f:3:27: /);
  });
});
