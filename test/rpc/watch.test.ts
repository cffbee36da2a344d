/** WatchLogEntries (spec 3), on real processes that share a file. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  LogService,
  type WatchLogEntriesRequest,
  type WatchLogEntriesResponse,
} from "../../gen/profileregistry/v1/log_service_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { type Running, serve, temporaryDirectory } from "../cli/program.js";

/** The project's promise for an entry that another process wrote. */
const DEADLINE_MS = 200;
const TRIES = Number(process.env.WATCH_TRIES ?? 20);

const TRANSPORTS: Record<string, (baseUrl: string) => Transport> = {
  gRPC: (baseUrl) => createGrpcTransport({ baseUrl }),
  "Connect over HTTP/1.1": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect over HTTP/2": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" }),
};

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let writer: Running;
let server: Running;
const start = () => serve(["--profile-registry-db", directory.path("profiles.db")]);

beforeAll(async () => {
  directory = await temporaryDirectory();
  writer = await start();
  server = await start();
}, 30_000);
afterAll(async () => {
  for (const one of [writer, server]) await one?.[Symbol.asyncDispose]();
  await directory?.[Symbol.asyncDispose]();
});

const registryOf = ({ url }: Running): Client<typeof ProfileRegistryService> =>
  createClient(ProfileRegistryService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
const logOf = ({ url }: Running, transport = TRANSPORTS.gRPC!): Client<typeof LogService> =>
  createClient(LogService, transport(url));

async function write(slug = "agent", description = ""): Promise<bigint> {
  const { revision } = await registryOf(writer).updateProfile({
    profile: { slug, description },
    updateMask: { paths: ["description"] },
  });
  return revision;
}

interface Follower {
  /** Of all entries so far. */
  revisions: bigint[];
  parts: WatchLogEntriesResponse[];
  /** When each revision came, by `performance.now()`. */
  arrived: Map<bigint, number>;
  /** The error that it ended with; undefined for OK. */
  ended: Promise<ConnectError | undefined>;
  leave(): void;
}

/** Follows until it leaves or the server ends it; resolves once the server has answered. */
async function follow(
  log: Client<typeof LogService>,
  request: Partial<
    Pick<WatchLogEntriesRequest, "registry" | "profile" | "afterRevision" | "includeDocuments">
  >,
): Promise<Follower> {
  const abort = new AbortController();
  const follower = { revisions: [], parts: [], arrived: new Map(), leave: () => abort.abort() } as Omit<
    Follower,
    "ended"
  >;
  let answered = (): void => {};
  const first = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const ended = (async () => {
    try {
      for await (const part of log.watchLogEntries(request, { signal: abort.signal })) {
        follower.parts.push(part);
        for (const { revision } of part.entries) {
          follower.revisions.push(revision);
          follower.arrived.set(revision, performance.now());
        }
        answered();
      }
      return undefined;
    } catch (error) {
      return ConnectError.from(error);
    } finally {
      answered();
    }
  })();
  await first;
  return { ...follower, ended };
}

describe.each(Object.entries(TRANSPORTS))("a follower over %s", (_name, transport) => {
  // Tried again, since other tests may hold the machine's cores for longer than that.
  test("gets what another process writes within 200 ms", { retry: 2 }, async () => {
    const follower = await follow(logOf(server, transport), {});
    const took: number[] = [];
    for (let i = 0; i < TRIES; i++) {
      // At any moment between two looks.
      await sleep(Math.random() * 60);
      const revision = await write("agent", `${i}`);
      const written = performance.now();
      await expect.poll(() => follower.arrived.has(revision), { interval: 2, timeout: 5_000 }).toBe(true);
      took.push(Math.max(0, follower.arrived.get(revision)! - written));
    }
    follower.leave();
    took.sort((a, b) => a - b);
    expect(took[Math.floor(took.length / 2)]).toBeLessThan(DEADLINE_MS);
    expect(took.at(-1)).toBeLessThan(DEADLINE_MS);
  });

  test("that leaves is done", async () => {
    const follower = await follow(logOf(server, transport), {});
    follower.leave();
    expect((await follower.ended)?.code).toBe(Code.Canceled);
  });

  test("is told first from which revision on it follows", async () => {
    const last = await write();
    const follower = await follow(logOf(server, transport), {});
    expect(follower.parts[0]).toMatchObject({ entries: [], revision: last });
    follower.leave();
  });
});

test("a follower that reconnects at any moment misses and repeats nothing", async () => {
  const start = await write();
  let writing = true;
  const writes = (async () => {
    const made: bigint[] = [];
    for (let i = 0; writing; i++) {
      // A create that also sets the default: two entries of one write.
      const { revision } = await registryOf(writer).createProfile({
        profile: { slug: `r${i}` },
        setDefault: true,
      });
      made.push(revision - 1n, revision);
    }
    return made;
  })();
  const log = logOf(server);
  const seen: bigint[] = [];
  let afterRevision = start;
  for (let i = 0; i < 25; i++) {
    const follower = await follow(log, { afterRevision });
    await sleep(Math.random() * 80);
    follower.leave();
    await follower.ended;
    seen.push(...follower.revisions);
    afterRevision = follower.parts.at(-1)?.revision ?? afterRevision;
  }
  writing = false;
  const made = await writes;
  const follower = await follow(log, { afterRevision });
  await expect.poll(() => follower.parts.at(-1)?.revision).toBe(made.at(-1));
  follower.leave();
  seen.push(...follower.revisions);
  expect(seen).toEqual(made);
  expect(made.length).toBeGreaterThan(50);
});

test("a follower from 0 on gets the whole log, and goes on", async () => {
  const follower = await follow(logOf(server), { afterRevision: 0n });
  const last = await write();
  await expect.poll(() => follower.revisions.at(-1)).toBe(last);
  expect(follower.revisions).toEqual(Array.from({ length: Number(last) }, (_, i) => BigInt(i + 1)));
  follower.leave();
});

test("a follower of a profile gets nothing of others, and is told how far it has come", async () => {
  const follower = await follow(logOf(server), { profile: "Default" });
  await write("agent");
  const last = await write("default");
  await expect.poll(() => follower.revisions).toEqual([last]);
  expect(follower.parts.at(-1)?.entries[0]).toMatchObject({ registry: "default", profile: "default" });
  follower.leave();
});

test("a follower of a registry gets its own entries and those of its profiles", async () => {
  const registry = "followed";
  const follower = await follow(logOf(server), { registry });
  await write("agent");
  const { revision: first } = await registryOf(writer).createRegistry({ registry: { slug: registry } });
  const { revision: second } = await registryOf(writer).createProfile({ registry, profile: { slug: "a" } });
  await expect.poll(() => follower.revisions).toEqual([first, second]);
  follower.leave();
});

test("documents come where they are asked for, and show no secret", async () => {
  const registry = "secrets";
  await registryOf(writer).createRegistry({ registry: { slug: registry } });
  const follower = await follow(logOf(server), { registry, includeDocuments: true });
  const without = await follow(logOf(server), { registry });
  await registryOf(writer).createProfile({
    registry,
    profile: { slug: "s", runtime: { stepSettingsPatch: { chat: { "api-key": "k1", model: "m" } } } },
    setDefault: true,
  });
  await registryOf(writer).updateRegistry({ registry: { slug: registry, description: "d" } });
  await expect.poll(() => [follower.revisions.length, without.revisions.length]).toEqual([3, 3]);
  const documents = follower.parts.flatMap((part) => part.entries.map((entry) => entry.document));
  expect(documents).toMatchObject([
    {
      case: "profileDocument",
      value: {
        slug: "s",
        registry,
        runtime: { stepSettingsPatch: { chat: { "api-key": "<redacted>", model: "m" } } },
      },
    },
    { case: "registryDocument", value: { slug: registry, defaultProfileSlug: "s" } },
    { case: "registryDocument", value: { slug: registry, description: "d" } },
  ]);
  for (const { entries } of without.parts) {
    for (const entry of entries) expect(entry.document.case).toBeUndefined();
  }
  follower.leave();
  without.leave();
});

test("a follower that reads slowly gets everything, and holds nobody up", async () => {
  const registry = "slow";
  await registryOf(writer).createRegistry({ registry: { slug: registry } });
  const abort = new AbortController();
  const slow = logOf(server)
    .watchLogEntries({ registry, includeDocuments: true, afterRevision: 0n }, { signal: abort.signal })
    [Symbol.asyncIterator]();
  await slow.next();
  const fast = await follow(logOf(server), { registry });
  const description = "x".repeat(500_000);
  const written: bigint[] = [];
  for (let i = 0; i < 12; i++) {
    const { revision } = await registryOf(writer).createProfile({
      registry,
      profile: { slug: `p${i}`, description },
    });
    written.push(revision);
  }
  await expect.poll(() => fast.revisions).toEqual(written);
  fast.leave();
  const seen: bigint[] = [];
  while (seen.at(-1) !== written.at(-1)) {
    const { value } = await slow.next();
    seen.push(...(value as WatchLogEntriesResponse).entries.map((entry) => entry.revision));
  }
  expect(seen.slice(-12)).toEqual(written);
  abort.abort();
}, 20_000);

test.each([
  ["a registry that cannot be", { registry: "No!" }, "invalid registry: No!"],
  [
    "a profile that cannot be",
    { profile: "No!" },
    'validation error (profile.slug): profile slug "No!" is invalid',
  ],
  ["a revision that cannot be", { afterRevision: -1n }, "after_revision must be a revision, or 0"],
])("%s is refused", async (_what, request, message) => {
  const follower = await follow(logOf(server), request);
  expect(await follower.ended).toMatchObject({ code: Code.InvalidArgument, rawMessage: message });
});

test("SIGTERM ends followers with OK, and the process with 0", async () => {
  await using stopped = await start();
  const followers = await Promise.all(
    Object.values(TRANSPORTS).map((transport) => follow(logOf(stopped, transport), {})),
  );
  const begun = performance.now();
  const exit = stopped.stop();
  expect(await Promise.all(followers.map(({ ended }) => ended))).toEqual([undefined, undefined, undefined]);
  expect((await exit).code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(5_000);
});
