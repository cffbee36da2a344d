/** What the selector of a chat shows and what goes into its turns (spec 7.2). */
import type { Features } from "../../src/domain/rollout.js";
import type { ProfileClient } from "./client.js";
import type { CurrentProfile, ProfileItem } from "./documents.js";
import { ProfileRegistryError } from "./error.js";
import { whenReadAgain } from "./read-again.js";

export interface SelectionNotice {
  /**
   * `refused`: a choice was not saved; `gone`: what was selected is no longer there; `mode_gone`: nor is the mode; `unread`: the
   * profiles could not be read.
   */
  code: "refused" | "gone" | "mode_gone" | "unread";
  /** For people: the server's own text where it gave one. */
  text: string;
  /** The profile or mode that it is about. */
  name?: string;
}

/** `choice`: made here; `cookie`: the browser's current profile; `default`: the registry's, or one of that name; `first`: of the list. */
export type SelectionSource = "choice" | "cookie" | "default" | "first";

export interface SelectionSnapshot {
  /** `offline`: nothing can be read or saved now; what was read before stays. */
  status: "loading" | "ready" | "saving" | "offline";
  /** By slug. */
  profiles: readonly ProfileItem[];
  /** Undefined while nothing is read, and where there are no profiles. */
  selected: ProfileItem | undefined;
  /** Why it is that one. */
  source: SelectionSource | undefined;
  notice: SelectionNotice | undefined;
  /** Those that may be shown. */
  modes: Features["modes"];
  /** The one chosen. */
  mode: string | undefined;
}

/** Members of the body of a chat turn (spec 4.1). */
export interface Turn {
  profile?: string;
  registry?: string;
  processing?: { mode: string };
}

export interface ProfileSelection {
  /** Calls back at once and after each change. Returns what ends that. */
  subscribe(listener: (snapshot: SelectionSnapshot) => void): () => void;
  /** The same object until something changes. */
  getSnapshot(): SelectionSnapshot;
  /** Shown at once, then saved. Resolves when that is done; where it was refused, the selection is back, with a notice. */
  select(slug: string): Promise<void>;
  /** For the turns from now on; undefined: none. One that is not visible counts as none. */
  selectMode(mode: string | undefined): void;
  /** What the next turn sends. */
  turn(): Turn;
  /** Takes the HTTP status of a turn: after 404, and where nothing could be read before, everything is read again. */
  turnAnswered(status: number): Promise<void>;
  /** Reads everything again. */
  refresh(): Promise<void>;
  dismissNotice(): void;
  /** Ends it: nothing is read or told any more. */
  close(): void;
}

