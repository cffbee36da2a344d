import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketOf } from "../../src/domain/bucket.js";
import type { Profile } from "../../src/domain/document.js";
import { DomainError } from "../../src/domain/errors.js";
import type { Json } from "../../src/domain/json.js";
import {
  decideProcessing,
  type EnvironmentFlags,
  effectiveFlags,
  type Processing,
  type ProcessingRequest,
} from "../../src/domain/processing.js";
import type { Rollout } from "../../src/domain/rollout.js";
import { json } from "./arbitraries.js";
import { aProfile, aRegistry, viewOf } from "./documents.js";
import { aRollout, FLAG_STATES } from "./moding.js";
import { refused } from "./overriding.js";

type ProfileState = "there" | "missing" | "unreadable";

interface Given {
  rollouts?: readonly Rollout[];
  environment?: EnvironmentFlags;
  /** Of `fast-v1`. */
  state?: ProfileState;
  modes?: Record<string, Json>;
}

const MODES = {
  fast: { profiles: ["fast-v1", "voice-fast-v1"] },
  thorough: { profiles: ["thorough-v1"] },
};
const PROFILES: Profile[] = ["fast-v1", "voice-fast-v1", "thorough-v1"].map((slug, i) =>
  aProfile({ slug, metadata: { ...aProfile().metadata, version: i + 3 } }),
);

function decide(
  request: ProcessingRequest,
  { rollouts = [aRollout()], environment = {}, state = "there", modes = MODES }: Given = {},
): Processing {
  const registry = aRegistry({ processing_modes: modes as Record<string, Json> });
  const profiles = PROFILES.filter(({ slug }) => state !== "missing" || slug !== "fast-v1");
  const view = viewOf([{ registry, profiles }], rollouts);
  const find = view.profile;
  view.profile = (inRegistry, slug) => {
    if (state === "unreadable" && slug === "fast-v1") throw new DomainError("data_loss", "cannot be read");
    return find(inRegistry, slug);
  };
  return decideProcessing(view, registry, request, environment).processing;
}

const FAST = { mode: "fast" };
const refusedFor = (request: ProcessingRequest, given?: Given): string =>
  refused(() => decide(request, given));
const NOT_REQUESTED = { requested_mode: "default", applied_mode: "default", outcome: "not_requested" };
const IGNORED = { ...NOT_REQUESTED, outcome: "contract_disabled" };

describe("a request that asks for a mode gets", () => {
  const key = "user-1";
  const bucket = bucketOf("default/fast", key);
  const stripped = { requested_mode: "fast", applied_mode: "default", bucket };
  const applied = {
    requested_mode: "fast",
    applied_mode: "fast",
    profile: "fast-v1",
    profile_version: 3,
    outcome: "applied",
    bucket,
  };
  const inside = bucket / 100 + 0.01;
  const outside = bucket / 100;

  /** What spec 5.3 says in words. */
  function expected(
    { contract_enabled, runtime_enabled, cloud_enforced }: Rollout,
    percentage: number,
    deployment: string,
    state: ProfileState,
  ): object | string {
    if (!contract_enabled) return IGNORED;
    if (!runtime_enabled) return { ...stripped, outcome: "runtime_disabled" };
    if (percentage === outside) return { ...stripped, outcome: "not_in_rollout" };
    if (state === "there") return applied;
    if (cloud_enforced && deployment === "cloud") {
      const why = state === "missing" ? "does not exist" : "cannot be read";
      return `failed_precondition: processing mode "fast" is enforced for cloud and its profile "fast-v1" ${why}`;
    }
    return { ...stripped, outcome: state === "missing" ? "profile_missing" : "profile_invalid" };
  }

  test.each(FLAG_STATES)(
    "what its flags say, under all caps: contract $contract_enabled, runtime $runtime_enabled, ui $ui_enabled, enforced $cloud_enforced",
    (flags) => {
      for (const caps of FLAG_STATES) {
        const environment: EnvironmentFlags = {
          fast: Object.fromEntries(Object.entries(caps).flatMap(([flag, on]) => (on ? [] : [[flag, false]]))),
        };
        for (const percentage of [inside, outside]) {
          const rollout = aRollout({ ...flags, percentage });
          const acting = { ...rollout, ...effectiveFlags(rollout, "fast", environment) };
          for (const deployment of ["local", "cloud"]) {
            for (const state of ["there", "missing", "unreadable"] as const) {
              const request = { processing: FAST, deployment, targeting_key: key };
              const given = { rollouts: [rollout], environment, state };
              const answer = expected(acting, percentage, deployment, state);
              if (typeof answer === "string") expect(refusedFor(request, given)).toBe(answer);
              else expect(decide(request, given)).toEqual(answer);
            }
          }
        }
      }
    },
  );

  test("another profile of the mode's list, where it names one", () => {
    expect(decide({ processing: { mode: " Fast ", profile: " Voice-Fast-V1 " } })).toMatchObject({
      applied_mode: "fast",
      profile: "voice-fast-v1",
      profile_version: 4,
    });
  });

  test("the mode's own profile, where the name is blank", () => {
    expect(decide({ processing: { mode: "fast", profile: " " } })).toMatchObject({ profile: "fast-v1" });
  });

  test("nothing of another mode's rollout", () => {
    const rollouts = [aRollout({ percentage: 0 }), aRollout({ mode: "thorough" })];
    expect(decide({ processing: FAST }, { rollouts })).toMatchObject({ outcome: "not_in_rollout" });
    expect(decide({ processing: { mode: "thorough" } }, { rollouts })).toMatchObject({ outcome: "applied" });
  });
});

