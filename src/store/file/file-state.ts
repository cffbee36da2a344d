/** What a YAML store keeps in its file besides the documents: the member `state:` (spec 6.1). */
import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { Profile, Registry } from "../../domain/document.js";
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

export interface FileState {
  revision: number;
  registries: Record<string, RegistryCounters>;
  idempotency_keys?: KeptKey[];
}

/** What a file says that the store itself has written, document by document. */
export interface KeptDocuments {
  state: FileState;
  registries: Registry[];
  profiles: { registry: string; profile: Profile }[];
  /** False where the file also has what the store has not written: somebody has edited it. */
  complete: boolean;
}

/** The text must be YAML of the right form already. Throws what `yaml` throws, and TypeError for a `state:` that is none. */
export function readKept(text: string): KeptDocuments {
  const root = parse(text, { merge: false }) as Json;
  const state = readState(isObject(root) ? member(root, "state") : undefined);
  const kept: KeptDocuments = { state, registries: [], profiles: [], complete: true };
  const documents = isObject(root) ? member(root, "registries") : undefined;
  // Other forms are read as well, but not written.
  if (!isObject(documents)) return { ...kept, complete: false };
  for (const [slug, document] of Object.entries(documents)) {
    const counters = counterOf(state.registries, slug);
    const registry = keep(document, slug, counters, parseStoredRegistry, fileRegistry);
    if (registry === undefined || counters === undefined) {
      // Profiles cannot be without their registry.
      kept.complete = false;
      continue;
    }
    kept.registries.push(registry);
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

/** How many documents there were when the file was written. */
function written(counters: Record<string, Counter>): number {
  return Object.values(counters).filter(({ digest }) => digest !== undefined).length;
}

function counterOf<T>(counters: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(counters, name) ? counters[name] : undefined;
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
