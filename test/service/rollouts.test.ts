import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { RolloutInput } from "../../src/domain/rollout.js";
import { tempDirectory } from "../store/temp.js";
import {
  CALLER,
  controlTurn,
  FAST,
  fastTarget,
  RUNNING,
  refusal,
  report,
  reportHealthy,
  rolloutNow,
  runningTarget,
  turn,
  update,
  violationsOf,
} from "./rolling-out.js";

test("a declared mode has a rollout that begins all off", async () => {
  const { services, clock } = await fastTarget();
  expect(await rolloutNow(services)).toEqual({
    registry: "default",
    mode: "fast",
    contract_enabled: false,
    runtime_enabled: false,
    ui_enabled: false,
    cloud_enforced: false,
    percentage: 0,
    salt: "default/fast",
    cohort: [],
    stages: [1, 5, 25, 50, 100],
    thresholds: {
      min_samples: 200,
      window_s: 900,
      min_stage_s: 600,
      error_rate_delta: 0.01,
      p95_ratio: 0.95,
      p95_regression: 1.2,
    },
    auto_rollback: false,
    stage_since_ms: clock(),
    config_digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    capped: [],
    version: 1,
  });
});

test("rollouts are listed by mode", async () => {
  const { services } = await fastTarget();
  const processing_modes = { slow: { profiles: ["p"] }, fast: { profiles: ["fast-v1"] } };
  await services.registries.updateRegistry({ registry: undefined, input: { processing_modes } }, CALLER);
  const { rollouts } = await services.rollouts.listRollouts(undefined);
  expect(rollouts.map(({ mode }) => mode)).toEqual(["fast", "slow"]);
});

test.each([
  [{ registry: "nowhere", mode: "fast" }, "not_found: registry not found"],
  [{ registry: undefined, mode: "Slow" }, "not_found: processing mode not found: Slow"],
  [{ registry: undefined, mode: "default" }, "not_found: processing mode not found: default"],
  [{ registry: undefined, mode: "a b" }, 'malformed: processing mode "a b" is invalid'],
  [{ registry: undefined, mode: " " }, "malformed: processing mode cannot be empty"],
])("a name that names no rollout is refused: %j", async (name, text) => {
  const { services } = await fastTarget();
  expect(await refusal(services.rollouts.getRollout(name))).toBe(text);
  expect(await refusal(services.rollouts.updateRollout({ ...name, input: {} }, CALLER))).toBe(text);
  expect(await refusal(services.rollouts.advanceRollout(name, CALLER))).toBe(text);
  expect(await refusal(services.rollouts.rollbackRollout({ ...name, kind: "soft" }, CALLER))).toBe(text);
  expect(await refusal(services.rollouts.getReport(name))).toBe(text);
});

test("mode names are normalised as slugs are", async () => {
  const { services } = await fastTarget();
  expect((await services.rollouts.getRollout({ ...FAST, mode: " FAST " })).rollout.mode).toBe("fast");
});

test("a write moves the rollout's version and the revision, and not the registry's version", async () => {
  const { services, store } = await fastTarget();
  const before = await services.registries.getRegistry(undefined);
  const answer = await services.rollouts.updateRollout(
    { ...FAST, input: { contract_enabled: true } },
    CALLER,
  );
  expect(answer.rollout.version).toBe(2);
  expect(answer.revision).toBe(before.revision + 1);
  const after = await services.registries.getRegistry(undefined);
  expect(after.registry).toEqual(before.registry);
  const [entry] = await store.readLog({ newestFirst: true, limit: 1 });
  expect(entry).toMatchObject({
    revision: answer.revision,
    operation: "update_rollout",
    mode: "fast",
    version: 2,
    actor: "tester",
    source: "rpc",
  });
  expect(entry).not.toHaveProperty("details");
});

