/** What a YAML store keeps in its file besides the documents: the member `state:` (spec 6.1). */
import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { Metadata, Profile, Registry } from "../../domain/document.js";
import { isObject, type Json, type JsonObject, member } from "../../domain/json.js";
import { parseStoredProfile, parseStoredRegistry } from "../../domain/parse-document.js";
import { type FileDocument, fileProfile, fileRegistry } from "../../formats/file-documents.js";

/** A document's last version, and, while there is one, what tells whether somebody has edited it since. */
export interface Counter {
  version: number;
  digest?: string;
}

export interface RegistryCounters extends Counter {
  profiles: Record<string, Counter>;
}

export interface KeptKey {
  key: string;
  request: string;
  time_ms: number;
  outcome: Json;
}

/** The last version of a rollout, and, while there is one, the rollout itself: nobody edits it by hand. */
export interface RolloutState {
  version: number;
  document?: Json;
}

export interface FileState {
  revision: number;
  registries: Record<string, RegistryCounters>;
  /** By registry and mode. Files from before there were rollouts have none. */
  rollouts?: Record<string, Record<string, RolloutState>>;
  idempotency_keys?: KeptKey[];
}

/** A rollout that a file keeps; without payload one that has ended. One that is broken has a payload that cannot be read. */
export interface KeptRollout {
  registry: string;
  mode: string;
  version: number;
  payload: string | undefined;
}

/** What a file says that the store itself has written, document by document. */
export interface KeptDocuments {
  state: FileState;
  registries: Registry[];
  /**
   * In the place of registries that somebody has edited: what is in them has not ended with that. No write makes such a
   * document, so that the edit is a change whatever it says.
   */
  edited: Registry[];
  profiles: { registry: string; profile: Profile }[];
  rollouts: KeptRollout[];
  /** False where the file also has what the store has not written: somebody has edited it. */
  complete: boolean;
}

/**
 * The text must be YAML of the right form already. `report` is told what of it counts as nothing. Throws what `yaml` throws, and
 * TypeError for a `state:` that is none.
 */
export function readKept(text: string, report: (problem: string) => void): KeptDocuments {
  const root = parse(text, { merge: false }) as Json;
  const state = readState(isObject(root) ? member(root, "state") : undefined);
  const rollouts = readRollouts(state, report);
  const kept: KeptDocuments = { state, registries: [], edited: [], profiles: [], rollouts, complete: true };
  const documents = isObject(root) ? member(root, "registries") : undefined;
  // Other forms are read as well, but not written.
  if (!isObject(documents)) return { ...kept, complete: false };
  for (const [slug, document] of Object.entries(documents)) {
    const counters = counterOf(state.registries, slug);
    const registry = keep(document, slug, counters, parseStoredRegistry, fileRegistry);
    if (counters?.digest === undefined) {
      // Profiles cannot be without their registry.
      kept.complete = false;
      continue;
    }
    if (registry === undefined) kept.edited.push(standIn(slug, document, counters.version, rollouts));
    else kept.registries.push(registry);
    const profiles = isObject(document) ? member(document, "profiles") : undefined;
    const names = Object.entries(isObject(profiles) ? profiles : {});
    const found = names.flatMap(([name, inner]) => {
      const profile = keep(inner, name, counterOf(counters.profiles, name), parseStoredProfile, fileProfile);
      return profile === undefined ? [] : [{ registry: slug, profile }];
    });
    kept.profiles.push(...found);
    if (found.length !== names.length || found.length !== written(counters.profiles)) kept.complete = false;
  }
  if (kept.registries.length !== written(state.registries)) kept.complete = false;
  return kept;
}

/** Over the content alone: who wrote it and when are the store's own. */
export function digestOf({ content }: FileDocument): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
}

/** The document with the version that the state gives it; undefined where it is not the one that was written. */
function keep<T extends Registry | Profile>(
  document: Json,
  slug: string,
  counter: Counter | undefined,
  parseStored: (document: JsonObject) => T,
  fileForm: (document: T) => FileDocument,
): T | undefined {
  if (counter?.digest === undefined || !isObject(document)) return undefined;
  let stored: T;
  try {
    stored = parseStored({ ...document, slug });
  } catch {
    return undefined;
  }
  if (digestOf(fileForm(stored)) !== counter.digest) return undefined;
  return { ...stored, metadata: { ...stored.metadata, version: counter.version } };
}

function standIn(slug: string, document: Json, version: number, rollouts: readonly KeptRollout[]): Registry {
  const modes = rollouts.filter(({ registry, payload }) => registry === slug && payload !== undefined);
  return {
    slug,
    description: " ",
    processing_modes: Object.fromEntries(modes.map(({ mode }) => [mode, { profiles: [mode] }])),
    metadata: { ...(readMetadata(slug, document) ?? unknownMetadata()), version },
  };
}

function readMetadata(slug: string, document: Json): Metadata | undefined {
  try {
    return isObject(document) ? parseStoredRegistry({ ...document, slug }).metadata : undefined;
  } catch {
    return undefined;
  }
}

/** An editor may have thrown it away. */
function unknownMetadata(): Metadata {
  const [at, by] = [Date.now(), "anonymous"];
  return {
    version: 0,
    created_at_ms: at,
    updated_at_ms: at,
    created_by: by,
    updated_by: by,
    source: "import",
  };
}

/** How many documents there were when the file was written. */
function written(counters: Record<string, Counter>): number {
  return Object.values(counters).filter(({ digest }) => digest !== undefined).length;
}

function counterOf<T>(counters: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(counters, name) ? counters[name] : undefined;
}

/** Whatever is wrong with one stops nothing: it is kept as it is, and is one that cannot be read. */
function readRollouts({ rollouts }: FileState, report: (problem: string) => void): KeptRollout[] {
  const entriesOf = (name: string, value: Json | undefined): [string, Json][] => {
    if (value === undefined || isObject(value)) return Object.entries(value ?? {});
    report(`\`${name}\` is not as this program writes it: its rollouts are lost`);
    return [];
  };
  return entriesOf("state.rollouts", rollouts as Json | undefined).flatMap(([registry, modes]) =>
    entriesOf(`state.rollouts.${registry}`, modes).map(([mode, entry]): KeptRollout => {
      const given = isObject(entry) ? entry : { document: entry };
      const document = member(given, "document");
      const versions = [given.version, isObject(document) ? document.version : undefined].filter(isVersion);
      const payload = document === undefined ? undefined : JSON.stringify(document);
      return versions.length === 0
        ? { registry, mode, version: 1, payload: payload ?? "null" }
        : { registry, mode, version: Math.max(...versions), payload };
    }),
  );
}

function isVersion(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function readState(value: Json | undefined): FileState {
  if (value === undefined) return { revision: 0, registries: {} };
  const state = value as unknown as FileState;
  if (!isObject(value) || !Number.isSafeInteger(state.revision) || !isObject(value.registries)) {
    throw new TypeError("`state:` is not as this program writes it");
  }
  for (const counters of Object.values(state.registries)) {
    const all = [counters, ...Object.values(counters?.profiles ?? { none: undefined })];
    if (!all.every((counter) => Number.isSafeInteger(counter?.version))) {
      throw new TypeError("`state:` is not as this program writes it");
    }
  }
  return state;
}
