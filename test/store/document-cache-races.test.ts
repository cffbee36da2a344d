import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDocumentCache } from "../../src/store/document-cache.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { createProfile, createRegistry, deleteProfile, updateProfile, write } from "./documents.js";
import { readPair } from "./pairs.js";
import { otherProcesses } from "./processes.js";
import { makeTempDirectory, openByHand, openStore, tempDirectory } from "./temp.js";

const startProcess = otherProcesses();

async function createPair(store: Store): Promise<void> {
  const content = { display_name: "0" };
  await write(store, createRegistry("r"), createProfile("r", "a", content), createProfile("r", "b", content));
}

/** From the room for everything to the room for nothing. */
for (const maxBytes of [undefined, 600, 10]) {
  test(`decisions with ${maxBytes ?? "plenty of"} bytes see one revision while another process writes`, async () => {
    const path = join(tempDirectory(), "profiles.db");
    const store = await openStore(path);
    await createPair(store);
    const writer = await startProcess();
    await writer.run("open", path);
    const documents = createDocumentCache(store, maxBytes === undefined ? {} : { maxBytes });

    let writing = true;
    const writes = writer.run("keepEqual", 700).finally(() => {
      writing = false;
    });
    let seen = 0;
    const read = async (): Promise<void> => {
      while (writing) {
        const { revision, a, b } = await documents.decide(readPair);
        // The pair has a text of its own at every revision, told by the number of commits.
        expect([a, b, revision]).toEqual([a, a, 3 + 2 * Number(a)]);
        expect(Number(a)).toBeGreaterThanOrEqual(seen);
        seen = Number(a);
        await new Promise(setImmediate);
      }
    };
    await Promise.all([read(), read(), read()]);
    expect(seen).toBeGreaterThan(5);
    const last = await writes;
    expect((await documents.decide(readPair)).a).toBe(`${last}`);
  });
}

test("decisions in two other processes never see two documents differ that are written as one", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await createPair(store);
  const watchers = [await startProcess(), await startProcess()];
  await Promise.all(watchers.map((watcher) => watcher.run("open", path)));
  const watching = Promise.all(watchers.map((watcher) => watcher.run("watchPair", 1_000)));
  let done = false;
  const write2 = async (): Promise<void> => {
    for (let text = 1; !done; text++) {
      const content = { display_name: `${text}` };
      await write(store, updateProfile("r", "a", content), updateProfile("r", "b", content));
      if (text % 5 === 0) {
        await write(store, deleteProfile("r", "a"), deleteProfile("r", "b"));
        await write(store, createProfile("r", "b", content), createProfile("r", "a", content));
      }
      await new Promise(setImmediate);
    }
  };
  const writing = write2();
  const watched = await watching;
  done = true;
  await writing;
  for (const { differing, decisions } of watched) {
    expect(differing).toEqual([]);
    expect(decisions).toBeGreaterThan(10);
  }
});

test("in whatever order the store's answers arrive, decisions see one revision, not before they were asked", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom(10, 600, 1_000_000),
      fc.array(fc.constantFrom("decide", "commit", "decide", "edit"), { minLength: 3, maxLength: 12 }),
      async (scheduler, maxBytes, steps) => {
        const directory = makeTempDirectory();
        const path = join(directory.path, "profiles.db");
        const store = await openSqliteStore({ path });
        await createPair(store);
        const hand = openByHand(path);
        hand.pragma("synchronous = OFF");
        const edit = hand.prepare(
          "UPDATE profiles SET payload_json = json_set(payload_json, '$.display_name', ?)",
        );
        const documents = createDocumentCache(
          {
            read: scheduler.scheduleFunction(store.read),
            changesSince: scheduler.scheduleFunction(store.changesSince),
            isUnchangedSince: store.isUnchangedSince,
          },
          { maxBytes },
        );
        let written = 0;
        const decisions: Promise<void>[] = [];
        const decide = async (): Promise<void> => {
          const before = written;
          const { a, b } = await documents.decide(readPair);
          expect(b).toBe(a);
          expect(Number(a)).toBeGreaterThanOrEqual(before);
        };
        const { task } = scheduler.scheduleSequence(
          steps.map((step) => async () => {
            if (step === "decide") decisions.push(decide());
            else if (step === "edit") {
              edit.run(`${written + 1}`);
              written++;
            } else {
              const content = { display_name: `${written + 1}` };
              await write(store, updateProfile("r", "a", content), updateProfile("r", "b", content));
              written++;
            }
          }),
        );
        try {
          await scheduler.waitFor(task.then(() => Promise.all(decisions)));
          await scheduler.waitFor(decide());
        } finally {
          hand.close();
          await store.close();
          directory.remove();
        }
      },
    ),
    { numRuns: 150 },
  );
});