describe("a request without a mode", () => {
  const asks: (Json | undefined)[] = [
    undefined,
    null,
    {},
    { mode: "" },
    { mode: " " },
    { mode: null },
    { mode: " Default " },
    { reason: "testing" },
  ];

  test("is not requested, whatever the flags, the key and the cohort", () => {
    for (const processing of asks) {
      for (const flags of FLAG_STATES) {
        const rollouts = [aRollout({ ...flags, cohort: ["me"] })];
        expect(decide({ processing, targeting_key: "me", deployment: "cloud" }, { rollouts })).toEqual(
          NOT_REQUESTED,
        );
      }
    }
  });
});

describe("while no contract is on", () => {
  const rollouts = [aRollout({ contract_enabled: false, cloud_enforced: true }), aRollout({ mode: "gone" })];

  test("whatever processing holds is ignored", () => {
    fc.assert(
      fc.property(json, (processing) => {
        for (const given of [{ rollouts }, { rollouts: [] }, { rollouts, modes: {} }]) {
          const { outcome, ...rest } = decide({ processing, deployment: "cloud" }, given);
          expect(["contract_disabled", "not_requested"]).toContain(outcome);
          expect(rest).toEqual({ requested_mode: "default", applied_mode: "default" });
        }
      }),
    );
  });

  test.each<[Json]>([[FAST], [{ mode: "nowhere" }], [{ mode: 5 }], ["fast"], [[]], [false], [0], [""]])(
    "%j counts as ignored",
    (processing) => {
      expect(decide({ processing }, { rollouts })).toEqual(IGNORED);
    },
  );
});

describe("where a contract is on", () => {
  test.each<[Json, string]>([
    ["fast", "processing must be an object"],
    [[], "processing must be an object"],
    [false, "processing must be an object"],
    [{ mode: 5 }, "processing.mode must be a string"],
    [{ mode: ["fast"] }, "processing.mode must be a string"],
    [{ mode: "fast", profile: {} }, "processing.profile must be a string"],
    [{ mode: "default", profile: 1 }, "processing.profile must be a string"],
    [{ reason: true }, "processing.reason must be a string"],
    [{ mode: "slow" }, 'processing.mode must be one of "default", "fast", "thorough"'],
    [{ mode: "constructor" }, 'processing.mode must be one of "default", "fast", "thorough"'],
    [{ mode: "fast", profile: "p" }, 'processing.profile must be one of "fast-v1", "voice-fast-v1"'],
  ])("%j is refused: %s", (processing, message) => {
    expect(refusedFor({ processing })).toBe(`malformed: ${message}`);
  });

  test("members that it does not know are ignored", () => {
    expect(decide({ processing: { mode: "fast", mood: 5, profiles: [] } })).toMatchObject({
      outcome: "applied",
    });
  });

  test("a mode without its own is ignored, also with a profile that is not in its list", () => {
    for (const profile of ["thorough-v1", "p"])
      expect(decide({ processing: { mode: "thorough", profile } })).toEqual(IGNORED);
  });

  test("a profile outside the list is refused also while the runtime is off, or the request outside", () => {
    const processing = { mode: "fast", profile: "p" };
    for (const more of [{ runtime_enabled: false }, { percentage: 0 }]) {
      expect(refusedFor({ processing }, { rollouts: [aRollout(more)] })).toContain("processing.profile");
    }
  });

  test("a cap of the process makes it as if it were off", () => {
    const environment = { fast: { contract_enabled: false } };
    expect(decide({ processing: { mode: 5 } }, { environment })).toEqual(IGNORED);
  });
});

