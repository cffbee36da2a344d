import { describe, expect, test } from "vitest";
import type { Outcome, RollbackKind } from "../../src/domain/rollout.js";
import { DomainError } from "../../src/index.js";
import { tempDirectory } from "../store/temp.js";
import {
  CALLER,
  controlTurn,
  FAST,
  fastTarget,
  gateNamed,
  RUNNING,
  refusal,
  report,
  reportHealthy,
  reportNow,
  runningTarget,
  servicesOn,
  turn,
  unpassed,
  update,
} from "./rolling-out.js";

describe("reports of turns", () => {
  test("are refused whole where one is none", async () => {
    const { services } = await fastTarget();
    const reportOne = (members: Partial<Outcome>) =>
      refusal(services.rollouts.reportOutcomes([turn(), turn(members)]));
    expect(await reportOne({ latency_ms: -1 })).toBe(
      "malformed: outcomes[1].latency_ms must be a number of at least 0",
    );
    expect(await reportOne({ latency_ms: Number.POSITIVE_INFINITY })).toMatch(/^malformed: outcomes\[1\]/);
    expect(await reportOne({ quality_score: 1.1 })).toBe(
      "malformed: outcomes[1].quality_score must be a number from 0 to 1",
    );
    expect(await refusal(services.rollouts.reportOutcomes(Array(1_001).fill(turn())))).toBe(
      "malformed: outcomes must not be more than 1000",
    );
    expect((await reportNow(services)).mode_figures.samples).toBe(0);
  });

  test("of what nobody declares are dropped, and counted as such", async () => {
    const { services } = await fastTarget();
    const outcomes = [
      turn(),
      turn({ registry: "nowhere" }),
      turn({ registry: "no slug" }),
      turn({ mode: "slow" }),
      turn({ resolved_mode: "slow" }),
      turn({ applied_mode: "slow", resolved_mode: "fast" }),
    ];
    expect(await services.rollouts.reportOutcomes(outcomes)).toEqual({ accepted: 1, dropped: 5 });
    expect(services.vitals.outcomes()).toEqual({ accepted: 1, dropped: 5 });
  });

  test("name registry and modes as requests do: blank is the default, and case does not count", async () => {
    const { services } = await fastTarget();
    const named = turn({ registry: " Default ", mode: "FAST", resolved_mode: "Fast", applied_mode: "fast" });
    const blank = turn({ registry: "", mode: "", resolved_mode: " ", applied_mode: "" });
    expect(await services.rollouts.reportOutcomes([named, blank])).toEqual({ accepted: 2, dropped: 0 });
    const { mode_figures, control_figures, gates } = await reportNow(services);
    expect([mode_figures.samples, control_figures.samples]).toEqual([1, 1]);
    expect(gateNamed(gates, "mismatches").passed).toBe(true);
  });

  test("are dropped and counted while the store cannot say what is declared, and never an error", async () => {
    const { store } = await fastTarget();
    const busy = {
      ...store,
      isUnchangedSince: () => false,
      changesSince: () => Promise.reject(new DomainError("unavailable", "store is busy")),
    };
    const { services } = await servicesOn({ store: busy });
    expect(await services.rollouts.reportOutcomes([turn()])).toEqual({ accepted: 0, dropped: 1 });
  });

  test("are kept while the store does not take them, as many as memory may hold", async () => {
    const { store, clock } = await fastTarget();
    let broken = true;
    const flaky = {
      ...store,
      addFigures: (...request: Parameters<typeof store.addFigures>) =>
        broken
          ? Promise.reject(new DomainError("unavailable", "store is busy"))
          : store.addFigures(...request),
    };
    const { services } = await servicesOn({ store: flaky, clock });
    await report(services, 100, () => turn());
    expect(await refusal(services.rollouts.getReport(FAST))).toBe("unavailable: store is busy");
    expect(await refusal(services.rollouts.getReport(FAST))).toBe("unavailable: store is busy");
    broken = false;
    expect((await reportNow(services)).mode_figures.samples).toBe(100);
    broken = true;
    let { accepted, dropped } = { accepted: 0, dropped: 0 };
    // A slot each, and as many different latencies as there are.
    for (let slot = 0; slot < 400 && dropped === 0; slot++) {
      clock.pass(10);
      const part = await report(services, 1_000, (i) => turn({ latency_ms: 0.1 * 1.02 ** i }));
      accepted += part.accepted;
      dropped += part.dropped;
    }
    expect(accepted).toBeGreaterThan(80_000);
    expect(dropped).toBeGreaterThan(0);
  });
});

