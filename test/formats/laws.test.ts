import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { equalJson, type Json, type JsonObject } from "../../src/domain/json.js";
import { FormatError } from "../../src/formats/format-error.js";
import type { SourceDocuments } from "../../src/formats/source-documents.js";
import { read } from "./reading.js";

const name = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "<<",
    "1",
    "1.10",
    "null",
    "true",
    "~",
    "a.b",
    "a: b",
    "# a",
    "- a",
  ),
);
const slug = fc.stringMatching(/^[a-z0-9](?:[a-z0-9._-]{0,8}[a-z0-9])?$/);
const text = fc.string({ unit: "binary", maxLength: 40 });
const { free } = fc.letrec<{ free: unknown }>((tie) => ({
  free: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    text,
    fc.array(tie("free"), { maxLength: 3 }),
    fc.dictionary(name, tie("free"), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(name, free, { maxKeys: 4 });

function optional<T extends Record<string, fc.Arbitrary<unknown>>>(members: T) {
  return fc.record(members, { requiredKeys: [] });
}
const profile = optional({
  display_name: text,
  description: text,
  runtime: optional({
    system_prompt: text,
    step_settings_patch: object,
    tools: fc.array(text, { maxLength: 3 }),
    middlewares: fc.array(optional({ name, id: text, enabled: fc.boolean(), config: object }), {
      maxLength: 2,
    }),
  }),
  policy: optional({
    allow_overrides: fc.boolean(),
    allowed_override_keys: fc.array(name, { maxLength: 2 }),
  }),
  extensions: object,
  metadata: optional({ version: fc.nat(), tags: fc.array(text, { maxLength: 2 }) }),
});
const registry = optional({
  display_name: text,
  default_profile_slug: slug,
  processing_modes: object,
  profiles: fc.dictionary(slug, profile, { maxKeys: 3 }),
});
/** As it would come from a JSON file: -0 and the like do not exist. */
const canonical = fc
  .record({ registries: fc.dictionary(slug, registry, { maxKeys: 3 }) })
  .map((document) => JSON.parse(JSON.stringify(document)) as JsonObject);

/** Documents by slug, for comparing whatever their order. */
function contents({ registries }: SourceDocuments): Json {
  return Object.fromEntries(
    registries.map(({ slug, input, profiles }) => [
      slug,
      { input, profiles: Object.fromEntries(profiles.map((profile) => [profile.slug, profile.input])) },
    ]),
  ) as unknown as Json;
}

test("a document reads the same from JSON and from YAML", () => {
  fc.assert(
    fc.property(canonical, (document) => {
      const fromJson = read(JSON.stringify(document));
      expect(equalJson(contents(read(stringify(document))), contents(fromJson))).toBe(true);
      expect(equalJson(contents(read(JSON.stringify(document, null, "\t"))), contents(fromJson))).toBe(true);
    }),
  );
});

test("free-form parts come out as JSON itself reads them", () => {
  fc.assert(
    fc.property(object, (sections) => {
      const json = JSON.stringify({ a: sections });
      const [registry] = read(json).registries;
      const patch = registry?.profiles[0]?.input.runtime?.step_settings_patch;
      expect(equalJson(patch, (JSON.parse(json) as { a: Json }).a)).toBe(true);
    }),
  );
});

test("the order of keys does not matter", () => {
  const reversed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  fc.assert(
    fc.property(canonical, (document) => {
      const again = read(stringify(reversed(document)));
      expect(equalJson(contents(again), contents(read(stringify(document))))).toBe(true);
    }),
  );
});

test("every position of a member lies inside the file", () => {
  fc.assert(
    fc.property(canonical, fc.string(), (document, field) => {
      const yaml = stringify(document);
      const source = read(yaml);
      for (const { slug, profiles } of source.registries) {
        for (const profile of [undefined, ...profiles.map((one) => one.slug)]) {
          const { line, column } = source.locate(slug, profile, field);
          expect(column).toBeLessThanOrEqual((yaml.split("\n")[line - 1] ?? "").length + 1);
        }
      }
    }),
  );
});

test("any damage to a file is read or refused in one line with a position", () => {
  const original = readFileSync(new URL("../data/registries.yaml", import.meta.url), "utf8");
  const scrap = fc.oneof(
    fc.constantFrom(
      "\n",
      "\t",
      "&a ",
      "*a",
      "!!set ",
      "? ",
      ": ",
      "- ",
      "[",
      "{",
      "}",
      '"',
      "'",
      "|",
      "---\n",
      "#",
      "<<",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.nat(original.length), fc.nat(20), scrap, (at, removed, inserted) => {
      const damaged = original.slice(0, at) + inserted + original.slice(at + removed);
      try {
        read(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect((error as Error).message).toMatch(/^f\.yaml:[1-9]\d*:[1-9]\d*: .+$/u);
      }
    }),
    { numRuns: 300 },
  );
});
