/** Following the log (spec 2.1, 3), where only the service can be timed. */
import { expect, onTestFinished, test } from "vitest";
import { createCatalog, createServices, openSqliteStore, type Services } from "../../src/index.js";
import { createLogService, type LogPart, type LogService } from "../../src/service/log.js";

const CALLER = { actor: "tester", source: "rpc" } as const;

async function started(heartbeatMs?: number): Promise<{ services: Services; log: LogService }> {
  const store = await openSqliteStore();
  onTestFinished(() => store.close());
  const services = createServices({ store, catalog: createCatalog() });
  const log = createLogService({ store, defaultRegistry: "default" }, heartbeatMs);
  await services.registries.createRegistry({ slug: "default", input: {} }, CALLER);
  return { services, log };
}

const touch = ({ registries }: Services) =>
  registries.updateRegistry({ registry: "default", input: {} }, CALLER);

/** The next part; fails where there is none. */
async function next(parts: AsyncGenerator<LogPart>): Promise<LogPart> {
  const { value, done } = await parts.next();
  if (done) throw new TypeError("the parts have ended");
  return value as LogPart;
}

test("a sign of life comes where nothing has happened for a while, and tells how far the follower is", async () => {
  const { services, log } = await started(100);
  const abort = new AbortController();
  const parts = log.watchEntries({ profile: "none" }, abort.signal);
  expect(await next(parts)).toEqual({ entries: [], revision: 1 });
  expect(await next(parts)).toEqual({ entries: [], revision: 1 });
  const { revision } = await touch(services);
  expect(await next(parts)).toEqual({ entries: [], revision });
  abort.abort();
});

test("entries take the place of a sign of life", async () => {
  const { services, log } = await started(60_000);
  const abort = new AbortController();
  const parts = log.watchEntries({}, abort.signal);
  await next(parts);
  const { revision } = await touch(services);
  expect(await next(parts)).toMatchObject({ entries: [{ revision }], revision });
  abort.abort();
});

test("a follower that was away for long gets all of it in parts, each telling how far it goes", async () => {
  const { services, log } = await started();
  for (let i = 0; i < 450; i++) await touch(services);
  const abort = new AbortController();
  const parts = log.watchEntries({ after: 1 }, abort.signal);
  const revisions: number[] = [];
  while (revisions.at(-1) !== 451) {
    const { entries, revision } = await next(parts);
    revisions.push(...entries.map((entry) => entry.revision));
    expect(revision).toBe(revisions.at(-1) ?? 1);
  }
  expect(revisions).toEqual(Array.from({ length: 450 }, (_, i) => i + 2));
  abort.abort();
});

test("it ends as soon as its signal says so", async () => {
  const { log } = await started();
  const abort = new AbortController();
  const parts = log.watchEntries({}, abort.signal);
  await next(parts);
  const waiting = parts.next();
  abort.abort();
  expect(await waiting).toEqual({ value: undefined, done: true });
});
