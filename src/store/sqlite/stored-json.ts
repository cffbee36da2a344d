/** Documents as rows hold them. */
import type { Profile, Registry } from "../../domain/document.js";
import { DomainError } from "../../domain/errors.js";
import { isObject, type Json, type JsonObject } from "../../domain/json.js";
import { parseStoredProfile, parseStoredRegistry } from "../../domain/parse-document.js";
import type { DocumentKey } from "../store.js";

/** Reads payloads, and remembers which could not be read. */
export interface PayloadReader {
  /** Throws `data_loss` naming the document. */
  profile(registry: string, slug: string, payload: string): Profile;
  registry(slug: string, payload: string): Registry;
  /**
   * Those that still cannot be read. `readAgain` throws where that is so: somebody may have mended or deleted the row
   * since, and nobody need have read it after that.
   */
  unreadable(readAgain: (key: DocumentKey) => void): readonly string[];
}

export function createPayloadReader(): PayloadReader {
  const failed = new Map<string, DocumentKey>();
  const read = <T extends { slug: string }>(
    key: DocumentKey,
    payload: string,
    parse: (document: JsonObject) => T,
  ): T => {
    const { registry, profile } = key;
    try {
      const value = JSON.parse(payload) as Json;
      if (!isObject(value)) throw new TypeError("not an object");
      const document = parse(value);
      if (document.slug !== (profile ?? registry)) throw new TypeError(`it is named "${document.slug}"`);
      return document;
    } catch (cause) {
      failed.set(profile === undefined ? registry : `${registry}/${profile}`, key);
      const what =
        profile === undefined ? `registry "${registry}"` : `profile "${profile}" of registry "${registry}"`;
      throw new DomainError("data_loss", `the stored document of ${what} cannot be read`, { cause });
    }
  };
  return {
    profile: (registry, slug, payload) => read({ registry, profile: slug }, payload, parseStoredProfile),
    registry: (slug, payload) => read({ registry: slug }, payload, parseStoredRegistry),
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

/** Undefined where `read` finds that the stored document cannot be read. */
export function orUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DomainError && error.code === "data_loss") return undefined;
    throw error;
  }
}
