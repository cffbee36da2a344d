import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDocumentCache, type DocumentReader } from "../../src/store/document-cache.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import {
  createProfile,
  createRegistry,
  createRollout,
  deleteProfile,
  deleteRegistry,
  deleteRollout,
  updateProfile,
  updateRegistry,
  updateRollout,
  write,
} from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

/** A cache of a store with the profiles a, b, c, and what it reads from there. */
async function cached(store: Store, maxBytes?: number) {
  await write(store, createRegistry("r"), ...["a", "b", "c"].map((slug) => createProfile("r", slug)));
  const reads: string[] = [];
  const documents = createDocumentCache(
    {
      changesSince: store.changesSince,
      isUnchangedSince: store.isUnchangedSince,
      read: (registry, profiles) => {
        reads.push(...profiles);
        return store.read(registry, profiles);
      },
    },
    maxBytes === undefined ? {} : { maxBytes },
  );
  return { documents, reads };
}

const nameOf = (documents: DocumentReader, slug: string, registry = "r") =>
  documents.decide((view) => view.profile(registry, slug)?.display_name);
const versionOf = (documents: DocumentReader, slug: string, registry = "r") =>
  documents.decide((view) => view.profile(registry, slug)?.metadata.version);
const bytesOf = (document: unknown): number => JSON.stringify(document).length;

describe("a decision", () => {
  test("sees registries and profiles, and the revision that they are of", async () => {
    const { documents } = await cached(await openSqliteStore());
    const seen = await documents.decide((view) => [
      view.revision,
      view.registry("r")?.slug,
      view.profile("r", "b")?.slug,
    ]);
    expect(seen).toEqual([4, "r", "b"]);
  });

  test("sees undefined where there is no document", async () => {
    const { documents } = await cached(await openSqliteStore());
    const seen = await documents.decide((view) => [
      view.registry("none"),
      view.profile("none", "a"),
      view.profile("r", "none"),
      view.profile("r", "constructor"),
      view.registry("__proto__"),
    ]);
    expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test("passes on what the function throws", async () => {
    const { documents } = await cached(await openSqliteStore());
    const refusal = new Error("refused");
    const deciding = documents.decide((view) => {
      view.profile("r", "a");
      throw refusal;
    });
    await expect(deciding).rejects.toBe(refusal);
  });

  test("that failed does not spoil the next one", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    await documents
      .decide(() => {
        throw new Error("refused");
      })
      .catch(() => undefined);
    expect(await versionOf(documents, "a")).toBe(1);
  });

  test("on a store that cannot be asked fails, and the next one after it is answered", async () => {
    const store = await openSqliteStore();
    await write(store, createRegistry("r"), createProfile("r", "a"));
    let broken = true;
    const documents = createDocumentCache({
      read: store.read,
      isUnchangedSince: (revision) => !broken && store.isUnchangedSince(revision),
      changesSince: (revision) =>
        broken ? Promise.reject(new Error("store is busy")) : store.changesSince(revision),
    });
    const failing = [versionOf(documents, "a"), versionOf(documents, "a"), versionOf(documents, "a")];
    for (const decision of failing) await expect(decision).rejects.toThrow("store is busy");
    broken = false;
    expect(await versionOf(documents, "a")).toBe(1);
  });

  test("of many at a time is answered like one alone", async () => {
    const { documents } = await cached(await openSqliteStore());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => versionOf(documents, "abc"[i % 3]!)),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, () => 1));
  });
});

