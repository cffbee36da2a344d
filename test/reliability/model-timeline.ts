/** Every state that the model has been in, by revision. */
import type { Change, ProfileState, RegistryState } from "./history.js";
import type { View } from "./model.js";

export interface Timeline {
  /** After the last commit that is not later than `revision`. */
  at(revision: number): View;
  /** Applies the changes of a commit, which become visible together at its revision. Revisions must rise. */
  apply(commitRevision: number, changes: readonly Change[]): void;
}

interface Moment<T> {
  revision: number;
  version: number;
  /** Undefined: there is none now. */
  document: T | undefined;
}

interface RegistryTrack {
  itself: Moment<RegistryState>[];
  profiles: Map<string, Moment<ProfileState>[]>;
}

export function createTimeline(): Timeline {
  const tracks = new Map<string, RegistryTrack>();

  const trackOf = (registry: string): RegistryTrack => {
    const track = tracks.get(registry) ?? { itself: [], profiles: new Map() };
    tracks.set(registry, track);
    return track;
  };

  return {
    apply(revision, changes) {
      for (const { registry, profile, version, registryVersion, document } of changes) {
        const { itself, profiles } = trackOf(registry);
        if (profile === undefined) {
          put(itself, { revision, version, document: document as RegistryState | undefined });
          continue;
        }
        const moments = profiles.get(profile) ?? [];
        profiles.set(profile, moments);
        put(moments, { revision, version, document: document as ProfileState | undefined });
        // A write to a profile moves its registry.
        put(itself, { revision, version: registryVersion, document: itself.at(-1)?.document });
      }
    },

    at(revision) {
      const find = <T>(moments: readonly Moment<T>[] | undefined): (T & { version: number }) | undefined => {
        const moment = momentAt(moments ?? [], revision);
        return moment?.document && { ...moment.document, version: moment.version };
      };
      return {
        registry: (slug) => find(tracks.get(slug)?.itself),
        profile: (registry, slug) => find(tracks.get(registry)?.profiles.get(slug)),
        registries: () => [...tracks.keys()].filter((slug) => find(tracks.get(slug)?.itself)).sort(),
        profiles(registry) {
          const profiles = tracks.get(registry)?.profiles ?? new Map<string, Moment<ProfileState>[]>();
          return [...profiles.keys()].filter((slug) => find(profiles.get(slug))).sort();
        },
        lastVersion(registry, profile) {
          const track = tracks.get(registry);
          const moments = profile === undefined ? track?.itself : track?.profiles.get(profile);
          return momentAt<unknown>(moments ?? [], revision)?.version ?? 0;
        },
      };
    },
  };
}

/** A commit may change a document twice: it is seen as the last change leaves it. */
function put<T>(moments: Moment<T>[], moment: Moment<T>): void {
  if (moments.at(-1)?.revision === moment.revision) moments.pop();
  moments.push(moment);
}

function momentAt<T>(moments: readonly Moment<T>[], revision: number): Moment<T> | undefined {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]!.revision <= revision) low = middle + 1;
    else high = middle;
  }
  return moments[low - 1];
}
