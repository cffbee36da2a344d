/** What RPC alone says of rollouts: masks, pages, entries of the log, every protocol (spec 3, 5.5). */
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { Operation } from "../../gen/profileregistry/v1/profile_pb.js";
import { ProcessingOutcome } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { Deployment, RollbackKind } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { PROTOCOLS, refusalOf, rpcClients, sharedRpc } from "../support/rpc.js";

const rpc = sharedRpc();
const ON = { contractEnabled: true, runtimeEnabled: true };

/** Declares modes in a registry of its own. */
async function declared(registry: string, ...modes: string[]): Promise<{ registry: string; mode: string }> {
  const processingModes = Object.fromEntries(modes.map((mode) => [mode, { profiles: [mode] }]));
  await rpc.registry.createRegistry({ registry: { slug: registry, processingModes } });
  return { registry, mode: modes[0] ?? "" };
}

describe("an update of a rollout", () => {
  test("without a mask replaces what is populated, and leaves alone what is not", async () => {
    const name = await declared("unmasked", "fast");
    const { rollouts } = rpc;
    await rollouts.updateRollout({ rollout: { ...name, ...ON, cohort: ["a"], percentage: 1 } });
    const { rollout } = await rollouts.updateRollout({ rollout: { ...name, autoRollback: true } });
    expect(rollout).toMatchObject({ ...ON, cohort: ["a"], percentage: 1, autoRollback: true, version: 3 });
  });

  test("without a mask turns off what says so, as somebody in a hurry writes it", async () => {
    const name = await declared("hurried", "fast");
    await rpc.rollouts.updateRollout({ rollout: { ...name, ...ON, percentage: 1, autoRollback: true } });
    const { rollout } = await rpc.rollouts.updateRollout({
      rollout: { ...name, runtimeEnabled: false, percentage: 0 },
    });
    expect(rollout).toMatchObject({
      contractEnabled: true,
      runtimeEnabled: false,
      percentage: 0,
      autoRollback: true,
    });
  });

  test("gives a member that is masked and not set its default", async () => {
    const name = await declared("masked", "fast");
    const rollout = {
      ...name,
      ...ON,
      percentage: 1,
      salt: "s",
      cohort: ["a"],
      stages: [1, 2],
      thresholds: { minSamples: 5 },
      autoRollback: true,
    };
    const before = await rpc.rollouts.getRollout(name);
    await rpc.rollouts.updateRollout({ rollout });
    const paths = [
      "contract_enabled",
      "runtime_enabled",
      "ui_enabled",
      "cloud_enforced",
      "percentage",
      "salt",
      "cohort",
      "stages",
      "thresholds",
      "auto_rollback",
    ];
    const after = await rpc.rollouts.updateRollout({ rollout: name, updateMask: { paths } });
    const { version: _, stageStartTime: __, ...reset } = after.rollout!;
    expect(before.rollout).toMatchObject(reset);
  });

  test("leaves thresholds that are not set as they are", async () => {
    const name = await declared("thresholds", "fast");
    const updateMask = { paths: ["thresholds"] };
    await rpc.rollouts.updateRollout({ rollout: { ...name, thresholds: { minSamples: 5 } }, updateMask });
    const { rollout } = await rpc.rollouts.updateRollout({
      rollout: { ...name, thresholds: { windowS: 60 } },
      updateMask,
    });
    expect(rollout?.thresholds).toMatchObject({ minSamples: 5, windowS: 60, minStageS: 600 });
  });

  test("has no other paths", async () => {
    const rollout = await declared("paths", "fast");
    for (const path of ["version", "mode", "thresholds.window_s"]) {
      const update = rpc.rollouts.updateRollout({ rollout, updateMask: { paths: [path] } });
      expect(await refusalOf(update)).toMatchObject({
        code: "InvalidArgument",
        message: `update_mask: "${path}" is not one of contract_enabled, runtime_enabled, ui_enabled, cloud_enforced, percentage, salt, cohort, stages, thresholds, auto_rollback`,
      });
    }
  });

  test("that names no rollout is refused", async () => {
    expect(await refusalOf(rpc.rollouts.updateRollout({}))).toMatchObject({ code: "InvalidArgument" });
  });

  test("tells in a refusal by gates which they are", async () => {
    const name = await declared("gated", "fast");
    await rpc.registry.createProfile({ registry: "gated", profile: { slug: "fast" } });
    await rpc.rollouts.updateRollout({ rollout: { ...name, ...ON, percentage: 1 } });
    expect(await refusalOf(rpc.rollouts.advanceRollout(name))).toMatchObject({
      code: "FailedPrecondition",
      info: {
        reason: "FAILED_PRECONDITION",
        metadata: {
          mode: "fast",
          gates: "min_stage_s,min_samples,error_rate,critical_error_rate,p95_latency",
        },
      },
    });
  });

  test("by a client that knows of no modes keeps those of a registry", async () => {
    await declared("older", "fast");
    const { registry } = await rpc.registry.updateRegistry({
      registry: { slug: "older", description: "d" },
    });
    expect(registry?.processingModes).toHaveProperty("fast");
  });
});

