/** A store as plain maps, and random histories for both. */
import fc from "fast-check";
import type { Profile } from "../../src/domain/document.js";
import type { Change } from "../../src/store/store.js";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  updateProfile,
  updateRegistry,
} from "./documents.js";

export const REGISTRIES = ["r", "constructor"] as const;
export const PROFILES = ["a", "a-b", "a.b", "b", "tostring"] as const;
export const TAGS = ["x", "ÿ"] as const;

export type Edit =
  | { kind: "put"; registry: string; slug: string; name: string; tags: string[] }
  | { kind: "delete"; registry: string; slug: string }
  | { kind: "update registry" | "drop registry"; registry: string };

const registrySlug = fc.constantFrom(...REGISTRIES);
const profileSlug = fc.constantFrom(...PROFILES);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      registry: registrySlug,
      slug: profileSlug,
      name: fc.string({ unit: "binary", maxLength: 5 }),
      tags: fc.subarray([...TAGS]),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("delete" as const),
      registry: registrySlug,
      slug: profileSlug,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("update registry" as const, "drop registry" as const),
      registry: registrySlug,
    }),
  },
);

/** What several commits are to do, one after the other. What cannot be done then is left out. */
export const histories: fc.Arbitrary<Edit[][]> = fc.array(fc.array(edit, { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 12,
});

interface ModelledCommit {
  changes: Change[];
  versions: number[];
  revision: number;
  /** The names of all documents that are another or gone afterwards, `registry` or `registry/profile`. */
  changed: Set<string>;
}

export interface Model {
  revision: number;
  registries: Map<string, number>;
  commits: ModelledCommit[];
  /** The profiles of a registry at a revision that a commit ended with, sorted. */
  profilesAt(revision: number, registry: string): Profile[];
  commit(edits: readonly Edit[]): ModelledCommit;
}

export function createModel(): Model {
  const registries = new Map<string, number>();
  const profiles = new Map<string, Profile>();
  const lastVersions = new Map<string, number>();
  const snapshots = new Map<number, Map<string, Profile>>([[0, new Map()]]);
  const nextVersion = (name: string): number => {
    const version = (lastVersions.get(name) ?? 0) + 1;
    lastVersions.set(name, version);
    return version;
  };

  const model: Model = {
    revision: 0,
    registries,
    commits: [],
    profilesAt: (revision, registry) =>
      [...snapshots.get(revision)!]
        .filter(([name]) => name.startsWith(`${registry}/`))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, profile]) => profile),
    commit(edits) {
      const changes: Change[] = [];
      const versions: number[] = [];
      const changed = new Set<string>();
      const moved = new Map<string, number>();
      const move = (registry: string): number => {
        const version = moved.get(registry) ?? nextVersion(registry);
        moved.set(registry, version);
        if (registries.has(registry)) registries.set(registry, version);
        changed.add(registry);
        return version;
      };
      const put = (registry: string, slug: string, content: { name: string; tags: string[] }): void => {
        const name = `${registry}/${slug}`;
        const make = profiles.has(name) ? updateProfile : createProfile;
        const change = make(registry, slug, { display_name: content.name, tags: content.tags });
        if (!("profile" in change)) return;
        const version = nextVersion(name);
        move(registry);
        profiles.set(name, { ...change.profile, metadata: { ...change.profile.metadata, version } });
        changed.add(name);
        changes.push(change);
        versions.push(version);
      };
      const remove = (registry: string, slug: string): void => {
        const name = `${registry}/${slug}`;
        move(registry);
        profiles.delete(name);
        changed.add(name);
        changes.push(deleteProfile(registry, slug));
        versions.push(lastVersions.get(name) ?? 0);
      };
      // A commit changes a document once.
      const done = new Set<string>();
      const once = (name: string): boolean => !done.has(name) && done.add(name).has(name);

      for (const what of edits) {
        const { registry } = what;
        const exists = registries.has(registry);
        if (what.kind === "put") {
          if (!exists) {
            if (!once(registry)) continue;
            registries.set(registry, 0);
            changes.push(createRegistry(registry));
            versions.push(move(registry));
          }
          if (once(`${registry}/${what.slug}`)) put(registry, what.slug, what);
        } else if (!exists) {
        } else if (what.kind === "delete") {
          const name = `${registry}/${what.slug}`;
          if (profiles.has(name) && once(name)) remove(registry, what.slug);
        } else if (what.kind === "update registry") {
          if (!once(registry)) continue;
          changes.push(updateRegistry(registry));
          versions.push(move(registry));
        } else {
          const inside = [...profiles.keys()].filter((name) => name.startsWith(`${registry}/`));
          if (moved.has(registry)) continue;
          // A delete moves no version.
          moved.set(registry, lastVersions.get(registry) ?? 0);
          for (const name of inside) remove(registry, name.slice(registry.length + 1));
          changes.push(deleteRegistry(registry));
          versions.push(move(registry));
          registries.delete(registry);
          for (const name of [registry, ...inside]) done.add(name);
        }
      }
      model.revision += changes.length;
      snapshots.set(model.revision, new Map(profiles));
      const commit = { changes, versions, revision: model.revision, changed };
      model.commits.push(commit);
      return commit;
    },
  };
  return model;
}
