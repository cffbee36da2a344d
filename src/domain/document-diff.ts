/** In which members two documents differ, as people want to read it (spec 6.4). */
import type { Metadata, Profile, Registry } from "./document.js";
import { equalJson, isObject, type Json, type JsonObject, member } from "./json.js";
import { redactProfile, type SecretExemptions } from "./secrets.js";

export interface Difference {
  /** RFC 6901 pointer into the document. */
  pointer: string;
  /** Absent where it was not there. */
  from?: Json;
  /** Absent where it is not there any more. */
  to?: Json;
}

type Unmanaged<T extends { metadata: Metadata }> = Omit<T, "metadata"> & { metadata: Pick<Metadata, "tags"> };

/** A document, or what a write would make of it. */
export type Comparable = Unmanaged<Profile> | Unmanaged<Registry>;

const NO_EXEMPTIONS: SecretExemptions = new Set();

/**
 * Ordered by pointer, equal for equal documents whatever the order of their members, and empty exactly where these have
 * the same content: what the server manages does not count. Undefined stands for a document with nothing in it.
 *
 * Objects are compared member by member, all the way down; lists item by item where they are of one length, middlewares
 * where they are the same instances in the same order, and as a whole otherwise. Secrets are compared as they are and
 * shown as `<redacted>` (spec 1.6).
 */
export function documentDifferences(
  from: Comparable | undefined,
  to: Comparable | undefined,
  exempt: SecretExemptions = NO_EXEMPTIONS,
): Difference[] {
  const differences: Difference[] = [];
  const before = sides(from, exempt);
  const after = sides(to, exempt);
  const walk = (a: Side, b: Side, pointer: string): void => {
    if (equalJson(a.clear, b.clear)) return;
    if (isObject(a.shown) && isObject(b.shown)) {
      const names = new Set([...Object.keys(a.shown), ...Object.keys(b.shown)]);
      for (const name of [...names].sort()) {
        walk(inside(a, name), inside(b, name), `${pointer}/${escapeStep(name)}`);
      }
    } else if (Array.isArray(a.shown) && Array.isArray(b.shown) && itemsMatch(a.shown, b.shown, pointer)) {
      for (const i of a.shown.keys()) walk(item(a, i), item(b, i), `${pointer}/${i}`);
    } else {
      differences.push({
        pointer,
        ...(a.shown === undefined ? {} : { from: a.shown }),
        ...(b.shown === undefined ? {} : { to: b.shown }),
      });
    }
  };
  walk(before, after, "");
  return differences;
}

/** Whether two documents hold the same but for what the server manages. */
export function sameContent(a: Comparable, b: Comparable): boolean {
  return equalJson(contentOf(a), contentOf(b));
}

/** A value, and what of it may be seen: the same but for secrets. */
interface Side {
  clear: Json | undefined;
  shown: Json | undefined;
}

function sides(document: Comparable | undefined, exempt: SecretExemptions): Side {
  if (document === undefined) {
    // So that a first version shows its members, not their containers.
    const nothing = { runtime: {}, policy: {}, metadata: {} };
    return { clear: nothing, shown: nothing };
  }
  const shown = "runtime" in document ? redactProfile(document, exempt) : document;
  return { clear: contentOf(document), shown: contentOf(shown) };
}

function contentOf({ metadata, ...content }: Comparable): JsonObject {
  const tags = metadata.tags?.length ? { tags: metadata.tags } : {};
  return { ...content, metadata: tags } as JsonObject;
}

function inside({ clear, shown }: Side, name: string): Side {
  const of = (value: Json | undefined): Json | undefined =>
    isObject(value) ? member(value, name) : undefined;
  return { clear: of(clear), shown: of(shown) };
}

function item({ clear, shown }: Side, i: number): Side {
  const of = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[i] : undefined);
  return { clear: of(clear), shown: of(shown) };
}

function itemsMatch(a: readonly Json[], b: readonly Json[], pointer: string): boolean {
  if (a.length !== b.length) return false;
  // Moved instances would each show as another one.
  return (
    pointer !== "/runtime/middlewares" || a.every((entry, i) => equalJson(instance(entry), instance(b[i])))
  );
}

function instance(entry: Json | undefined): Json[] {
  return isObject(entry) ? [member(entry, "name") ?? null, member(entry, "id") ?? null] : [];
}

function escapeStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