describe("an answer is current", () => {
  test("after an own commit", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    for (let i = 0; i < 5; i++) {
      await write(store, updateProfile("r", "a", { display_name: `${i}` }));
      expect(await nameOf(documents, "a")).toBe(`${i}`);
    }
  });

  test("after a commit of another process", async () => {
    const path = join(tempDirectory(), "profiles.db");
    const { documents } = await cached(await openStore(path));
    const other = await openStore(path);
    for (let i = 0; i < 5; i++) {
      await write(other, updateProfile("r", "a", { display_name: `${i}` }));
      expect(await nameOf(documents, "a")).toBe(`${i}`);
    }
  });

  test("after an edit by hand", async () => {
    const path = join(tempDirectory(), "profiles.db");
    const { documents } = await cached(await openStore(path));
    const edit = openByHand(path).prepare(
      "UPDATE profiles SET payload_json = json_set(payload_json, '$.display_name', ?) WHERE slug = 'a'",
    );
    for (let i = 0; i < 5; i++) {
      edit.run(`${i}`);
      expect(await nameOf(documents, "a")).toBe(`${i}`);
    }
  });

  test("of a registry after a write to one of its profiles", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    const version = () => documents.decide((view) => view.registry("r")?.metadata.version);
    expect(await version()).toBe(1);
    await write(store, updateProfile("r", "b"));
    expect(await version()).toBe(2);
  });

  test("through creation, deletion and recreation", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    expect(await versionOf(documents, "new")).toBeUndefined();
    await write(store, createProfile("r", "new"));
    expect(await versionOf(documents, "new")).toBe(1);
    await write(store, deleteProfile("r", "new"));
    expect(await versionOf(documents, "new")).toBeUndefined();
    await write(store, createProfile("r", "new"));
    expect(await versionOf(documents, "new")).toBe(2);
  });

  test("through the deletion of the registry", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    await write(store, createRegistry("s"), createProfile("s", "a"));
    expect(await versionOf(documents, "a", "s")).toBe(1);
    await write(store, deleteProfile("s", "a"), deleteRegistry("s"));
    expect(await documents.decide((view) => view.registry("s"))).toBeUndefined();
    expect(await versionOf(documents, "a", "s")).toBeUndefined();
  });
});

describe("rollouts", () => {
  const percentages = (documents: DocumentReader, registry = "r") =>
    documents.decide((view) =>
      view.rollouts(registry).map(({ mode, percentage }) => `${mode} ${percentage}`),
    );

  test("are seen by mode, and there are none of a registry that is not there", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    await write(store, createRollout("r", "fast"), createRollout("r", "deep"));
    expect(await percentages(documents)).toEqual(["deep 0", "fast 0"]);
    expect(await percentages(documents, "none")).toEqual([]);
    expect(await percentages(documents, "constructor")).toEqual([]);
  });

  test("are as they were written last, from the first to the delete", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    expect(await percentages(documents)).toEqual([]);
    await write(store, createRollout("r", "fast"));
    expect(await percentages(documents)).toEqual(["fast 0"]);
    await write(store, updateRollout("r", "fast", { percentage: 5 }));
    expect(await percentages(documents)).toEqual(["fast 5"]);
    await write(store, deleteRollout("r", "fast"));
    expect(await percentages(documents)).toEqual([]);
  });

  test("are seen as of the revision of the registry that declares them", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store);
    for (let i = 1; i <= 5; i++) {
      await write(
        store,
        updateRegistry("r", { description: `${i}` }),
        updateRollout("r", "fast", { percentage: i }),
      );
      const seen = await documents.decide((view) => [
        view.registry("r")?.description,
        view.rollouts("r")[0]?.percentage,
      ]);
      expect(seen).toEqual([`${i}`, i]);
    }
  });

  test("end with their registry, also where a program that knows of none deletes it", async () => {
    const path = join(tempDirectory(), "profiles.db");
    const store = await openStore(path);
    const { documents } = await cached(store);
    await write(store, createRegistry("s"), createRollout("s", "fast"));
    expect(await percentages(documents, "s")).toEqual(["fast 0"]);
    openByHand(path).exec(`
      PRAGMA foreign_keys = ON;
      DELETE FROM profile_registries WHERE slug = 's';
      INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation, registry_slug, version, registry_version)
      SELECT max(revision) + 1, max(revision) + 1, 1, 'ann', 'rest', 'delete_registry', 's', 1, 1 FROM log`);
    expect(await percentages(documents, "s")).toEqual([]);
    await write(store, createRegistry("s"));
    expect(await percentages(documents, "s")).toEqual([]);
  });

  test("leave profiles in memory when they change", async () => {
    const store = await openSqliteStore();
    const { documents, reads } = await cached(store);
    await versionOf(documents, "a");
    await write(store, createRollout("r", "fast"));
    await percentages(documents);
    await versionOf(documents, "a");
    expect(reads).toEqual(["a"]);
  });

  test("count against the budget", async () => {
    const store = await openSqliteStore();
    const { documents, reads } = await cached(store, 2_000);
    const cohort = ["x".repeat(1_900)];
    await write(store, createRollout("r", "fast", { cohort }));
    for (let i = 0; i < 2; i++) {
      await versionOf(documents, "a");
      expect(await percentages(documents)).toEqual(["fast 0"]);
    }
    expect(reads).toEqual(["a"]);
  });
});

