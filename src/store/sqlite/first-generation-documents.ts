/** Documents of the first generation as those of this schema: a registry that holds its profiles, with inline configs (spec 6.2). */
import type { Catalog } from "../../domain/catalog.js";
import {
  type Metadata,
  type MiddlewareInput,
  type Profile,
  type Registry,
  SOURCES,
  type Source,
} from "../../domain/document.js";
import { quoteCut } from "../../domain/errors.js";
import { isBlank, normalizeIdentifier, parseSlug } from "../../domain/identifiers.js";
import { isObject, type Json, type JsonObject } from "../../domain/json.js";
import { projectConfigs, readSlot, slotName } from "../../domain/middleware-config.js";
import {
  defined,
  type MemberReader,
  parseProfileInput,
  parseRegistryInput,
  readMembers,
} from "../../domain/parse-document.js";
import { normalizeMiddleware } from "../../domain/profile-draft.js";

export interface UpgradedRegistry {
  registry: Registry;
  /** Sorted by slug. */
  profiles: UpgradedProfile[];
  /** What an operator should look at, though it is served. */
  notes: string[];
}

export type UpgradedProfile =
  | { slug: string; profile: Profile; notes: string[] }
  /** One that cannot be read; as it was. */
  | { slug: string; payload: string; reason: string };

interface Options {
  /** Judges configs. Without one they are moved as they are. */
  catalog: Catalog | undefined;
  /** Stands in where a document does not say when it was written. */
  timeMs: number;
}

/** Whoever wrote what names nobody. */
const NOBODY = "anonymous";

/** Throws where the registry itself cannot be read: the message is the reason, and quotes no content. */
export function upgradeRegistry(slug: string, payload: string, options: Options): UpgradedRegistry {
  const document = parseObject(payload);
  checkSlug("registry slug", slug, document);
  const body = readMembers(document);
  const { tags: _, default_profile_slug: rawDefault, ...content } = parseRegistryInput(body);
  const defaultSlug = isBlank(rawDefault) ? undefined : normalizeIdentifier(rawDefault);
  const entries = Object.entries(body.object("profiles") ?? {});
  return {
    registry: {
      slug,
      ...nonEmpty(content),
      ...defined({ default_profile_slug: defaultSlug }),
      metadata: upgradeMetadata(body, options.timeMs),
    },
    profiles: entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, profile]) => upgradeProfile(name, profile, options)),
    notes:
      defaultSlug === undefined || entries.some(([name]) => name === defaultSlug)
        ? []
        : [`its default profile "${quoteCut(defaultSlug)}" does not exist`],
  };
}

function upgradeProfile(slug: string, document: Json, options: Options): UpgradedProfile {
  try {
    if (!isObject(document)) throw new TypeError("not an object");
    checkSlug("profile slug", slug, document);
    const body = readMembers(document);
    const { tags: _, runtime = {}, policy, extensions, ...content } = parseProfileInput(body);
    const moved = moveConfigs(
      (runtime.middlewares ?? []).map(normalizeMiddleware),
      extensions,
      options.catalog,
    );
    const profile: Profile = {
      slug,
      ...nonEmpty(content),
      runtime: nonEmpty({ ...runtime, middlewares: moved.middlewares }) as Profile["runtime"],
      policy: { allow_overrides: false, read_only: false, ...nonEmpty(policy ?? {}) },
      metadata: upgradeMetadata(body, options.timeMs),
      ...nonEmpty({ extensions: moved.extensions }),
    };
    return { slug, profile, notes: moved.notes };
  } catch (error) {
    return { slug, payload: JSON.stringify(document), reason: (error as Error).message };
  }
}

/**
 * Configs in their slots (spec 1.5), resolved where the catalogue takes them, else as they are: an upgrade refuses no document
 * for what a program has lost or learned since. Throws where a config has no slot to go to.
 */
function moveConfigs(
  entries: MiddlewareInput[],
  extensions: JsonObject | undefined,
  catalog: Catalog | undefined,
) {
  const notes: string[] = [];
  const moved = projectConfigs(entries, extensions ?? {}, undefined, lenient(catalog, notes));
  const [violation] = moved.violations;
  if (violation !== undefined) throw new TypeError(`${violation.field} ${violation.reason}`);
  const slots = new Set<string>();
  entries.forEach((entry, i) => {
    if (!isObject(entry.config) || Object.keys(entry.config).length === 0) return;
    const slot = slotName(entry, i);
    const name = `${entry.name} ${slot}`;
    if (slots.has(name) || readSlot(moved.extensions, entry.name, slot) === undefined)
      throw new TypeError(`runtime.middlewares[${i}].config has no slot of its own`);
    slots.add(name);
  });
  return { ...moved, notes };
}

function lenient(catalog: Catalog | undefined, notes: string[]): Catalog {
  return {
    ...(catalog ?? { middlewares: [], extensions: [], digest: "", checkExtension: () => [] }),
    has: () => true,
    resolveConfig(name, config) {
      const asItIs = { ok: true, config } as const;
      if (catalog === undefined) return asItIs;
      const resolved = catalog.has(name)
        ? catalog.resolveConfig(name, config)
        : ({ ok: false, reasons: ["unknown middleware"] } as const);
      if (resolved.ok) return resolved;
      notes.push(
        `the config of middleware "${quoteCut(name)}" is kept as it is, but would be refused: ${resolved.reasons[0]}`,
      );
      return asItIs;
    },
  };
}

function upgradeMetadata(body: MemberReader, timeMs: number): Metadata {
  const metadata = body.inside("metadata");
  const updatedAt = metadata?.count("updated_at_ms") || timeMs;
  const source = metadata?.string("source") as Source;
  const tags = metadata?.strings("tags");
  return {
    // Versions count from 1 now.
    version: metadata?.count("version") || 1,
    created_at_ms: metadata?.count("created_at_ms") || updatedAt,
    updated_at_ms: updatedAt,
    created_by: metadata?.string("created_by") || NOBODY,
    updated_by: metadata?.string("updated_by") || NOBODY,
    source: SOURCES.includes(source) ? source : "upgrade",
    ...(tags?.length ? { tags } : {}),
  };
}

/** The parser's own message would quote the text, and that may be a prompt or a key. */
function parseObject(payload: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(payload) as Json;
  } catch {
    throw new TypeError("broken JSON");
  }
  if (!isObject(value)) throw new TypeError("not an object");
  return value;
}

function checkSlug(label: "registry slug" | "profile slug", slug: string, document: JsonObject): void {
  const parsed = parseSlug(slug, label);
  if (!parsed.ok) throw new TypeError(parsed.reason);
  const own = readMembers(document).string("slug") ?? slug;
  if (parsed.value !== slug || normalizeIdentifier(own) !== slug)
    throw new TypeError(`it is named "${quoteCut(own)}", and stands as "${quoteCut(slug)}"`);
}

/** Without members that are undefined or empty. */
function nonEmpty<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => {
      if (value === undefined || value === "") return false;
      return typeof value !== "object" || value === null || Object.keys(value).length > 0;
    }),
  ) as Partial<T>;
}
