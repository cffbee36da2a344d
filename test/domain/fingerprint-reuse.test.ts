/** The fingerprint of a document that is resolved again is the one that would be computed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Profile } from "../../src/domain/document.js";
import { type ResolveRequest, type ResolveSettings, resolve } from "../../src/domain/resolve.js";
import { objectWithSecrets, stepSettings } from "./arbitraries.js";
import { aProfile, aRegistry, open, viewOf } from "./documents.js";
import { aRollout } from "./moding.js";
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

/** Two modes may share a profile, and have the selected one for theirs. */
const MODES = { fast: { profiles: ["p", "q"] }, quick: { profiles: ["q", "p"] } };
const rollouts = Object.keys(MODES).map((mode) => aRollout({ mode }));
const wishes = fc.constantFrom(
  undefined,
  ...Object.keys(MODES).flatMap((mode) => ["p", "q"].map((profile) => ({ mode, profile }))),
);

test("whatever was asked for before, by whom, and in which registry and mode", () => {
  fc.assert(
    fc.property(
      profiles,
      profiles,
      fc.array(
        fc.record({
          request: calls,
          shown: fc.constantFrom("all", "own", "none"),
          registry: fc.constantFrom("one", "two"),
          operator: fc.constantFrom(...OPERATORS),
          processing: wishes,
        }),
        { minLength: 2, maxLength: 8 },
      ),
      (profile, second, sequence) => {
        const other = { ...second, slug: "q" };
        const resolveOn = (
          documents: readonly Profile[],
          { request, shown, registry, operator, processing }: (typeof sequence)[0],
        ) => {
          const registries = ["one", "two"].map((slug) => ({
            registry: aRegistry({ slug, default_profile_slug: "p", processing_modes: MODES }),
            profiles: documents,
          }));
          const asked = { selection: { registry }, processing, ...request };
          return resolve(viewOf(registries, rollouts), asked, shown, { ...settings, operator }).fingerprint;
        };
        for (const call of sequence) {
          const known = resolveOn([profile, other], call);
          expect(known).toBe(resolveOn([{ ...profile }, { ...other }], call));
        }
      },
    ),
  );
});

test("a mode under several profiles has a fingerprint for each", () => {
  const profiles = [aProfile(), aProfile({ slug: "q", runtime: { system_prompt: "q" } })];
  const registry = aRegistry({ default_profile_slug: "p", processing_modes: MODES });
  const view = viewOf([{ registry, profiles }], rollouts);
  const asked = ["p", "q", "p", "q"].map((profile) => ({ mode: "fast", profile }));
  const prints = asked.map(
    (processing) => resolve(view, { selection: {}, processing }, "all", settings).fingerprint,
  );
  expect(prints.slice(2)).toEqual(prints.slice(0, 2));
  expect(prints[0]).not.toBe(prints[1]);
});
