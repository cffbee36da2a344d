/** The store on SQLite: a file that several processes may share, or, without a file, memory (spec 6.1, 6.2). */
import type { Database } from "better-sqlite3";
import type { Profile, Registry } from "../../domain/document.js";
import { DomainError, isDataLoss } from "../../domain/errors.js";
import { asciiLowerCase } from "../../domain/identifiers.js";
import type { Commit, ProfilePage, Store } from "../store.js";
import { whenFree } from "./busy.js";
import { createChangeDetector } from "./changes.js";
import { createCommitter, registryOf } from "./commit.js";
import { createFiguresRows } from "./figures-rows.js";
import { type FileStore, followFile } from "./follow-file.js";
import { createIdempotencyKeys } from "./idempotency-keys.js";
import { createProfileSteps } from "./list-profiles.js";
import { type OpenDatabase, openDatabase, type SqliteOptions } from "./open.js";
import { type OpenFiles, watchOpenFiles } from "./open-files.js";
import { createLogReader } from "./read-log.js";
import { createRolloutRows } from "./rollout-rows.js";
import { createPayloadReader, orUnreadable } from "./stored-json.js";
import { createThreadWriter, type Writer } from "./writer.js";

const IN_MEMORY: OpenFiles = { displaced: () => undefined, removeLog: () => {} };

/** How many names a page looks at before other work gets its turn, where few of them are to be listed. */
const SCAN = 500;

/** Throws StoreOpenError when the database cannot be used. */
export async function openSqliteStore(options: SqliteOptions = {}): Promise<Store> {
  const opened = await openDatabase(options);
  const { path } = options;
  const store = createStore(opened);
  // Met already, by the upgrade: operators are told of them from the start.
  for (const { registry, profile } of opened.unreadable)
    await store.read(registry, profile === undefined ? [] : [profile]).catch(() => undefined);
  if (path === undefined) return { ...store, problem: () => undefined };
  return followFile(store, {
    name: path,
    reopen: async () => createStore(await openDatabase({ ...options, create: false })),
    warn: options.warn ?? (() => {}),
  });
}

