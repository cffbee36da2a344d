import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Store } from "../../src/store/store.js";
import { write } from "./documents.js";
import { createModel, type Edit, histories, type Model, PROFILES, REGISTRIES, TAGS } from "./model.js";
import type { OpenStore } from "./store-test.js";

export function historyContract(open: OpenStore): void {
  describe("whatever was written", () => {
    const law = (check: (store: Store, model: Model) => Promise<void>) => async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const opened = await open();
          try {
            await check(opened.store, await replay(opened.store, history));
          } finally {
            await opened[Symbol.asyncDispose]();
          }
        }),
        { numRuns: 40 },
      );
    };

    test(
      "every page at every revision is what was there then",
      law(async (store, model) => {
        for (const { revision } of model.commits) {
          for (const registry of REGISTRIES) {
            const all = model.profilesAt(revision, registry);
            expect(await store.listProfiles(registry, { at: revision, limit: 100 })).toEqual({
              profiles: all,
              unreadable: [],
              more: false,
            });
            expect(await readInPages(store, registry, revision)).toEqual(all);
            for (const tag of TAGS) {
              const { profiles } = await store.listProfiles(registry, { at: revision, limit: 100, tag });
              expect(profiles).toEqual(all.filter((profile) => profile.metadata.tags?.includes(tag)));
            }
          }
        }
      }),
    );

    test(
      "documents read by name are those last written",
      law(async (store, model) => {
        for (const registry of REGISTRIES) {
          const found = await store.read(registry, PROFILES);
          const expected = model.profilesAt(model.revision, registry);
          expect(found.revision).toBe(model.revision);
          expect(found.registry?.metadata.version).toBe(model.registries.get(registry));
          expect(found.profiles).toEqual(
            PROFILES.map((slug) => expected.find((profile) => profile.slug === slug)),
          );
        }
        const { registries } = await store.listRegistries();
        expect(registries.map(({ slug, metadata }) => [slug, metadata.version])).toEqual(
          [...model.registries].sort(),
        );
      }),
    );

    test(
      "the log has every change of every commit, in order and without gaps",
      law(async (store, model) => {
        const log = await store.readLog({ after: 0, limit: 1_000 });
        expect(log.map((entry) => entry.revision)).toEqual(log.map((_, i) => i + 1));
        expect(
          log.map(({ commitRevision, operation, version }) => [commitRevision, operation, version]),
        ).toEqual(
          model.commits.flatMap(({ revision, changes, versions }) =>
            changes.map(({ operation }, i) => [revision, operation, versions[i]]),
          ),
        );
      }),
    );

    test(
      "the changes since a revision name exactly what was changed after it",
      law(async (store, model) => {
        for (const { revision } of model.commits) {
          const expected = new Set(
            model.commits.filter((later) => later.revision > revision).flatMap((later) => [...later.changed]),
          );
          const since = await store.changesSince(revision);
          expect(since.revision).toBe(model.revision);
          expect(namesOf(since.changed)).toEqual([...expected].sort());
        }
      }),
    );
  });
}

async function replay(store: Store, history: readonly Edit[][]): Promise<Model> {
  const model = createModel();
  for (const edits of history) {
    const { changes, versions, revision } = model.commit(edits);
    expect(await write(store, ...changes)).toMatchObject({ versions, revision });
  }
  return model;
}

async function readInPages(store: Store, registry: string, at: number) {
  const all = [];
  for (let after = ""; ; ) {
    const { profiles, more } = await store.listProfiles(registry, { at, limit: 2, after });
    all.push(...profiles);
    if (!more) return all;
    after = profiles.at(-1)!.slug;
  }
}

function namesOf(changed: Awaited<ReturnType<Store["changesSince"]>>["changed"]): string[] | "all" {
  if (changed === "all") return changed;
  return changed
    .map(({ registry, profile }) => (profile === undefined ? registry : `${registry}/${profile}`))
    .sort();
}
