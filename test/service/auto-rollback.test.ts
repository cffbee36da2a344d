import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Outcome, RolloutInput } from "../../src/domain/rollout.js";
import { DomainError, type Services } from "../../src/index.js";
import type { Store } from "../../src/store/store.js";
import { tempDirectory } from "../store/temp.js";
import { startServer } from "../support/server.js";
import {
  controlTurn,
  type Options,
  report,
  reportNow,
  rolloutNow,
  runningTarget,
  servicesOn,
  type TestClock,
  turn,
  update,
} from "./rolling-out.js";

const LOOK: Options = { rolloutWatch: { flushMs: 5, evaluateMs: 5 } };
const NEVER: Options = { rolloutWatch: { flushMs: 5, evaluateMs: 3_600_000 } };
/** Long enough for several looks. */
const LOOKS_MS = 120;

async function rollbacks(store: Store) {
  const entries = await store.readLog({ registry: "default", mode: "fast", limit: 1_000 });
  return entries.filter(({ operation }) => operation === "rollback_rollout");
}

/** Two processes that watch the same file, at 1 %. */
async function watchedByTwo(options: Options = LOOK, input: RolloutInput = {}) {
  const path = `${tempDirectory()}/profiles.db`;
  const {
    services: one,
    store,
    clock,
  } = await runningTarget({ auto_rollback: true, ...input }, { path, ...options });
  const { services: other } = await servicesOn({ path, clock, ...options });
  one.rolloutWatch.start();
  other.rolloutWatch.start();
  clock.pass(60);
  return { one, other, store, clock };
}

/** Until something is true, or for so long that it never will be. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400 && !(await isTrue()); i++) await sleep(5);
}

/** Time passes until it is, and then for some more looks. */
async function turnedBack(store: Store, clock: TestClock) {
  await until(async () => {
    clock.pass(1);
    return (await rollbacks(store)).length > 0;
  });
  await sleep(LOOKS_MS);
  return rollbacks(store);
}

describe("with two processes watching, exactly one soft rollback follows on", () => {
  test.each<[string, Partial<Outcome>, object]>([
    [
      "a latency regression",
      { latency_ms: 400 },
      {
        trigger: "p95_latency",
        reason: expect.stringMatching(/^p95 latency 4\d\d ms in 300 turns of the mode, 20\d ms in 300 /),
      },
    ],
    [
      "an error spike",
      { success: false, deployment: "cloud" },
      {
        trigger: "error_rate",
        deployment: "cloud",
        reason: expect.stringMatching(/^300 errors in 300 turns of the mode \(100 %\), 0 in 300 /),
      },
    ],
    [
      "a spike of critical errors",
      { success: false, critical: true },
      { trigger: "critical_error_rate", reason: expect.stringMatching(/^300 critical errors in 300 turns/) },
    ],
  ])("%s", async (_, members, details) => {
    const { one, other, store, clock } = await watchedByTwo();
    await report(one, 300, () => turn(members));
    await report(other, 300, () => controlTurn());
    const found = await turnedBack(store, clock);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      actor: "anonymous",
      source: "auto",
      details: { kind: "soft", stage: 1, percentage: 1, ...details },
    });
    expect(found[0]!.details!.gates).toHaveLength(8);
    expect(await rolloutNow(other)).toMatchObject({
      contract_enabled: true,
      runtime_enabled: false,
      percentage: 0,
      stage_since_ms: found[0]!.timeMs,
    });
    expect((await reportNow(one)).incident).toMatchObject({ source: "auto", ...details });
  });

  test.each<[string, Partial<Outcome>, object]>([
    [
      "one mismatch",
      { applied_mode: "default", resolved_mode: "fast", deployment: "cloud" },
      {
        trigger: "mismatch",
        deployment: "cloud",
        reason: "1 reported turns ran otherwise than they had been resolved",
      },
    ],
    [
      "one severe safety report",
      { severity: "severe", category: "safety" },
      { trigger: "severe_safety", deployment: "local", reason: "1 severe safety reports" },
    ],
  ])("%s, at once", async (_, members, details) => {
    const { one, other, store } = await watchedByTwo(NEVER);
    await one.rollouts.reportOutcomes([turn(), turn(members)]);
    await other.rollouts.reportOutcomes([turn(members)]);
    await until(async () => (await rollbacks(store)).length > 0);
    await sleep(LOOKS_MS);
    const found = await rollbacks(store);
    expect(found).toHaveLength(1);
    // Either may have come first, and seen both.
    const { reason, ...rest } = details as { reason: string };
    expect(found[0]!.details).toMatchObject({ kind: "soft", ...rest });
    expect(found[0]!.details!.reason).toMatch(new RegExp(`^[12]${reason.slice(1)}$`));
  });
});