describe("the report", () => {
  test("tells both populations, the window and what comes next", async () => {
    const { services, clock } = await runningTarget();
    clock.pass(60);
    await report(services, 300, (i) => turn({ deployment: i < 100 ? "local" : "cloud", quality_score: 1 }));
    await report(services, 250, () => controlTurn({ success: false }));
    const told = await reportNow(services);
    expect(told).toMatchObject({
      registry: "default",
      mode: "fast",
      revision: await services.revision(),
      percentage: 1,
      stage_since_ms: clock() - 60_000,
      window: { from_ms: clock() - 60_000, to_ms: clock() },
      next_stage: 5,
      ready: false,
      control: "asked",
      mode_figures: { samples: 300, errors: 0, error_rate: 0, quality_score: 1 },
      control_figures: { samples: 250, errors: 250, error_rate: 1, quality_score: null },
      deployments: { local: { samples: 100 }, cloud: { samples: 200 } },
    });
    expect(unpassed(told.gates)).toEqual(["min_stage_s"]);
    expect(told).not.toHaveProperty("incident");
  });

  test("is ready once every gate has passed, and has no next stage at the last", async () => {
    const { services, clock } = await runningTarget({ stages: [1] });
    clock.pass(600);
    await reportHealthy(services);
    expect(await reportNow(services)).toMatchObject({ ready: true, next_stage: null });
  });

  test("compares with all default turns while those that asked are few", async () => {
    const { services, clock } = await runningTarget();
    clock.pass(1);
    await report(services, 199, () => controlTurn());
    await report(services, 50, () => turn({ mode: "default", applied_mode: "default" }));
    expect(await reportNow(services)).toMatchObject({
      control: "all_default",
      control_figures: { samples: 249 },
    });
    await report(services, 1, () => controlTurn());
    expect(await reportNow(services)).toMatchObject({ control: "asked", control_figures: { samples: 200 } });
  });

  test("forgets what is further back than the window", async () => {
    const { services, clock } = await runningTarget();
    clock.pass(1);
    await report(services, 10, () => turn());
    clock.pass(600);
    await report(services, 5, () => turn());
    expect((await reportNow(services)).mode_figures.samples).toBe(15);
    clock.pass(300);
    expect((await reportNow(services)).mode_figures.samples).toBe(5);
    clock.pass(600);
    expect((await reportNow(services)).mode_figures.samples).toBe(0);
  });

  test("begins anew with every stage, and with runtime_enabled", async () => {
    const { services, clock } = await runningTarget();
    clock.pass(7);
    await report(services, 10, () => turn());
    await update(services, { percentage: 2 });
    expect((await reportNow(services)).mode_figures.samples).toBe(0);
    await report(services, 3, () => turn());
    expect((await reportNow(services)).mode_figures.samples).toBe(3);
    await update(services, { runtime_enabled: false });
    expect((await reportNow(services)).mode_figures.samples).toBe(0);
  });

  test("of a registry leaves out another's", async () => {
    const { services } = await runningTarget();
    const processing_modes = { fast: { profiles: ["p"] } };
    await services.registries.createRegistry({ slug: "team", input: { processing_modes } }, CALLER);
    await report(services, 4, () => turn({ registry: "team" }));
    expect((await reportNow(services)).mode_figures.samples).toBe(0);
    const { report: other } = await services.rollouts.getReport({ registry: "team", mode: "fast" });
    expect(other.mode_figures.samples).toBe(4);
  });

  test("finds all of a window of a day", async () => {
    const { services, clock } = await runningTarget({ thresholds: { window_s: 86_400 } });
    for (let hour = 0; hour < 24; hour++) {
      await report(services, 2, () => turn());
      await reportNow(services);
      clock.pass(3_600);
    }
    // The slot that the window begins in does not count.
    expect((await reportNow(services)).mode_figures.samples).toBeGreaterThanOrEqual(46);
  });
});

