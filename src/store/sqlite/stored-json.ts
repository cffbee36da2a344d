/** Documents as rows hold them. */
import type { Profile, Registry } from "../../domain/document.js";
import { DomainError, isDataLoss } from "../../domain/errors.js";
import { parseSlug } from "../../domain/identifiers.js";
import { isObject, type Json, type JsonObject } from "../../domain/json.js";
import { parseStoredProfile, parseStoredRegistry } from "../../domain/parse-document.js";
import { parseStoredRollout } from "../../domain/parse-rollout.js";
import type { Rollout } from "../../domain/rollout.js";
import type { DocumentKey } from "../store.js";

/** Reads payloads, and remembers which could not be read. */
export interface PayloadReader {
  /** Throws `data_loss` naming the document. */
  profile(registry: string, slug: string, payload: string): Profile;
  registry(slug: string, payload: string): Registry;
  rollout(registry: string, mode: string, payload: string): Rollout;
  /**
   * Those that still cannot be read. `readAgain` throws where that is so: somebody may have mended or deleted the row
   * since, and nobody need have read it after that.
   */
  unreadable(readAgain: (key: DocumentKey) => void): readonly string[];
}

/** Registries and rollouts that are remembered, and the longest of them, in characters. */
const MOST_REMEMBERED = 100;
const LONGEST_REMEMBERED = 16_384;

export function createPayloadReader(): PayloadReader {
  const failed = new Map<string, DocumentKey>();
  /** Registries and rollouts are read with every profile of theirs, and seldom differ from the last time. */
  const remembered = new Map<string, { payload: string; document: object }>();
  const read = <T extends object>(
    key: DocumentKey,
    payload: string,
    parse: (document: JsonObject) => T,
    nameOf: (document: T) => string,
  ): T => {
    const { registry, profile, mode } = key;
    const name = profile === undefined && payload.length <= LONGEST_REMEMBERED ? nameOfKey(key) : undefined;
    const last = name === undefined ? undefined : remembered.get(name);
    if (last?.payload === payload) return last.document as T;
    try {
      const value = JSON.parse(payload) as Json;
      if (!isObject(value)) throw new TypeError("not an object");
      const document = parse(value);
      const slug = mode ?? profile ?? registry;
      if (nameOf(document) !== slug) throw new TypeError(`it is named "${nameOf(document)}"`);
      const named = parseSlug(slug, "profile slug");
      if (!named.ok || named.value !== slug) throw new TypeError("no request can name it");
      if (name !== undefined) {
        if (remembered.size >= MOST_REMEMBERED) remembered.clear();
        remembered.set(name, { payload, document });
      }
      return document;
    } catch (cause) {
      failed.set(nameOfKey(key), key);
      const what =
        mode !== undefined
          ? `rollout "${mode}" of registry "${registry}"`
          : profile !== undefined
            ? `profile "${profile}" of registry "${registry}"`
            : `registry "${registry}"`;
      throw new DomainError("data_loss", `the stored document of ${what} cannot be read`, { cause });
    }
  };
  return {
    profile: (registry, slug, payload) =>
      read({ registry, profile: slug }, payload, parseProfile, ({ slug }) => slug),
    registry: (slug, payload) => read({ registry: slug }, payload, parseRegistry, ({ slug }) => slug),
    rollout: (registry, mode, payload) =>
      read(
        { registry, mode },
        payload,
        (document) => parseRollout(registry, document),
        ({ mode }) => mode,
      ),
    unreadable(readAgain) {
      for (const [name, key] of failed) {
        try {
          readAgain(key);
          failed.delete(name);
        } catch {
          // Still so, or the store cannot tell now.
        }
      }
      return [...failed.keys()].sort();
    },
  };
}

function nameOfKey({ registry, profile, mode }: DocumentKey): string {
  if (mode !== undefined) return `${registry}/rollouts/${mode}`;
  return profile === undefined ? registry : `${registry}/${profile}`;
}

// What an upgrade had to leave as it was (spec 6.2) must not pass for a document with something missing.
function parseProfile(document: JsonObject): Profile {
  const profile = parseStoredProfile(document);
  if (profile.runtime.middlewares?.some(({ config }) => config !== undefined))
    throw new TypeError("a config stands outside of its slot");
  return profile;
}

function parseRegistry(document: JsonObject): Registry {
  if (Object.hasOwn(document, "profiles")) throw new TypeError("it holds its profiles itself");
  return parseStoredRegistry(document);
}

function parseRollout(registry: string, document: JsonObject): Rollout {
  const rollout = parseStoredRollout(document);
  if (rollout.registry !== registry) throw new TypeError(`it is of registry "${rollout.registry}"`);
  if (rollout.version < 1) throw new TypeError("it has no version");
  return rollout;
}

/** Undefined where `read` finds that the stored document cannot be read. */
export function orUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDataLoss(error)) return undefined;
    throw error;
  }
}