/** Begins to read at once. `client.registry` says of which registry; default: the server's default one. */
export function createSelection(client: ProfileClient): ProfileSelection {
  const closing = new AbortController();
  const { signal } = closing;
  const listeners = new Set<() => void>();

  let profiles: readonly ProfileItem[] = [];
  let current: CurrentProfile | undefined;
  let modes: Features["modes"] = [];
  let mode: string | undefined;
  let notice: SelectionNotice | undefined;
  /** The last choice that was saved, and the one that is being saved. */
  let saved: string | undefined;
  let wanted: string | undefined;
  let loaded = false;
  let offline = false;
  let reading: Promise<void> | undefined;
  let readAgain = false;
  let saving: Promise<void> | undefined;
  let snapshot = shown();

  function shown(): SelectionSnapshot {
    const status = wanted !== undefined ? "saving" : offline ? "offline" : loaded ? "ready" : "loading";
    return { status, profiles, ...choose(profiles, [wanted, saved], current), notice, modes, mode };
  }

  function changed(): void {
    if (signal.aborted) return;
    snapshot = shown();
    for (const listener of listeners) listener();
  }

  /** One at a time: what asks for it meanwhile gets one that begins after. */
  function refresh(): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    readAgain = true;
    reading ??= (async () => {
      while (readAgain) {
        readAgain = false;
        await read();
      }
      reading = undefined;
    })();
    return reading;
  }

  async function read(): Promise<void> {
    try {
      const [items, now, features] = await Promise.all([
        readAll(client.listProfiles({ pageSize: 1_000, signal })),
        unlessRefused(client.getCurrentProfile({ signal })),
        unlessRefused(client.getFeatures({ signal })),
      ]);
      const before = snapshot.selected;
      profiles = items;
      current = now;
      offline = false;
      loaded = true;
      if (notice?.code === "unread") notice = undefined;
      takeFeatures(features);
      if (before !== undefined && !items.some(({ slug }) => slug === before.slug)) {
        notice = {
          code: "gone",
          text: `The profile “${nameOf(before)}” is no longer there.`,
          name: before.slug,
        };
        if (saved === before.slug) saved = undefined;
      }
    } catch (error) {
      if (signal.aborted) return;
      offline = true;
      notice = { code: "unread", text: textOf(error) };
    }
    changed();
  }

  function takeFeatures(features: Features | undefined): void {
    modes = features?.modes.filter(({ visible }) => visible) ?? [];
    if (mode === undefined || isVisible(mode)) return;
    notice = { code: "mode_gone", text: `The mode “${mode}” is no longer there.`, name: mode };
    mode = undefined;
  }

  function isVisible(name: string | undefined): boolean {
    return modes.some((one) => one.mode === name);
  }

  /** A mode may have been turned off since it was chosen: the turn that asks for this still sends it, the next one does not. */
  async function lookAtModes(): Promise<void> {
    try {
      takeFeatures(await unlessRefused(client.getFeatures({ signal })));
    } catch {
      // Without an answer they stay: the server strips a mode that is off.
      return;
    }
    changed();
  }

  /** One at a time, so that the last choice is also the last one to reach the server. */
  async function save(): Promise<void> {
    while (wanted !== undefined && !signal.aborted) {
      const slug = wanted;
      const registry = profiles.find((profile) => profile.slug === slug)?.registry;
      try {
        await client.chooseProfile(slug, { registry, signal });
        saved = slug;
        offline = false;
        again.tellOthers();
      } catch (error) {
        if (signal.aborted) return;
        offline = isLost(error);
        if (wanted === slug) notice = { code: "refused", text: textOf(error), name: slug };
        // The server knows better than the list: the profile may be gone.
        if (!offline) void refresh();
      }
      if (wanted === slug) wanted = undefined;
      changed();
    }
    saving = undefined;
  }

  const again = whenReadAgain(client, () => void refresh());
  void refresh();

  return {
    subscribe(listener) {
      const tell = () => listener(snapshot);
      listeners.add(tell);
      tell();
      return () => void listeners.delete(tell);
    },
    getSnapshot: () => snapshot,
    select(slug) {
      wanted = slug;
      notice = undefined;
      changed();
      saving ??= save();
      return saving;
    },
    selectMode(name) {
      mode = isVisible(name) ? name : undefined;
      changed();
    },
    turn() {
      const { selected } = snapshot;
      const registry = selected?.registry ?? client.registry;
      if (mode !== undefined) void lookAtModes();
      return {
        ...(selected === undefined ? {} : { profile: selected.slug }),
        ...(registry === undefined ? {} : { registry }),
        ...(mode === undefined ? {} : { processing: { mode } }),
      };
    },
    turnAnswered: async (status) => {
      // What answers can be read again.
      if (status === 404 || (offline && status < 500)) await refresh();
    },
    refresh,
    dismissNotice() {
      notice = undefined;
      changed();
    },
    close() {
      closing.abort();
      again.end();
      listeners.clear();
    },
  };
}

/** Choices, the current profile, the registry's default, one named `default`, the first: the first of these that there is. */
function choose(
  profiles: readonly ProfileItem[],
  choices: readonly (string | undefined)[],
  current: CurrentProfile | undefined,
): Pick<SelectionSnapshot, "selected" | "source"> {
  const bySlug = (slug: string | undefined) => profiles.find((profile) => profile.slug === slug);
  for (const choice of choices) {
    const selected = bySlug(choice);
    if (selected !== undefined) return { selected, source: "choice" };
  }
  const picked = current?.source === "cookie" ? bySlug(current.slug) : undefined;
  // A cookie may name a profile of another registry, with a slug that is also one of this one.
  if (picked !== undefined && (picked.registry ?? current?.registry) === current?.registry)
    return { selected: picked, source: "cookie" };
  const usual = profiles.find((profile) => profile.is_default) ?? bySlug("default");
  if (usual !== undefined) return { selected: usual, source: "default" };
  return { selected: profiles[0], source: profiles.length > 0 ? "first" : undefined };
}

/** What people call it. */
export function nameOf({ display_name, slug }: Pick<ProfileItem, "display_name" | "slug">): string {
  return display_name?.trim() || slug;
}

async function readAll<T>(listing: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of listing) items.push(item);
  return items;
}

/** What an older server has not, and what has no answer in a registry without a default, is none. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ProfileRegistryError && (error.status === 400 || error.status === 404))
      return undefined;
    throw error;
  }
}

function isLost(error: unknown): boolean {
  return error instanceof ProfileRegistryError && error.code === "network";
}

function textOf(error: unknown): string {
  return error instanceof ProfileRegistryError ? error.detail : String(error);
}