test("a dry run answers as if written, with nothing stored", async () => {
  const { services } = await fastTarget();
  const { rollout } = await services.rollouts.updateRollout(
    { ...FAST, input: { contract_enabled: true } },
    { ...CALLER, validateOnly: true },
  );
  expect(rollout).toMatchObject({ contract_enabled: true, version: 2 });
  expect(await rolloutNow(services)).toMatchObject({ contract_enabled: false, version: 1 });
});

test("a retry of a write is answered with the first outcome", async () => {
  const { services } = await fastTarget();
  const retry = { key: "k", request: "r" };
  const write = () =>
    services.rollouts.updateRollout({ ...FAST, input: { contract_enabled: true } }, { ...CALLER, retry });
  expect(await write()).toEqual(await write());
  expect((await rolloutNow(services)).version).toBe(2);
});

describe("the members of an update", () => {
  test.each<[RolloutInput, string[]]>([
    [{ percentage: -1 }, ["rollout.percentage: must be a number from 0 to 100 with at most two decimals"]],
    [
      { percentage: 100.01 },
      ["rollout.percentage: must be a number from 0 to 100 with at most two decimals"],
    ],
    [{ percentage: 0.001 }, ["rollout.percentage: must be a number from 0 to 100 with at most two decimals"]],
    [
      { percentage: Number.NaN },
      ["rollout.percentage: must be a number from 0 to 100 with at most two decimals"],
    ],
    [{ salt: " " }, ["rollout.salt: must not be empty"]],
    [{ salt: "é".repeat(513) }, ["rollout.salt: must not be longer than 1024 bytes"]],
    [{ salt: "\ud800" }, ["rollout.salt: must not contain unpaired surrogates"]],
    [{ cohort: ["a", "", "b"] }, ["rollout.cohort[1]: must not be empty"]],
    [
      { cohort: Array.from({ length: 1_001 }, (_, i) => `${i}`) },
      ["rollout.cohort: must not have more than 1000 items"],
    ],
    [{ stages: [] }, ["rollout.stages: must not be empty"]],
    [
      { stages: [0, 5] },
      ["rollout.stages[0]: must be a number above 0, at most 100, with at most two decimals"],
    ],
    [{ stages: [5, 5] }, ["rollout.stages[1]: must be above the stage before it (5)"]],
    [
      { stages: Array.from({ length: 51 }, (_, i) => i + 1) },
      ["rollout.stages: must not have more than 50 items"],
    ],
    [
      { thresholds: { min_samples: 1.5, window_s: 0, p95_regression: 0.9 } },
      [
        "rollout.thresholds.min_samples: must be an integer from 1 to 1000000",
        "rollout.thresholds.window_s: must be an integer from 10 to 86400",
        "rollout.thresholds.p95_regression: must be a number from 1 to 100",
      ],
    ],
    [
      { percentage: 101, stages: [101] },
      [
        "rollout.percentage: must be a number from 0 to 100 with at most two decimals",
        "rollout.stages[0]: must be a number above 0, at most 100, with at most two decimals",
      ],
    ],
  ])("that cannot be are refused, all at once: %j", async (input, violations) => {
    const { services } = await fastTarget();
    expect(await violationsOf(services.rollouts.updateRollout({ ...FAST, input }, CALLER))).toEqual(
      violations,
    );
    expect((await rolloutNow(services)).version).toBe(1);
  });

  test("that are absent keep what is stored, and thresholds each by itself", async () => {
    const { services } = await fastTarget();
    const salt = "s";
    await update(services, { salt, stages: [10, 99.99], thresholds: { min_samples: 7 } });
    expect(await update(services, { auto_rollback: true, thresholds: { window_s: 60 } })).toMatchObject({
      salt,
      stages: [10, 99.99],
      auto_rollback: true,
      thresholds: { min_samples: 7, window_s: 60, min_stage_s: 600 },
    });
  });

  test("invite a key once, however often it is named", async () => {
    const { services } = await fastTarget();
    expect((await update(services, { cohort: ["b", "a", "b"] })).cohort).toEqual(["b", "a"]);
  });

  test("begin a new stage where percentage or runtime_enabled changes, and only there", async () => {
    const { services, clock } = await fastTarget();
    const since = (input: RolloutInput) => {
      clock.pass(1);
      return update(services, input).then(({ stage_since_ms }) => clock() - stage_since_ms);
    };
    expect(await since({ contract_enabled: true })).toBe(1_000);
    expect(await since({ runtime_enabled: true })).toBe(0);
    expect(await since({ runtime_enabled: true, cohort: ["a"] })).toBe(1_000);
    expect(await since({ percentage: 1 })).toBe(0);
    expect(await since({ percentage: 1, salt: "other" })).toBe(1_000);
    // Another stage, told apart from the one that began within the same moment.
    const before = await update(services, { percentage: 2 });
    expect((await update(services, { percentage: 3 })).stage_since_ms).toBe(before.stage_since_ms + 1);
  });
});

