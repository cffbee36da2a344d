/** Clients that know of modes and clients that do not, under every state of the flags and every cap (spec 5.2, 5.3). */
import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import { ROLLOUT_FLAGS, type RolloutFlag, type RolloutFlags } from "../../src/domain/rollout.js";
import { FLAG_STATES } from "../domain/moding.js";
import { EDGES, type Resolved, startModeServer } from "./mode-server.js";

const FAST = { mode: "fast" };
const MISSING = { mode: "fast", profile: "missing-v1" };
const REQUESTS: Record<string, JsonObject> = {
  "an old client": {},
  "one that asks for default": { processing: { mode: "default" } },
  "one that asks for fast": { processing: { ...FAST, reason: "typing", mood: 1 }, conv_id: "c" },
  "one that asks for an undeclared mode": { processing: { mode: "slow" } },
  "one that asks for another profile": { processing: { mode: "fast", profile: "default" } },
  "one whose profile is missing": { processing: MISSING, deployment: "local" },
  "one whose profile is missing, in the cloud": { processing: MISSING, deployment: "cloud" },
};

/** Of the key `c`. */
const BUCKET = 9165;

/** In the words of the specification; `processing`, or the refusal. */
function expected(
  name: string,
  { contract_enabled, runtime_enabled, cloud_enforced }: RolloutFlags,
): Resolved {
  const plain = { requested_mode: "default", applied_mode: "default" };
  const asked = { requested_mode: "fast", applied_mode: "default" };
  if (REQUESTS[name]!.processing === undefined || name === "one that asks for default")
    return { ...plain, outcome: "not_requested" };
  if (!contract_enabled) return { ...plain, outcome: "contract_disabled" };
  const enforced = runtime_enabled && cloud_enforced;
  switch (name) {
    case "one that asks for an undeclared mode":
      return 'malformed: processing.mode must be one of "default", "fast"';
    case "one that asks for another profile":
      return 'malformed: processing.profile must be one of "fast-v1", "missing-v1"';
    case "one that asks for fast":
      return runtime_enabled
        ? { ...FAST_APPLIED, bucket: BUCKET }
        : { ...asked, outcome: "runtime_disabled", bucket: BUCKET };
    case "one whose profile is missing, in the cloud":
      if (enforced)
        return 'failed_precondition: processing mode "fast" is enforced for cloud and its profile "missing-v1" does not exist';
  }
  return { ...asked, outcome: runtime_enabled ? "profile_missing" : "runtime_disabled" };
}
const FAST_APPLIED = {
  requested_mode: "fast",
  applied_mode: "fast",
  profile: "fast-v1",
  profile_version: 1,
  outcome: "applied",
};

/** What does not change with a revision, and not by what is said of modes. */
function unchanging(answer: JsonObject): JsonObject {
  const { revision: _, processing: __, ...rest } = answer;
  return rest;
}

/** None, each alone, all. Every combination of them is in test/domain. */
const CAPS: RolloutFlag[][] = [[], ...ROLLOUT_FLAGS.map((flag) => [flag]), [...ROLLOUT_FLAGS]];

test.each(CAPS.map((capped) => ({ capped })))(
  "every client gets what all states of the flags say, over both edges, where the process caps $capped",
  async ({ capped }) => {
    const env = Object.fromEntries(capped.map((flag) => [`FAST_MODE_${flag.toUpperCase()}`, "false"]));
    const server = await startModeServer({ env });
    onTestFinished(() => server.stop());
    const before = unchanging((await server.resolve.REST({})) as JsonObject);
    for (const stored of FLAG_STATES) {
      await server.setRollout({ ...stored, percentage: 100 });
      const acting = { ...stored };
      for (const flag of ROLLOUT_FLAGS) acting[flag] = stored[flag] && !capped.includes(flag);
      for (const [name, request] of Object.entries(REQUESTS)) {
        const wanted = expected(name, acting);
        for (const edge of EDGES) {
          // Over REST a POST without a conversation gets a new one, and with it a key.
          const keyed = edge === "REST" && wanted instanceof Object && request.conv_id === undefined;
          const answer = await server.resolve[edge](request);
          const shown = typeof answer === "string" ? answer : answer.processing;
          if (keyed) expect(shown, name).toMatchObject(wanted);
          else expect(shown, name).toEqual(wanted);
          if (typeof answer === "string") continue;
          const applied = (wanted as JsonObject).applied_mode === "fast";
          if (applied) expect(answer).toMatchObject({ runtime: { system_prompt: "Fast" } });
          else expect(unchanging(answer), name).toEqual(before);
        }
      }
    }
  },
);
