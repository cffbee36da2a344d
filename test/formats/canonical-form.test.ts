import { describe, expect, test } from "vitest";
import { canonicalForm } from "../../src/formats/canonical-form.js";
import { lines } from "./reading.js";

const form = (text: string, registry = "default") => canonicalForm(text, { file: "f.yaml", registry });

test("a legacy map becomes one registry, sorted by slug", async () => {
  expect(await form("B: {chat: {engine: x}}\na: {chat: {api-key: k}}\n", "Team")).toEqual({
    format: "legacy-map",
    registries: 1,
    profiles: 2,
    text: lines(
      "registries:",
      "  team:",
      "    slug: team",
      "    default_profile_slug: a",
      "    profiles:",
      "      a:",
      "        slug: a",
      "        runtime:",
      "          step_settings_patch:",
      "            chat:",
      "              api-key: k",
      "      b:",
      "        slug: b",
      "        runtime:",
      "          step_settings_patch:",
      "            chat:",
      "              engine: x",
    ),
  });
});

test("its own output stays as it is", async () => {
  const { text } = await form("slug: r\ndisplay_name: R\nprofiles: {p: {runtime: {tools: [yes]}}}\n");
  expect(await form(text)).toMatchObject({ format: "canonical-registries", text });
});

test("inline configs stay inline, and tags are kept", async () => {
  const { text } = await form(
    "registries: {r: {metadata: {tags: [a]}, profiles: {p: {runtime: {middlewares: [{name: m, config: {x: 1}}]}}}}}",
  );
  expect(text).toContain("            - name: m\n              config:\n                x: 1\n");
  expect(text).toContain("    metadata:\n      tags:\n        - a\n");
});

test("processing modes are kept", async () => {
  const { text } = await form("registries: {r: {processing_modes: {fast: {profiles: [a]}}}}");
  expect(text).toContain("    processing_modes:\n      fast:\n        profiles:\n          - a\n");
});

describe("refused, with the place in the file, is", () => {
  test.each([
    ["what is no YAML", "a: {s: {f: 1}\n", /^f\.yaml:2:1: /],
    [
      "a name that is used twice",
      "a: {}\nA: {}\n",
      'f.yaml:2:1: profile slug "a" is used twice (first on line 1)',
    ],
    ["a file of something else", "version: 3\n", 'f.yaml:1:10: profile "version" must be an object'],
    [
      "a section that is no object",
      "web: {image: nginx}\n",
      "f.yaml:1:14: validation error (runtime.step_settings_patch.image): must be an object",
    ],
    [
      "a number that JSON has not",
      "a: {s: {f: .nan}}\n",
      "f.yaml:1:1: validation error (runtime): must be a finite number",
    ],
  ])("%s", async (_what, text, message) => {
    await expect(form(text)).rejects.toThrow(message);
  });
});
