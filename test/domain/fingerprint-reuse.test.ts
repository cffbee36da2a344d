/** The fingerprint of a document that is resolved again is the one that would be computed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Profile } from "../../src/domain/document.js";
import { type ResolveRequest, type ResolveSettings, resolve } from "../../src/domain/resolve.js";
import { objectWithSecrets, stepSettings } from "./arbitraries.js";
import { aProfile, aRegistry, open, viewOf } from "./documents.js";
import { settings } from "./resolving.js";

const profiles: fc.Arbitrary<Profile> = fc
  .record(
    {
      system_prompt: fc.constantFrom("a", "b"),
      tools: fc.array(fc.constantFrom("t", "u"), { minLength: 1, maxLength: 2 }),
      middlewares: fc.array(fc.record({ name: fc.constant("vault"), config: objectWithSecrets }), {
        maxLength: 2,
      }),
      step_settings_patch: stepSettings,
    },
    { requiredKeys: [] },
  )
  .map((runtime) => aProfile({ runtime: runtime as Profile["runtime"], policy: open }));

const calls: fc.Arbitrary<Partial<ResolveRequest>> = fc.constantFrom(
  {},
  { base_step_settings: {} },
  { base_step_settings: { base: { a: 1 } } },
  { request_overrides: { system_prompt: "over" } },
  { ai_engine: "forced" },
);
const OPERATORS: ResolveSettings["operator"][] = [{}, { ai_engine: "emergency" }];

test("whatever was asked for before, by whom, and in which registry", () => {
  fc.assert(
    fc.property(
      profiles,
      fc.array(
        fc.record({
          request: calls,
          shown: fc.constantFrom("all", "own", "none"),
          registry: fc.constantFrom("one", "two"),
          operator: fc.constantFrom(...OPERATORS),
        }),
        { minLength: 2, maxLength: 8 },
      ),
      (profile, sequence) => {
        const resolveOn = (
          document: Profile,
          { request, shown, registry, operator }: (typeof sequence)[0],
        ) => {
          const registries = ["one", "two"].map((slug) => ({
            registry: aRegistry({ slug, default_profile_slug: document.slug }),
            profiles: [document],
          }));
          const asked = { selection: { registry }, ...request };
          return resolve(viewOf(registries), asked, shown, { ...settings, operator }).fingerprint;
        };
        for (const call of sequence) expect(resolveOn(profile, call)).toBe(resolveOn({ ...profile }, call));
      },
    ),
  );
});