describe("the cache", () => {
  test("keeps what was asked for", async () => {
    const { documents, reads } = await cached(await openSqliteStore());
    for (let i = 0; i < 3; i++) await versionOf(documents, "a");
    expect(reads).toEqual(["a"]);
  });

  test("drops what has changed, and nothing else", async () => {
    const store = await openSqliteStore();
    const { documents, reads } = await cached(store);
    for (const slug of ["a", "b", "c"]) await versionOf(documents, slug);
    reads.length = 0;
    await write(store, updateProfile("r", "b"));
    for (const slug of ["a", "b", "c"]) await versionOf(documents, slug);
    expect(reads).toEqual(["b"]);
  });

  test("does not let the least recently used outgrow its budget", async () => {
    const store = await openSqliteStore();
    const { registry, profiles } = await (async () => {
      await write(store, createRegistry("s"), createProfile("s", "a"));
      return store.read("s", ["a"]);
    })();
    const { documents, reads } = await cached(
      store,
      bytesOf({ registry, rollouts: [] }) + 2 * bytesOf(profiles[0]),
    );
    for (const slug of ["a", "b", "a", "c", "a", "c", "b"]) await versionOf(documents, slug);
    expect(reads).toEqual(["a", "b", "c", "b"]);
  });

  test("answers documents larger than the budget, alone and together", async () => {
    const store = await openSqliteStore();
    const { documents } = await cached(store, 10);
    const seen = await documents.decide((view) =>
      ["a", "b", "c"].map((slug) => view.profile("r", slug)?.slug).concat(view.registry("r")?.slug),
    );
    expect(seen).toEqual(["a", "b", "c", "r"]);
  });

  test("is not emptied by a document larger than the budget", async () => {
    const store = await openSqliteStore();
    const { documents, reads } = await cached(store, 2_000);
    await write(store, createProfile("r", "huge", { description: "x".repeat(10_000) }));
    for (const slug of ["a", "huge", "a", "huge"]) await versionOf(documents, slug);
    expect(reads).toEqual(["a", "huge", "huge"]);
  });

  test("gives room back when documents are dropped", async () => {
    const store = await openSqliteStore();
    const { documents, reads } = await cached(store, 2_000);
    for (let i = 0; i < 20; i++) {
      await write(store, updateProfile("r", "a"));
      await versionOf(documents, "a");
      await versionOf(documents, "b");
    }
    expect(reads.filter((slug) => slug === "b")).toHaveLength(1);
  });
});

describe("an unreadable document", () => {
  test("fails the decisions that look it up, and those alone, until it is mended", async () => {
    const path = join(tempDirectory(), "profiles.db");
    const { documents } = await cached(await openStore(path));
    await versionOf(documents, "a");
    const hand = openByHand(path);
    const payload = hand
      .prepare<[], string>("SELECT payload_json FROM profiles WHERE slug = 'a'")
      .pluck()
      .get();
    const set = hand.prepare("UPDATE profiles SET payload_json = ? WHERE slug = 'a'");
    set.run("{");
    await expect(versionOf(documents, "a")).rejects.toMatchObject({
      code: "data_loss",
      message: expect.stringContaining('profile "a" of registry "r"'),
    });
    expect(await versionOf(documents, "b")).toBe(1);
    set.run(payload);
    expect(await versionOf(documents, "a")).toBe(1);
  });
});