describe("a flag", () => {
  test.each([
    ["runtime_enabled", "contract_enabled"],
    ["ui_enabled", "runtime_enabled"],
    ["cloud_enforced", "runtime_enabled"],
  ] as const)("%s is not turned on without %s", async (flag, needed) => {
    const { services } = await fastTarget();
    expect(await refusal(update(services, { [flag]: true }))).toBe(
      `failed_precondition: rollout "fast": ${flag} needs ${needed}, which is off`,
    );
  });

  test("is turned on together with the one that it needs", async () => {
    const { services } = await fastTarget();
    expect(await update(services, { ...RUNNING, cloud_enforced: true })).toMatchObject({
      cloud_enforced: true,
    });
  });

  test("is turned on whatever the environment holds off, which is told", async () => {
    const environmentFlags = { fast: { contract_enabled: false } };
    const { services } = await fastTarget({ environmentFlags });
    expect(await update(services, RUNNING)).toMatchObject({ ...RUNNING, capped: ["contract_enabled"] });
  });

  test("is turned off while others need it", async () => {
    const { services } = await runningTarget();
    expect(await update(services, { contract_enabled: false })).toMatchObject({
      contract_enabled: false,
      runtime_enabled: true,
    });
  });
});

describe("an expected version", () => {
  test("that is not the stored one conflicts, also of a rollback", async () => {
    const { services } = await fastTarget();
    const conflict = 'version_conflict: rollout "fast" version conflict: expected=7 actual=1';
    const expectedVersion = 7;
    expect(await refusal(update(services, { percentage: 0 }, { expectedVersion }))).toBe(conflict);
    expect(await refusal(services.rollouts.advanceRollout({ ...FAST, expectedVersion }, CALLER))).toBe(
      conflict,
    );
    expect(
      await refusal(services.rollouts.rollbackRollout({ ...FAST, kind: "soft", expectedVersion }, CALLER)),
    ).toBe(conflict);
  });

  test("lets exactly one of concurrent writers win", async () => {
    const { services } = await fastTarget();
    const writes = Array.from({ length: 10 }, (_, i) =>
      update(services, { salt: `${i}` }, { expectedVersion: 1 }),
    );
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("is not needed to go back where all other writes need one", async () => {
    const { services } = await fastTarget({ requireExpectedVersion: true });
    const required =
      "validation: validation error (expected_version): is required for a write to an existing document";
    expect(await refusal(update(services, RUNNING))).toBe(required);
    await update(services, { ...RUNNING, percentage: 1 }, { expectedVersion: 1 });
    expect(await refusal(update(services, { percentage: 0, salt: "s" }))).toBe(required);
    expect(await refusal(update(services, {}))).toBe(required);
    expect(await refusal(services.rollouts.advanceRollout(FAST, CALLER))).toBe(required);
    await update(services, { percentage: 0.5 });
    await update(services, { percentage: 0, runtime_enabled: false, ui_enabled: false });
    await services.rollouts.rollbackRollout({ ...FAST, kind: "hard" }, CALLER);
    expect((await rolloutNow(services)).version).toBe(5);
  });
});

describe("raising the percentage", () => {
  test("goes up to the next stage freely, and past it only by force with a reason", async () => {
    const { services, store } = await runningTarget();
    expect((await update(services, { percentage: 4.99 })).percentage).toBe(4.99);
    expect(await refusal(update(services, { percentage: 5.01 }))).toBe(
      'failed_precondition: rollout "fast" cannot be raised from 4.99% to 5.01%: its next stage is 5% (force with a reason does it all the same)',
    );
    expect(await violationsOf(update(services, { percentage: 100 }, { force: true, reason: " " }))).toEqual([
      "reason: must not be empty",
    ]);
    const forced = { force: true, reason: "launch day" };
    expect((await update(services, { percentage: 100 }, forced)).percentage).toBe(100);
    const [entry] = await store.readLog({ newestFirst: true, limit: 1 });
    expect(entry?.details).toEqual(forced);
  });

  test("past the last stage needs force, too", async () => {
    const { services } = await runningTarget({ stages: [1] });
    expect(await refusal(update(services, { percentage: 2 }))).toMatch(
      /^failed_precondition: .* from 1% to 2%: it is at its last stage/,
    );
  });

  test("is judged by the stages as they were, whatever the update makes of them", async () => {
    const { services } = await runningTarget();
    expect(await refusal(update(services, { stages: [100], percentage: 100 }))).toMatch(/next stage is 5%/);
  });
});

describe("ui_enabled", () => {
  test("is turned on only once the gates have held, or by force", async () => {
    const { services, clock } = await runningTarget();
    expect(await refusal(update(services, { ui_enabled: true }))).toMatch(
      /^failed_precondition: rollout "fast" ui_enabled cannot be turned on: gates not met: min_stage_s \(0 s of at least 600 s at this stage\); min_samples/,
    );
    expect(await update(services, { ui_enabled: true }, { force: true, reason: "a demo" })).toMatchObject({
      ui_enabled: true,
    });
    await update(services, { ui_enabled: false });
    clock.pass(600);
    await reportHealthy(services);
    expect(await update(services, { ui_enabled: true })).toMatchObject({ ui_enabled: true });
  });
});

describe("advancing", () => {
  const advance = (services: Parameters<typeof rolloutNow>[0]) =>
    services.rollouts.advanceRollout(FAST, CALLER).then(({ rollout }) => rollout);

  test("from 0 needs contract and runtime on, and the mode's profile", async () => {
    const { services } = await fastTarget();
    await services.profiles.deleteProfile({ registry: undefined, slug: "fast-v1" }, CALLER);
    expect(await refusal(advance(services))).toBe(
      'failed_precondition: rollout "fast" cannot advance to 1%: contract_enabled is off; runtime_enabled is off; its profile "fast-v1" does not exist',
    );
  });

  test("from 0 takes a flag that the environment holds off for one that is off, and says so", async () => {
    const { services } = await fastTarget({ environmentFlags: { fast: { runtime_enabled: false } } });
    await update(services, RUNNING);
    expect(await refusal(advance(services))).toBe(
      'failed_precondition: rollout "fast" cannot advance to 1%: runtime_enabled is held off by the environment of this process',
    );
  });

  test("from 0 tells only what is off of itself, not what is off for want of it", async () => {
    const { services } = await fastTarget({ environmentFlags: { fast: { contract_enabled: false } } });
    await update(services, RUNNING);
    expect(await refusal(advance(services))).toBe(
      'failed_precondition: rollout "fast" cannot advance to 1%: contract_enabled is held off by the environment of this process',
    );
    await update(services, { contract_enabled: false });
    expect(await refusal(advance(services))).toBe(
      'failed_precondition: rollout "fast" cannot advance to 1%: contract_enabled is off',
    );
  });

  test("goes stage by stage while every gate holds, to the last", async () => {
    const { services, clock, store } = await fastTarget();
    await update(services, { ...RUNNING, stages: [1, 5, 100] });
    clock.pass(1);
    expect(await advance(services)).toMatchObject({ percentage: 1, stage_since_ms: clock() });
    for (const percentage of [5, 100]) {
      clock.pass(600);
      await reportHealthy(services);
      expect(await advance(services)).toMatchObject({ percentage, stage_since_ms: clock() });
    }
    expect(await refusal(advance(services))).toBe(
      'failed_precondition: rollout "fast" is at its last stage (100%)',
    );
    const [entry] = await store.readLog({ newestFirst: true, limit: 1 });
    expect(entry).toMatchObject({ operation: "advance_rollout", details: { from: 5, to: 100 } });
    expect((entry!.details!.gates as { passed: boolean }[]).map(({ passed }) => passed)).toEqual(
      Array(8).fill(true),
    );
  });

  test("goes from a percentage between stages to the next one", async () => {
    const { services, clock } = await runningTarget({ percentage: 0.5 });
    clock.pass(600);
    await reportHealthy(services);
    expect((await advance(services)).percentage).toBe(1);
  });

  test("is refused with the gates that fail and their figures, as text and as facts", async () => {
    const { services, clock } = await runningTarget();
    clock.pass(600);
    await report(services, 200, (i) => turn({ success: i >= 10 }));
    await report(services, 200, () => controlTurn());
    const refused = services.rollouts.advanceRollout(FAST, CALLER);
    await expect(refused).rejects.toMatchObject({
      code: "failed_precondition",
      message:
        'rollout "fast" cannot advance to 5%: gates not met: error_rate (5 % with the mode and 0 % in the control, at most 1 % more allowed)',
      metadata: { mode: "fast", gates: "error_rate" },
    });
  });

  test("does not count what was reported before the stage began", async () => {
    const { services, clock } = await runningTarget();
    clock.pass(600);
    await reportHealthy(services);
    await advance(services);
    clock.pass(600);
    expect(await refusal(advance(services))).toMatch(/0 outcomes of the mode and 0 of the control/);
  });
});

describe("a rollback", () => {
  const LIVE: RolloutInput = { ...RUNNING, cloud_enforced: true, percentage: 1, cohort: ["a"] };
  test.each([
    ["soft", true],
    ["hard", false],
  ] as const)("that is %s keeps the contract: %s", async (kind, contract_enabled) => {
    const { services, clock } = await runningTarget(LIVE);
    await update(services, { ui_enabled: true }, { force: true, reason: "r" });
    clock.pass(5);
    const { rollout } = await services.rollouts.rollbackRollout({ ...FAST, kind }, CALLER);
    expect(rollout).toMatchObject({
      contract_enabled,
      runtime_enabled: false,
      ui_enabled: false,
      cloud_enforced: false,
      percentage: 0,
      cohort: ["a"],
      stage_since_ms: clock(),
    });
  });

  test("is logged with what there was", async () => {
    const { services, store } = await runningTarget({ percentage: 1 });
    await update(services, { percentage: 3 });
    await services.rollouts.rollbackRollout({ ...FAST, kind: "soft", reason: " too slow " }, CALLER);
    const [entry] = await store.readLog({ newestFirst: true, limit: 1 });
    expect(entry).toMatchObject({
      operation: "rollback_rollout",
      details: { kind: "soft", trigger: "manual", reason: "too slow", stage: 1, percentage: 3 },
    });
    expect(entry!.details!.gates).toHaveLength(8);
  });

  test("of what is turned back already is a write that changes nothing", async () => {
    const { services, clock } = await runningTarget(LIVE);
    const back = () => services.rollouts.rollbackRollout({ ...FAST, kind: "soft" }, CALLER);
    const { rollout: first } = await back();
    clock.pass(5);
    const { rollout: second } = await back();
    expect(second).toEqual({ ...first, version: first.version + 1 });
  });

  test("does not wait for figures that cannot be read, and says so", async () => {
    const { services, store } = await fastTarget();
    const broken = {
      ...store,
      readFigures: () => Promise.reject(new Error("figures are gone")),
    };
    const { servicesOn } = await import("./rolling-out.js");
    const other = await servicesOn({ store: broken });
    await update(services, { ...RUNNING, percentage: 1 });
    const { rollout } = await other.services.rollouts.rollbackRollout({ ...FAST, kind: "soft" }, CALLER);
    expect(rollout.runtime_enabled).toBe(false);
    const [entry] = await store.readLog({ newestFirst: true, limit: 1 });
    expect(entry?.details).toMatchObject({ gates: [], gates_unavailable: "figures are gone" });
  });
});

describe("the config digest", () => {
  const digest = async (services: Parameters<typeof rolloutNow>[0]) =>
    (await rolloutNow(services)).config_digest;
  const write = (services: Parameters<typeof rolloutNow>[0], input: object) =>
    services.profiles.updateProfile(
      { registry: undefined, slug: "fast-v1", input, setDefault: false },
      CALLER,
    );

  test("changes with the content of a mode's profile, and not with its version", async () => {
    const { services } = await fastTarget();
    const first = await digest(services);
    await write(services, {});
    await write(services, { display_name: "Fast" });
    expect(await digest(services)).toBe(first);
    await write(services, { runtime: { system_prompt: "Be very brief" } });
    expect(await digest(services)).not.toBe(first);
    await write(services, { runtime: { system_prompt: "Be brief" } });
    expect(await digest(services)).toBe(first);
  });

  test("does not show secrets", async () => {
    const { services } = await fastTarget();
    const withKey = (api_key: string) =>
      write(services, { runtime: { step_settings_patch: { chat: { api_key, model: "m" } } } });
    await withKey("one");
    const first = await digest(services);
    await withKey("two");
    expect(await digest(services)).toBe(first);
  });

  test("changes with thresholds, with flags as they act, and with a profile that goes", async () => {
    const { services } = await fastTarget();
    const seen = [await digest(services)];
    await update(services, { thresholds: { min_samples: 1 } });
    seen.push(await digest(services));
    await update(services, { contract_enabled: true });
    seen.push(await digest(services));
    await services.profiles.deleteProfile({ registry: undefined, slug: "fast-v1" }, CALLER);
    seen.push(await digest(services));
    expect(new Set(seen).size).toBe(4);
    await update(services, { percentage: 1, cohort: ["a"], salt: "s" });
    expect(await digest(services)).toBe(seen.at(-1));
  });

  test("is the same in another registry that acts alike", async () => {
    const [one, other] = [await fastTarget(), await fastTarget()];
    expect(await digest(one.services)).toBe(await digest(other.services));
  });
});

describe("features", () => {
  const modes = async (services: Parameters<typeof rolloutNow>[0]) =>
    (await services.rollouts.features(undefined)).features.modes;

  test("show a mode once ui_enabled acts and its profile is there", async () => {
    const { services } = await runningTarget();
    const profiles = ["fast-v1"];
    expect(await modes(services)).toEqual([{ mode: "fast", profiles, visible: false }]);
    await update(services, { ui_enabled: true }, { force: true, reason: "r" });
    expect(await modes(services)).toEqual([{ mode: "fast", profiles, visible: true }]);
    await update(services, { runtime_enabled: false });
    expect(await modes(services)).toEqual([{ mode: "fast", profiles, visible: false }]);
    await update(services, { runtime_enabled: true });
    await services.profiles.deleteProfile({ registry: undefined, slug: "fast-v1" }, CALLER);
    expect(await modes(services)).toEqual([{ mode: "fast", profiles, visible: false }]);
  });
});

test.each([
  ["is lost", "DELETE FROM rollouts"],
  ["cannot be read", "UPDATE rollouts SET payload_json = '{'"],
])("a rollout that %s shows as all off, and is written anew", async (_, sql) => {
  const path = `${tempDirectory()}/profiles.db`;
  const { services } = await runningTarget({}, { path });
  const db = new Database(path);
  db.exec(sql);
  db.close();
  expect(await rolloutNow(services)).toMatchObject({ contract_enabled: false, percentage: 0, version: 0 });
  expect(await update(services, { contract_enabled: true })).toMatchObject({
    contract_enabled: true,
    runtime_enabled: false,
    version: 3,
  });
});