describe("a rollout is left alone", () => {
  const bad = async (services: Services) => {
    await report(services, 300, () => turn({ success: false, severity: "severe", category: "safety" }));
    await report(services, 300, () => controlTurn());
  };
  test.each<[string, RolloutInput]>([
    ["that does not ask for it", { auto_rollback: false }],
    ["whose runtime is off", { runtime_enabled: false }],
    ["that nobody is inside of", { percentage: 0 }],
  ])("%s", async (_, input) => {
    const { one, store, clock } = await watchedByTwo(LOOK, input);
    await bad(one);
    await sleep(LOOKS_MS);
    clock.pass(11);
    await sleep(LOOKS_MS);
    expect(await rollbacks(store)).toEqual([]);
  });

  test("unless its cohort takes turns", async () => {
    const { one, store, clock } = await watchedByTwo(LOOK, { percentage: 0, cohort: ["a"] });
    await bad(one);
    expect(await turnedBack(store, clock)).toHaveLength(1);
  });

  test("while its figures have looked bad for less than ten seconds", async () => {
    const { one, store, clock } = await watchedByTwo();
    await report(one, 300, () => turn({ success: false }));
    await report(one, 300, () => controlTurn());
    await sleep(LOOKS_MS);
    clock.pass(9);
    await sleep(LOOKS_MS);
    expect(await rollbacks(store)).toEqual([]);
    expect(await turnedBack(store, clock)).toHaveLength(1);
  });

  test("whose figures have become good again in between", async () => {
    const { one, store, clock } = await watchedByTwo();
    await report(one, 100, () => turn({ success: false }));
    await report(one, 10_000, () => controlTurn());
    await sleep(LOOKS_MS);
    clock.pass(5);
    await report(one, 50_000, () => turn());
    await sleep(LOOKS_MS);
    clock.pass(11);
    await sleep(LOOKS_MS);
    expect(await rollbacks(store)).toEqual([]);
  });

  test("that somebody has written to since the figures first looked bad", async () => {
    const { one, store, clock } = await watchedByTwo();
    await report(one, 300, () => turn({ success: false }));
    await report(one, 300, () => controlTurn());
    await sleep(LOOKS_MS);
    await update(one, { cohort: ["a"] });
    await sleep(LOOKS_MS);
    clock.pass(9);
    await sleep(LOOKS_MS);
    expect(await rollbacks(store)).toEqual([]);
  });
});

test("a healthy mode goes on", async () => {
  const { one, other, store, clock } = await watchedByTwo();
  for (let round = 0; round < 4; round++) {
    await report(one, 200, (i) => turn({ success: i % 50 > 0 }));
    await report(other, 200, (i) => controlTurn({ success: i % 50 > 0 }));
    await sleep(LOOKS_MS / 2);
    clock.pass(11);
  }
  await sleep(LOOKS_MS);
  expect(await rollbacks(store)).toEqual([]);
});

test("operators are told of a rollback, and once of what keeps the watch from looking", async () => {
  const told: string[] = [];
  const { store, clock } = await runningTarget({ auto_rollback: true });
  let broken = true;
  const flaky = {
    ...store,
    readFigures: (...request: Parameters<typeof store.readFigures>) =>
      broken
        ? Promise.reject(new DomainError("unavailable", "store is busy"))
        : store.readFigures(...request),
  };
  const { services } = await servicesOn({
    store: flaky,
    clock,
    ...LOOK,
    warn: (message) => told.push(message),
  });
  services.rolloutWatch.start();
  await until(() => told.length > 0);
  await sleep(LOOKS_MS);
  expect(told).toEqual(["rollouts cannot be watched: store is busy"]);
  broken = false;
  await services.rollouts.reportOutcomes([turn({ severity: "severe", category: "safety" })]);
  await until(() => told.length > 1);
  expect(told[1]).toBe(
    'rollout "fast" of registry "default" was turned back: severe_safety: 1 severe safety reports',
  );
});

test("a server watches from when it listens, and stores what was reported last when it stops", async () => {
  const path = `${tempDirectory()}/profiles.db`;
  const { store, clock } = await runningTarget({ auto_rollback: true }, { path });
  const server = await startServer(
    { "profile-registry-db": path },
    { clock, rolloutWatch: { flushMs: 3_600_000, evaluateMs: 3_600_000 } },
  );
  const { rollouts } = server.services;
  clock.pass(1);
  await rollouts.reportOutcomes([turn({ resolved_model: "a", observed_model: "b" })]);
  await until(async () => (await rollbacks(store)).length > 0);
  expect(await rollbacks(store)).toMatchObject([{ source: "auto", details: { trigger: "mismatch" } }]);
  await rollouts.reportOutcomes([controlTurn()]);
  const { services: other } = await servicesOn({ path, clock });
  expect((await reportNow(other)).control_figures.samples).toBe(0);
  await server.stop();
  expect((await reportNow(other)).control_figures.samples).toBe(1);
});

test("what was reported last is stored when the watch stops", async () => {
  const { services, store } = await runningTarget();
  await report(services, 3, () => turn());
  expect(await store.readFigures({ registry: "default", fromMs: 0 })).toEqual([]);
  await services.rolloutWatch.stop();
  const [cell] = await store.readFigures({ registry: "default", fromMs: 0 });
  expect(cell?.counts.samples).toBe(3);
});