test("a mode whose rollout is lost is ignored, beside one that is not", () => {
  const rollouts = [aRollout({ mode: "thorough" })];
  expect(decide({ processing: FAST, deployment: "cloud" }, { rollouts })).toEqual(IGNORED);
});

test("what a store from before modes holds and is no declaration declares nothing", () => {
  const modes = { fast: { profiles: [] }, slow: 1, Thorough: MODES.thorough, default: MODES.fast, "a b": {} };
  const rollouts = Object.keys(modes).map((mode) => aRollout({ mode }));
  for (const mode of Object.keys(modes).filter((name) => name !== "default"))
    expect(decide({ processing: { mode } }, { rollouts, modes })).toEqual(IGNORED);
});

describe("a deployment", () => {
  test.each([undefined, "", " ", "local", " Local "])("of %j is local", (deployment) => {
    const rollouts = [aRollout({ cloud_enforced: true })];
    const given: Given = { rollouts, state: "missing" };
    expect(decide({ processing: FAST, deployment }, given)).toMatchObject({ outcome: "profile_missing" });
  });

  test("that is none is refused", () => {
    expect(refusedFor({ deployment: "edge" })).toBe('malformed: deployment must be one of "local", "cloud"');
  });
});

describe("the key of a request", () => {
  const bucketFor = (request: ProcessingRequest) => decide({ processing: FAST, ...request }).bucket;

  test("is its targeting key if not blank, else its conversation, as they are sent", () => {
    expect(bucketFor({ targeting_key: " u ", conv_id: "c" })).toBe(bucketOf("default/fast", " u "));
    expect(bucketFor({ targeting_key: " ", conv_id: "c" })).toBe(bucketOf("default/fast", "c"));
    expect(bucketFor({ targeting_key: "", conv_id: "\t" })).toBeUndefined();
    expect(bucketFor({})).toBeUndefined();
  });

  test("decides with the rollout's salt", () => {
    const rollouts = [aRollout({ salt: "another" })];
    expect(decide({ processing: FAST, conv_id: "c" }, { rollouts }).bucket).toBe(bucketOf("another", "c"));
  });

  test("that is missing keeps a request out of everything but 100 %", () => {
    const outcomeAt = (percentage: number) =>
      decide({ processing: FAST }, { rollouts: [aRollout({ percentage })] }).outcome;
    expect([0, 1, 50, 99.99].map(outcomeAt)).toEqual(Array(4).fill("not_in_rollout"));
    expect(outcomeAt(100)).toBe("applied");
  });

  test("puts a request in exactly when its bucket is below the percentage", () => {
    const percentages = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), percentages, (key, percentage) => {
        fc.pre(key.trim() !== "");
        const rollouts = [aRollout({ percentage })];
        const { outcome, bucket } = decide({ processing: FAST, targeting_key: key }, { rollouts });
        expect(outcome).toBe(bucket! < Math.round(percentage * 100) ? "applied" : "not_in_rollout");
      }),
    );
  });
});

describe("the cohort", () => {
  const rollouts = [aRollout({ percentage: 0, cohort: ["ann", "c-1", " "] })];
  const outcomeOf = (request: ProcessingRequest, given: Given = { rollouts }) =>
    decide({ processing: FAST, ...request }, given).outcome;

  test("is always in, by targeting key or conversation", () => {
    expect(outcomeOf({ targeting_key: "ann" })).toBe("applied");
    expect(outcomeOf({ conv_id: "c-1" })).toBe("applied");
    expect(outcomeOf({ targeting_key: "bob", conv_id: "c-1" })).toBe("applied");
  });

  test("has nobody of another spelling, and nobody without a key", () => {
    for (const key of ["Ann", "ann ", "c-10", "", " "])
      expect(outcomeOf({ targeting_key: key, conv_id: "c" })).toBe("not_in_rollout");
  });

  test("does not get a mode whose runtime is off", () => {
    const off = [aRollout({ runtime_enabled: false, cohort: ["ann"] })];
    expect(outcomeOf({ targeting_key: "ann" }, { rollouts: off })).toBe("runtime_disabled");
  });

  test("asks for its mode like others", () => {
    expect(decide({ targeting_key: "ann" }, { rollouts })).toEqual(NOT_REQUESTED);
  });
});