/** `tried`: see createCommitter; only without a file. */
export function createStore(
  { db, busyTimeoutMs, schemaVersion, files: inUse }: OpenDatabase,
  tried?: () => void,
): FileStore {
  const payloads = createPayloadReader();
  const sql = prepareStatements(db);
  const files = inUse === undefined ? IN_MEMORY : watchOpenFiles(inUse);
  const changes = createChangeDetector(db, inUse === undefined ? "itself" : "others");
  const keys = createIdempotencyKeys(db);
  const rollouts = createRolloutRows(db, payloads);
  const figures = createFiguresRows(db);
  const readLog = createLogReader(db, payloads);
  const profileSteps = createProfileSteps(db, changes);
  const waitFor = <T>(work: () => T): Promise<T> => whenFree(busyTimeoutMs, work);
  /** One snapshot for all that `work` reads. */
  const atOnce = <T>(work: () => T): Promise<T> => waitFor(() => db.transaction(work).deferred());

  const readRegistry = (slug: string): Registry | undefined => {
    const row = sql.registry.get(slug);
    return row && payloads.registry(slug, row.payload_json);
  };
  const readProfile = (registry: string, slug: string): Profile | undefined => {
    const row = sql.profile.get(registry, slug);
    return row && payloads.profile(registry, slug, row.payload_json);
  };

  const writeHere = (): Writer => {
    const commit = createCommitter(db, payloads, keys, rollouts, tried);
    return {
      commit: (request) => waitFor(() => commit(request)),
      addFigures: (cells, keepSinceMs) => waitFor(() => figures.add(cells, keepSinceMs)),
      close: async () => {},
    };
  };
  const writer =
    inUse === undefined
      ? writeHere()
      : createThreadWriter(
          { files: inUse, foreignKeys: db.pragma("foreign_keys", { simple: true }) === 1, busyTimeoutMs },
          changes,
          payloads,
        );
  /** Operators are told by this thread of what another one could not read. */
  const meetRegistries = async ({ changes: changed }: Commit): Promise<void> => {
    for (const slug of new Set(changed.map(registryOf)))
      await waitFor(() => readRegistry(slug)).catch(() => undefined);
  };
  const emptyLog = async (): Promise<boolean> => {
    const displaced = files.displaced();
    // Somebody has begun another log for the same database: ours no longer fits.
    if (displaced?.what === "log" && displaced.instead !== "") return false;
    const [outcome] = await waitFor(() => db.pragma("wal_checkpoint(TRUNCATE)") as [{ busy: number }]);
    return outcome.busy === 0;
  };

  return {
    schemaVersion,
    files,
    emptyLog,
    read: (registry, slugs) =>
      atOnce(() => ({
        revision: changes.revision(),
        registry: readRegistry(registry),
        profiles: slugs.map((slug) => readProfile(registry, slug)),
        rollouts: rollouts.ofRegistry(registry),
      })),
    listRegistries: () =>
      atOnce(() => {
        const registries: Registry[] = [];
        const unreadable: string[] = [];
        for (const { slug, payload_json: payload } of sql.registries.all()) {
          const registry = orUnreadable(() => payloads.registry(slug, payload));
          if (registry === undefined) unreadable.push(slug);
          else registries.push(registry);
        }
        return { revision: changes.revision(), registries, unreadable };
      }),
    async listProfiles(registry, { at, after: first = "", limit, tag = null, text: sought }) {
      const text = sought === undefined ? null : asciiLowerCase(sought);
      const page: ProfilePage = { profiles: [], unreadable: [], more: false };
      let after = first;
      for (let scan = limit + 1; ; scan = Math.max(limit + 1, SCAN)) {
        const rows = await atOnce(() => profileSteps({ registry, at, after, tag, text, scan }));
        for (const { slug, payload_json: payload } of rows) {
          after = slug;
          if (payload === null) continue;
          if (page.profiles.length + page.unreadable.length === limit) return { ...page, more: true };
          const profile = orUnreadable(() => payloads.profile(registry, slug, payload));
          if (profile === undefined) page.unreadable.push(slug);
          else page.profiles.push(profile);
        }
        if (rows.length < scan) return page;
        await new Promise(setImmediate);
      }
    },
    revision: () => waitFor(() => changes.revision()),
    async commit(request) {
      try {
        return await writer.commit(request);
      } catch (error) {
        if (isDataLoss(error)) await meetRegistries(request);
        throw error;
      }
    },
    changesSince: (revision) => waitFor(() => changes.since(revision)),
    isUnchangedSince: changes.isUnchangedSince,
    recall: (key, nowMs) => waitFor(() => keys.recall(key, nowMs)),
    readLog: (query) => waitFor(() => readLog(query)),
    addFigures: writer.addFigures,
    readFigures: (query) => waitFor(() => figures.read(query)),
    unreadable: () =>
      payloads.unreadable(({ registry, profile, mode }) => {
        if (mode !== undefined) rollouts.one(registry, mode);
        else if (profile !== undefined) readProfile(registry, profile);
        else readRegistry(registry);
      }),
    async close() {
      await writer.close();
      if (!db.open) return;
      try {
        await emptyLog();
      } catch (cause) {
        const reason = (cause as Error).message;
        throw new DomainError("unavailable", `${db.name}-wal keeps what was written last: ${reason}`, {
          cause,
        });
      } finally {
        db.close();
      }
    },
  };
}

function prepareStatements(db: Database) {
  return {
    registry: db.prepare<[string], { payload_json: string }>(
      "SELECT payload_json FROM profile_registries WHERE slug = ?",
    ),
    registries: db.prepare<[], { slug: string; payload_json: string }>(
      "SELECT slug, payload_json FROM profile_registries ORDER BY slug",
    ),
    profile: db.prepare<[string, string], { payload_json: string }>(
      "SELECT payload_json FROM profiles WHERE registry_slug = ? AND slug = ?",
    ),
  };
}