describe("of several processes on one file", () => {
  test("each decides by what all were told", async () => {
    const path = `${tempDirectory()}/profiles.db`;
    const { services: one, clock } = await runningTarget({}, { path });
    const { services: other } = await servicesOn({ path, clock });
    clock.pass(600);
    await report(one, 120, () => turn());
    await report(other, 80, () => turn());
    await report(other, 200, () => controlTurn());
    // What others were told is theirs until they pass it on.
    await reportNow(other);
    const [here, there] = [await reportNow(one), await reportNow(other)];
    expect(here).toEqual(there);
    expect(here).toMatchObject({ ready: true, mode_figures: { samples: 200 } });
    const { rollout } = await other.rollouts.advanceRollout(FAST, CALLER);
    expect(rollout.percentage).toBe(5);
  });

  test("one that starts anew passes no gate for want of figures, and finds those that there were", async () => {
    const path = `${tempDirectory()}/profiles.db`;
    const { services: before, clock } = await runningTarget({}, { path });
    clock.pass(600);
    await report(before, 1, () => turn({ resolved_model: "a", observed_model: "b" }));
    await before.rolloutWatch.stop();
    const { services: after } = await servicesOn({ path, clock });
    expect(unpassed((await reportNow(after)).gates)).toEqual([
      "min_samples",
      "mismatches",
      "error_rate",
      "critical_error_rate",
      "p95_latency",
    ]);
    expect(await refusal(after.rollouts.advanceRollout(FAST, CALLER))).toMatch(/1 mismatches, none allowed/);
  });
});

describe("the incident", () => {
  test("is the last rollback, with the share of default turns before and after", async () => {
    const { services, clock } = await runningTarget({ percentage: 1 });
    clock.pass(60);
    await report(services, 30, () => turn());
    await report(services, 10, () => controlTurn());
    clock.pass(5);
    const { revision } = await services.rollouts.rollbackRollout(
      { ...FAST, kind: "hard", reason: "it rambles" },
      CALLER,
    );
    const timeMs = clock();
    await update(services, { cohort: ["a"] });
    clock.pass(20);
    await report(services, 8, () => controlTurn());
    const { incident, gates: _ } = await reportNow(services);
    expect(incident).toEqual({
      revision,
      time_ms: timeMs,
      actor: "tester",
      source: "rpc",
      operation: "rollback_rollout",
      kind: "hard",
      trigger: "manual",
      reason: "it rambles",
      stage: 1,
      percentage: 1,
      gates: expect.arrayContaining([expect.objectContaining({ name: "min_stage_s", passed: false })]),
      default_share: { before: 0.25, after: 1 },
    });
  });

  test("is not hidden by a rollback of what has been turned back already", async () => {
    const { services } = await runningTarget();
    const rollback = (kind: RollbackKind, reason: string) =>
      services.rollouts.rollbackRollout({ ...FAST, kind, reason }, CALLER);
    await rollback("soft", "it rambles");
    await rollback("soft", "to be sure");
    expect((await reportNow(services)).incident).toMatchObject({ reason: "it rambles", percentage: 1 });
    await rollback("hard", "the field does harm");
    await rollback("soft", "to be sure");
    expect((await reportNow(services)).incident).toMatchObject({ reason: "the field does harm" });
    await update(services, RUNNING);
    await rollback("soft", "again");
    expect((await reportNow(services)).incident).toMatchObject({ reason: "again" });
  });

  test("is left out unless it is asked for, and where there was none", async () => {
    const { services } = await runningTarget();
    expect((await reportNow(services)).incident).toBeUndefined();
    await services.rollouts.rollbackRollout({ ...FAST, kind: "soft" }, CALLER);
    expect((await services.rollouts.getReport(FAST)).report.incident).toBeUndefined();
    expect((await reportNow(services)).incident).toMatchObject({
      kind: "soft",
      reason: "",
      default_share: { before: null, after: null },
    });
  });

  test("is found behind many other writes, and not behind another declaration", async () => {
    const { services } = await runningTarget();
    await services.rollouts.rollbackRollout({ ...FAST, kind: "soft" }, CALLER);
    for (let i = 0; i < 120; i++) await update(services, { salt: `${i}` });
    expect((await reportNow(services)).incident).toBeDefined();
    const declare = (processing_modes: object) =>
      services.registries.updateRegistry(
        { registry: undefined, input: { processing_modes: { ...processing_modes } } },
        CALLER,
      );
    await declare({});
    await declare({ fast: { profiles: ["fast-v1"] } });
    expect((await reportNow(services)).incident).toBeUndefined();
  });
});
