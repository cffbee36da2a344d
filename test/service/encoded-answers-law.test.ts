/**
 * Whatever is written and asked, an answer that may be reused is the one that would be made anew. `ANSWER_RUNS` says how many
 * stories are tried (default 60); a failure prints the seed.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Deployment } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { ProfileInput } from "../../src/domain/document.js";
import type { JsonObject } from "../../src/domain/json.js";
import { defined } from "../../src/domain/parse-document.js";
import { type ResolveRequest, resolve } from "../../src/domain/resolve.js";
import type { RolloutInput } from "../../src/domain/rollout.js";
import type { ShownSecrets } from "../../src/domain/secrets.js";
import { readDocuments } from "../../src/formats/read-documents.js";
import { DomainError, type Services } from "../../src/index.js";
import { createDocumentCache } from "../../src/store/document-cache.js";
import {
  type Answering,
  type Asking,
  answering,
  CALLER,
  FLAGS_ON,
  MODES,
  restAsking,
  rpcAsking,
  SETTINGS,
} from "./answering.js";

const RUNS = Number(process.env.ANSWER_RUNS ?? 60);

type Write = (services: Services) => Promise<unknown>;

const registry = fc.constantFrom("default", "default", "team");
const slug = fc.constantFrom("default", "other", "fast-v1");
const content: fc.Arbitrary<ProfileInput> = fc
  .tuple(
    fc.constantFrom("One", "Two", "Þrír"),
    fc.constantFrom<JsonObject>({ chat: { api_key: "theirs", n: 1 } }, { chat: { n: 2 } }),
    fc.constantFrom<string[]>(["a"], []),
    fc.boolean(),
  )
  .map(([system_prompt, step_settings_patch, tools, allow_overrides]) => ({
    runtime: { system_prompt, step_settings_patch, tools },
    policy: { allow_overrides },
  }));
const modes = fc.constantFrom(MODES, MODES, { slow: { profiles: ["other"] } }, {});
const mode = fc.constantFrom("fast", "fast", "slow");
const switches = fc.record(
  {
    contract_enabled: fc.boolean(),
    runtime_enabled: fc.boolean(),
    cloud_enforced: fc.boolean(),
    percentage: fc.constantFrom(0, 50, 100),
    cohort: fc.constantFrom<string[]>(["c-1"], ["u-1"], []),
    salt: fc.constantFrom("s-1", "s-2"),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<RolloutInput>;

const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(registry, slug, content).map(
      ([registry, slug, input]): Write =>
        ({ profiles }) =>
          profiles.updateProfile({ registry, slug, input, setDefault: false }, CALLER),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(registry, slug, content, fc.boolean()).map(
      ([registry, slug, input, setDefault]): Write =>
        ({ profiles }) =>
          profiles.createProfile({ registry, slug, input, setDefault }, CALLER),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(registry, slug).map(
      ([registry, slug]): Write =>
        ({ profiles }) =>
          profiles.deleteProfile({ registry, slug }, CALLER),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(registry, slug).map(
      ([registry, slug]): Write =>
        ({ profiles }) =>
          profiles.setDefaultProfile({ registry, slug }, CALLER),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(registry, modes).map(
      ([registry, processing_modes]): Write =>
        ({ registries }) =>
          registries.updateRegistry({ registry, input: { processing_modes } }, CALLER),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Write>(
      ({ registries }) => registries.createRegistry({ slug: "team", input: {} }, CALLER),
      ({ registries }) => registries.deleteRegistry({ registry: "team", force: true }, CALLER),
      ({ registries }) =>
        registries.updateRegistry({ registry: "default", input: { default_profile_slug: "" } }, CALLER),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(registry, mode, switches).map(
      ([registry, mode, input]): Write =>
        ({ rollouts }) =>
          rollouts.updateRollout({ registry, mode, input, force: true, reason: "law" }, CALLER),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(registry, mode, fc.constantFrom("soft" as const, "hard" as const)).map(
      ([registry, mode, kind]): Write =>
        ({ rollouts }) =>
          rollouts.rollbackRollout({ registry, mode, kind, reason: "law" }, CALLER),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(registry, slug, fc.boolean()).map(
      ([registry, slug, replace]): Write =>
        ({ imports }) => {
          const text = `registries: {${registry}: {profiles: {${slug}: {description: Imported}}}}`;
          const source = { file: "f.yaml", documents: readDocuments(text, { file: "f.yaml", registry }) };
          return imports.applyImport([source], { replace, includeReadOnly: false }, CALLER);
        },
    ),
  },
);

/** What is refused is of use only now and then: nothing of it is kept. */
function mostly<T>(good: readonly T[], odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

const named = {
  registry: mostly(["", "default", " Default "], ["team", "nowhere"]),
  profile: mostly(["", "default", "other"], ["nobody", "NO SLUG"]),
  runtimeKey: mostly(["", "", "key"], ["NO SLUG"]),
};
const personal = fc.record({
  conv_id: mostly([undefined, "c-1", "c-2", "c-3"], ["", "ç", 'c"4']),
  targeting_key: mostly([undefined, undefined, "u-1", "u-2"], [""]),
  shown: fc.constantFrom<ShownSecrets>("own", "own", "own", "all"),
});
type Wish = { mode: string; profile?: string } | undefined;
const wish = mostly<Wish>(
  [undefined, { mode: "fast" }, { mode: "fast" }, { mode: "fast", profile: "other" }, { mode: "slow" }],
  [{ mode: "" }, { mode: "nobody" }],
);
const base = mostly<JsonObject | undefined>(
  [undefined, undefined, undefined, { chat: { api_key: "mine", n: 3 } }],
  [{ chat: 5 }],
);
const overrides = mostly<JsonObject | undefined>(
  [undefined, undefined, undefined, undefined, { system_prompt: "Mine" }],
  [{ nope: 1 }, { tools: [] }],
);
const engine = mostly<string | undefined>([undefined], ["gpt"]);

interface Who extends Pick<ResolveRequest, "conv_id" | "targeting_key"> {
  /** Over RPC. */
  shown: ShownSecrets;
}
/** All that is asked but by whom. */
type Asker = (who: Who, lastFingerprint: string) => Asking;

const rest: fc.Arbitrary<Asker> = fc
  .record({
    ...named,
    cookie: fc.constantFrom(undefined, undefined, "other", "team:other", "nobody", "%"),
    processing: wish,
    deployment: mostly([undefined, "", "cloud"], ["elsewhere"]),
    explain: fc.constantFrom(undefined, true, false),
    base_step_settings: base,
    request_overrides: overrides,
    ai_engine: engine,
  })
  .map(({ registry, profile, runtimeKey, cookie, ...request }) => ({ shown: _, ...who }: Who) => {
    const selection = { registry, query_profile: profile, cookie };
    return restAsking({ ...request, runtime_key: runtimeKey, selection, ...who });
  });
const rpc: fc.Arbitrary<Asker> = fc
  .record({
    ...named,
    processing: wish,
    deployment: fc.constantFrom(Deployment.UNSPECIFIED, Deployment.LOCAL, Deployment.CLOUD),
    explain: fc.boolean(),
    baseStepSettings: base,
    requestOverrides: overrides,
    aiEngine: engine.map((given = "") => given),
  })
  .chain((request) => fc.tuple(fc.constant(request), fc.boolean(), fc.constantFrom("none", "last", "last")))
  .map(
    ([request, binary, known]): Asker =>
      ({ conv_id = "", targeting_key = "", shown }, last) =>
        rpcAsking(
          {
            ...defined(request),
            knownFingerprint: known === "last" ? last : known,
            convId: conv_id,
            targetingKey: targeting_key,
          },
          binary,
          shown,
        ),
  );

interface Given {
  text: string;
  fingerprint?: string;
}

async function given(answer: Promise<Given>): Promise<Given> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { text: `${error.code}: ${error.message}` };
  }
}

