import fc from "fast-check";
import { expect, test } from "vitest";
import { draftProfile, type ProfileContent } from "../../src/domain/profile-draft.js";
import type { WritableDocument } from "../../src/formats/write-documents.js";
import { json, objectOf } from "../domain/arbitraries.js";
import { rules } from "../domain/documents.js";
import { read } from "./reading.js";
import { write } from "./writing.js";

const awkward = fc.constantFrom(
  "yes",
  "1e3",
  "0x10",
  "~",
  "null",
  " a",
  "a ",
  "a\n",
  "\n a\n\n",
  "---",
  "\u2028",
  "\t",
);
const text = fc.oneof(awkward, fc.string({ unit: "binary", maxLength: 30 }), fc.lorem({ mode: "sentences" }));
const shown = text.filter((value) => value.trim() !== "");
const name = fc.oneof(shown, fc.constantFrom("__proto__", "constructor", "toJSON", "1", "10"));

const middleware = fc.record(
  { name: fc.constant("vault"), enabled: fc.boolean(), config: objectOf(name, json) },
  { requiredKeys: ["name"] },
);
const input = fc.record(
  {
    display_name: text,
    description: text,
    runtime: fc.record(
      {
        system_prompt: text,
        step_settings_patch: objectOf(name, objectOf(name, json)),
        middlewares: fc.array(middleware, { maxLength: 3 }),
        tools: fc.array(shown, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    policy: fc.record(
      { allow_overrides: fc.boolean(), read_only: fc.boolean(), allowed_override_keys: fc.array(shown) },
      { requiredKeys: [] },
    ),
    extensions: fc.dictionary(fc.constantFrom("acme.a@v1", "acme.b@v2", "x.y@v10"), json),
    tags: fc.array(text, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

/** Profiles as a store has them: what no write would accept is passed over. */
const profile = input
  .map((value): ProfileContent | undefined => {
    try {
      // As it comes from a store: -0 and the like do not exist.
      return draftProfile("p", undefined, JSON.parse(JSON.stringify(value)), rules);
    } catch {
      return undefined;
    }
  })
  .filter((value) => value !== undefined);

const documentsOf = ({ tags, ...content }: ProfileContent): WritableDocument[] => [
  { registry: { slug: "r" } },
  { profile: { ...content, ...(tags === undefined ? {} : { metadata: { tags } }) } },
  { profile: { slug: "q" } },
];

const readBack = (written: string): ProfileContent => {
  const [registry] = read(written).registries;
  const found = registry?.profiles.find(({ slug }) => slug === "p");
  return draftProfile("p", undefined, found?.input ?? {}, rules);
};

test.each(["yaml", "json"] as const)(
  "any valid profile is the same when it was written and read: %s",
  async (format) => {
    await fc.assert(
      fc.asyncProperty(profile, async (document) => {
        const again = readBack(await write(documentsOf(document), format));
        expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(document)));
      }),
      { numRuns: 300 },
    );
  },
);

test.each(["yaml", "json"] as const)(
  "written, read and written again gives the same bytes: %s",
  async (format) => {
    await fc.assert(
      fc.asyncProperty(profile, async (document) => {
        const first = await write(documentsOf(document), format);
        expect(await write(documentsOf(readBack(first)), format)).toBe(first);
      }),
    );
  },
);
