/**
 * A store in a process of its own, doing what the test asks for. Started by `processes.ts`, which compiles it: Node itself
 * reads no TypeScript.
 */
import { createDocumentCache } from "../../src/store/document-cache.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Committed, Store } from "../../src/store/store.js";
import { cell, createProfile, expecting, updateProfile } from "./documents.js";
import { readPair } from "./pairs.js";

export interface Tasks {
  /** Opens the store; the first task of every process. Returns its revision. */
  open(path: string): Promise<number>;
  /** Writes `version + 1` of profile `a` as soon as it has seen `version`, for each version up to `last`. Returns those won. */
  race(last: number): Promise<number[]>;
  /** Writes the profiles `a` and `b` in one commit, with the same text, for a while. Returns the last text acknowledged. */
  keepEqual(milliseconds: number): Promise<number>;
  /** Like `keepEqual`, until the process is killed, and tells of each commit once it is acknowledged. */
  writeUntilKilled(): Promise<never>;
  /** Decides on both profiles over and over. Returns how many decisions saw them differ, and how many it made. */
  watchPair(milliseconds: number): Promise<{ differing: string[]; decisions: number }>;
  /** Creates profiles with a prefix. Returns the revisions it was given. */
  create(prefix: string, count: number): Promise<number[]>;
  /** Adds the figures of one turn after the other to the same slot, and to one of its own. */
  addFigures(ownSlotMs: number, times: number): Promise<void>;
  close(): Promise<void>;
}

let store: Store;

async function commit(...parameters: Parameters<typeof expecting>): Promise<Committed | undefined> {
  const outcome = await store.commit(expecting(...parameters));
  return outcome.committed ? outcome : undefined;
}

async function writePair(text: number): Promise<void> {
  const content = { display_name: `${text}` };
  await commit([], updateProfile("r", "a", content), updateProfile("r", "b", content));
}

const tasks: Tasks = {
  async open(path) {
    store = await openSqliteStore({ path });
    return store.revision();
  },
  async race(last) {
    const won: number[] = [];
    for (let version = 1; version < last; version++) {
      for (;;) {
        const { profiles } = await store.read("r", ["a"]);
        if ((profiles[0]?.metadata.version ?? 0) >= version) break;
      }
      if (await commit([{ registry: "r", profile: "a", version }], updateProfile("r", "a")))
        won.push(version);
    }
    return won;
  },
  async keepEqual(milliseconds) {
    let text = 0;
    // The first write of a process takes longer.
    await writePair(++text);
    const end = performance.now() + milliseconds;
    while (performance.now() < end) await writePair(++text);
    return text;
  },
  async writeUntilKilled() {
    for (let text = 1; ; text++) {
      await writePair(text);
      process.send?.({ told: text });
    }
  },
  async watchPair(milliseconds) {
    const documents = createDocumentCache(store);
    const end = performance.now() + milliseconds;
    const differing: string[] = [];
    let decisions = 0;
    while (performance.now() < end) {
      const { a, b } = await documents.decide(readPair);
      if (a !== b) differing.push(`${a} and ${b}`);
      decisions++;
    }
    return { differing, decisions };
  },
  async create(prefix, count) {
    const revisions: number[] = [];
    for (let i = 0; i < count; i++) {
      const committed = await commit([], createProfile("r", `${prefix}-${i}`));
      if (committed) revisions.push(committed.revision);
    }
    return revisions;
  },
  async addFigures(ownSlotMs, times) {
    for (let i = 0; i < times; i++)
      await store.addFigures([cell({ slotMs: 1 }), cell({ slotMs: ownSlotMs })], 0);
  },
  close: () => store.close(),
};

process.on("message", async ({ id, task, args }: { id: number; task: keyof Tasks; args: never[] }) => {
  try {
    const run = tasks[task] as (...args: never[]) => Promise<unknown>;
    process.send?.({ id, value: await run(...args) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
process.send?.({ told: "ready" });