/** As services have it that have never been asked before. */
function anew({ store }: Answering, { request, shown, whole }: Asking): Promise<Given> {
  return createDocumentCache(store).decide((view) => {
    const resolution = resolve(view, request, shown, SETTINGS);
    return { text: whole(resolution), fingerprint: resolution.fingerprint };
  });
}

async function reused({ services }: Answering, { question, join }: Asking): Promise<Given> {
  const found = await services.resolver.answer(question);
  return { text: join(found), fingerprint: found.answer.fingerprint };
}

test("an answer is what it would be without any that were kept, or the same refusal", async () => {
  const question = fc.oneof(rest, rpc, rpc);
  const step = fc.oneof(
    { weight: 1, arbitrary: write.map((write) => ({ write })) },
    { weight: 4, arbitrary: fc.record({ which: fc.nat(1), who: personal }) },
  );
  const steps = fc.array(step, { minLength: 10, maxLength: 60 });
  let answers = 0;
  let reuses = 0;
  await fc.assert(
    fc.asyncProperty(fc.tuple(question, question), steps, async (questions, steps) => {
      await using target = await answering();
      const { services } = target;
      await target.createProfile("fast-v1", { runtime: { system_prompt: "Fast" } });
      await target.updateRegistry({ processing_modes: MODES });
      const on = { ...FLAGS_ON, percentage: 50 };
      const name = { registry: "default", mode: "fast", force: true, reason: "law" };
      await services.rollouts.updateRollout({ ...name, input: on }, CALLER);
      const last = ["", ""];
      for (const step of steps) {
        if ("write" in step) {
          await step.write(services).catch((error: unknown) => {
            if (!(error instanceof DomainError)) throw error;
          });
          continue;
        }
        const asking = questions[step.which]!(step.who, last[step.which]!);
        const { misses } = services.resolver.reuse();
        const [ours, theirs] = [await given(reused(target, asking)), await given(anew(target, asking))];
        expect(ours).toEqual(theirs);
        if (ours.fingerprint === undefined) continue;
        last[step.which] = ours.fingerprint;
        answers++;
        if (services.resolver.reuse().misses === misses) reuses++;
      }
    }),
    { numRuns: RUNS },
  );
  // Where next to nothing is reused, little is shown.
  if (process.env.ANSWER_RUNS !== undefined) console.log({ answers, reuses });
  expect(reuses).toBeGreaterThan(answers / 10);
});
