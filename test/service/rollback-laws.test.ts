/** What holds of every rollback and every dry run, whatever the documents (spec 2.1, 2.5). */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { ProfileInput } from "../../src/domain/document.js";
import { documentDifferences } from "../../src/domain/document-diff.js";
import type { JsonObject } from "../../src/domain/json.js";
import { createCatalog, createServices, openSqliteStore, type Services } from "../../src/index.js";
import { jsonWithSecrets, memberName, objectOf, stepSettings } from "../domain/arbitraries.js";

const CALLER = { actor: "tester", source: "rpc" } as const;
const NAME = { registry: undefined, slug: "a" };

const text = fc.string({ maxLength: 12 });
const middlewares = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("agentmode", "sqlite"),
    id: fc.constantFrom("x", "y", "z"),
    enabled: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 3 },
);
const input = fc.record(
  {
    display_name: text,
    description: text,
    runtime: fc.record(
      { system_prompt: text, step_settings_patch: stepSettings, middlewares },
      { requiredKeys: [] },
    ),
    policy: fc.record({ allow_overrides: fc.boolean() }, { requiredKeys: [] }),
    extensions: fc.dictionary(fc.constantFrom("x.a@v1", "x.b@v1"), objectOf(memberName, jsonWithSecrets)),
    tags: fc.uniqueArray(fc.constantFrom("t1", "t2"), { maxLength: 2 }),
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<ProfileInput & JsonObject>;

let services: Services;
let nowMs = 1_700_000_000_000;
beforeAll(async () => {
  const store = await openSqliteStore();
  services = createServices({ store, catalog: createCatalog(), clock: () => nowMs++ });
  await services.registries.createRegistry({ slug: "default", input: {} }, CALLER);
  await services.profiles.createProfile({ ...NAME, input: {}, setDefault: false }, CALLER);
  return () => store.close();
});

/** Writes a version, unless it is not valid; its number. */
async function written(content: ProfileInput): Promise<number | undefined> {
  const write = services.profiles.updateProfile({ ...NAME, input: content, setDefault: false }, CALLER);
  return write.then(
    ({ profile }) => profile.metadata.version,
    () => undefined,
  );
}

test("a rollback has the content of the version that it goes back to, also after a delete", async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(input, input, fc.boolean(), async (then, since, deleted) => {
      const version = await written(then);
      if (version === undefined) return;
      valid++;
      await written(since);
      if (deleted) await services.profiles.deleteProfile(NAME, CALLER);
      const back = await services.history.rollbackProfile({ ...NAME, version }, CALLER);
      const { profile } = await services.history.getVersion({ ...NAME, version });
      expect(documentDifferences(profile, back.profile)).toEqual([]);
      expect((await services.profiles.getProfile(NAME)).profile).toEqual(back.profile);
    }),
    { numRuns: 150 },
  );
  expect(valid).toBeGreaterThan(20);
});

test("a dry run gives the answer of the write but for revision and time", async () => {
  await fc.assert(
    fc.asyncProperty(input, fc.boolean(), async (content, setDefault) => {
      const perform = (validateOnly: boolean) =>
        services.profiles
          .updateProfile({ ...NAME, input: content, setDefault }, { ...CALLER, validateOnly })
          .then(
            ({ profile, registry }) => timeless({ profile, registry }),
            (error: unknown) => error,
          );
      const before = await services.revision();
      const tried = await perform(true);
      expect(await services.revision()).toBe(before);
      expect(await perform(false)).toEqual(tried);
    }),
    { numRuns: 100 },
  );
});

function timeless<T>(answer: T): T {
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (name === "updated_at_ms" ? 0 : value)),
  ) as T;
}
