/** What the tests of rollouts share: a registry with the mode `fast`, a clock to turn, and reports as short as tests want them. */
import { onTestFinished } from "vitest";
import type { EnvironmentFlags } from "../../src/domain/processing.js";
import type { Gate, Outcome, RolloutInput } from "../../src/domain/rollout.js";
import {
  createCatalog,
  createServices,
  DomainError,
  openSqliteStore,
  type Services,
} from "../../src/index.js";
import type { RolloutWatchOptions } from "../../src/service/rollout-watch.js";
import type { Store } from "../../src/store/store.js";

export const CALLER = { actor: "tester", source: "rpc" } as const;
export const FAST = { registry: undefined, mode: "fast" } as const;
const catalog = createCatalog();

/** Unix milliseconds, and a way to move on. */
export interface TestClock {
  (): number;
  pass(seconds: number): void;
}

export function testClock(startMs = 1_700_000_000_000): TestClock {
  let nowMs = startMs;
  return Object.assign(() => nowMs, {
    pass: (seconds: number) => {
      nowMs += seconds * 1_000;
    },
  });
}

export interface Options {
  path?: string;
  store?: Store;
  clock?: () => number;
  requireExpectedVersion?: boolean;
  environmentFlags?: EnvironmentFlags;
  rolloutWatch?: RolloutWatchOptions;
  warn?: (message: string) => void;
}

export interface Target {
  services: Services;
  store: Store;
  clock: TestClock;
}

/** Services as a process has them: over a store of their own, or another connection to the file at `path`. */
export async function servicesOn({
  path,
  store: given,
  ...options
}: Options): Promise<{ services: Services; store: Store }> {
  const store = given ?? (await openSqliteStore(path === undefined ? {} : { path }));
  const services = createServices({ store, catalog, ...options });
  onTestFinished(async () => {
    await services.rolloutWatch.stop();
    if (given === undefined) await store.close();
  });
  return { services, store };
}

/** The registry `default` declares `fast`, whose profile is there. */
export async function fastTarget(options: Omit<Options, "clock"> = {}): Promise<Target> {
  const clock = testClock();
  const { services, store } = await servicesOn({ ...options, clock });
  await services.registries.createRegistry(
    { slug: "default", input: { processing_modes: { fast: { profiles: ["fast-v1"] } } } },
    CALLER,
  );
  await services.profiles.createProfile(
    {
      registry: undefined,
      slug: "fast-v1",
      input: { runtime: { system_prompt: "Be brief" } },
      setDefault: false,
    },
    CALLER,
  );
  return { services, store, clock };
}

/** One that takes turns at `percentage`, of which the log tells nothing. */
export async function runningTarget(
  input: RolloutInput = {},
  options: Omit<Options, "clock"> = {},
): Promise<Target> {
  const target = await fastTarget(options);
  await update(target.services, { ...RUNNING, percentage: 1, ...input });
  return target;
}

export const RUNNING: RolloutInput = { contract_enabled: true, runtime_enabled: true };

export async function update(services: Services, input: RolloutInput, rest: object = {}) {
  const { rollout } = await services.rollouts.updateRollout({ ...FAST, input, ...rest }, CALLER);
  return rollout;
}

export async function rolloutNow(services: Services) {
  return (await services.rollouts.getRollout(FAST)).rollout;
}

export async function reportNow(services: Services) {
  return (await services.rollouts.getReport({ ...FAST, incident: true })).report;
}

/** A turn that asked for `fast`, ran in it, and went well. */
export function turn(members: Partial<Outcome> = {}): Outcome {
  const applied = members.applied_mode ?? "fast";
  return {
    registry: "",
    mode: "fast",
    resolved_mode: applied,
    applied_mode: applied,
    deployment: "local",
    latency_ms: 100,
    success: true,
    ...members,
  };
}

/** One that asked for it and was outside. */
export function controlTurn(members: Partial<Outcome> = {}): Outcome {
  return turn({ applied_mode: "default", latency_ms: 200, ...members });
}

/** `count` turns, made by their number from 0. */
export async function report(
  services: Services,
  count: number,
  make: (i: number) => Outcome,
): Promise<{ accepted: number; dropped: number }> {
  const sum = { accepted: 0, dropped: 0 };
  for (let from = 0; from < count; from += 1_000) {
    const outcomes = Array.from({ length: Math.min(1_000, count - from) }, (_, i) => make(from + i));
    const { accepted, dropped } = await services.rollouts.reportOutcomes(outcomes);
    sum.accepted += accepted;
    sum.dropped += dropped;
  }
  return sum;
}

/** Turns of both populations by which every gate passes, once the stage is old enough. */
export async function reportHealthy(services: Services, count = 200): Promise<void> {
  await report(services, count, () => turn());
  await report(services, count, () => controlTurn());
}

export function unpassed(gates: readonly Gate[]): string[] {
  return gates.filter(({ passed }) => !passed).map(({ name }) => name);
}

export function gateNamed(gates: readonly Gate[], name: Gate["name"]): Gate {
  return gates.find((gate) => gate.name === name)!;
}

/** `code: message` of what is refused. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new TypeError("it was not refused", { cause: error });
  return `${error.code}: ${error.message}`;
}

export async function violationsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new TypeError("it was not refused", { cause: error });
  return error.violations.map(({ field, reason }) => `${field}: ${reason}`);
}