test("a list of rollouts comes in pages", async () => {
  await declared("paged", "c", "a", "b");
  const modes: string[] = [];
  let pageToken = "";
  do {
    const page = await rpc.rollouts.listRollouts({ registry: "paged", pageSize: 2, pageToken });
    expect(page.rollouts.length).toBeLessThanOrEqual(2);
    modes.push(...page.rollouts.map(({ mode }) => mode));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(modes).toEqual(["a", "b", "c"]);
});

describe("entries of the log with documents", () => {
  const entriesOf = (registry: string) =>
    createClient(LogService, createConnectTransport({ baseUrl: rpc.url(), httpVersion: "1.1" }))
      .listLogEntries({ registry, includeDocuments: true })
      .then(({ entries }) => entries);

  test("bring the rollout as it was stored, without what is not", async () => {
    const name = await declared("logged", "fast");
    await rpc.rollouts.updateRollout({ rollout: { ...name, ...ON }, reason: "canary" });
    const [, created, updated] = await entriesOf("logged");
    expect(created).toMatchObject({ operation: Operation.CREATE_ROLLOUT, mode: "fast", profile: "" });
    expect(updated).toMatchObject({ mode: "fast", version: 2, details: { reason: "canary" } });
    expect(updated?.document).toMatchObject({
      case: "rolloutDocument",
      value: { ...name, ...ON, version: 2, configDigest: "", capped: [], stages: [1, 5, 25, 50, 100] },
    });
  });

  test("bring none of a rollout that ended, and its registry as it is then", async () => {
    await declared("ended", "fast");
    await rpc.registry.updateRegistry({
      registry: { slug: "ended" },
      updateMask: { paths: ["processing_modes"] },
    });
    const [, , registry, ended] = await entriesOf("ended");
    expect(registry?.document).toMatchObject({ case: "registryDocument", value: { processingModes: {} } });
    expect(ended).toMatchObject({
      operation: Operation.DELETE_ROLLOUT,
      mode: "fast",
      document: { case: undefined },
    });
    expect(ended).not.toHaveProperty("details");
  });
});

for (const [protocol, transport] of Object.entries(PROTOCOLS)) {
  test(`a rollout is operated over ${protocol}`, async () => {
    const name = await declared(protocol.toLowerCase().replace(/[^a-z0-9]+/g, "-"), "fast");
    const { registry, mode } = name;
    const { rollouts, resolver, registry: registries } = rpcClients(transport(rpc.url()));
    await registries.createProfile({ registry, profile: { slug: "fast" } });
    await rollouts.updateRollout({ rollout: { ...name, ...ON, cohort: ["user-7"] } });
    const { rollout } = await rollouts.advanceRollout(name);
    expect(rollout).toMatchObject({ percentage: 1 });
    const { processing } = await resolver.resolveProfile({
      registry,
      profile: "fast",
      processing: { mode },
      targetingKey: "user-7",
    });
    expect(processing).toMatchObject({ outcome: ProcessingOutcome.APPLIED, bucket: expect.any(Number) });
    const turn = { ...name, resolvedMode: mode, appliedMode: mode, deployment: Deployment.CLOUD };
    const counted = await rollouts.reportOutcomes({ outcomes: [{ ...turn, latencyMs: 1, success: true }] });
    expect(counted).toMatchObject({ accepted: 1, dropped: 0 });
    const { report } = await rollouts.getRolloutReport(name);
    expect(report).toMatchObject({ modeFigures: { samples: 1n }, cloudFigures: { samples: 1n } });
    expect((await rollouts.getFeatures({ registry })).modes).toMatchObject([{ mode, visible: false }]);
    await rollouts.rollbackRollout({ ...name, kind: RollbackKind.SOFT });
    expect((await rollouts.getRollout(name)).rollout).toMatchObject({ percentage: 0, version: 4 });
    expect((await rollouts.listRollouts({ registry })).rollouts).toHaveLength(1);
  });
}

test("an outcome that does not say how long the turn took or how it went is refused", async () => {
  await declared("untold", "fast");
  const told = { registry: "untold", mode: "fast", latencyMs: 5, success: true };
  expect(await rpc.rollouts.reportOutcomes({ outcomes: [told] })).toMatchObject({ accepted: 1 });
  for (const [member, type] of [
    ["latencyMs", "latency_ms must be a number"],
    ["success", "success must be a boolean"],
  ] as const) {
    const { [member]: _, ...untold } = told;
    expect(await refusalOf(rpc.rollouts.reportOutcomes({ outcomes: [told, untold] }))).toMatchObject({
      code: "InvalidArgument",
      message: `outcomes[1].${type}`,
    });
  }
});
