/** Where middleware configs live: slots under extension keys, and how a write projects inline configs onto them (spec 1.5). */
import type { Catalog } from "./catalog.js";
import type { Extensions, MiddlewareInput, MiddlewareUse } from "./document.js";
import type { Violation } from "./errors.js";
import { isMiddlewareConfigKey, middlewareConfigKey } from "./identifiers.js";
import { copyJson, emptyObject, isObject, type JsonObject, member } from "./json.js";
import { keepStoredSecrets } from "./secrets.js";

const INDEX_SLOT = /^index:/;
/** An entry without id whose own slot is missing starts from this one. */
const FALLBACK_SLOT = "default";

export function slotName(entry: { id?: string | undefined }, position: number): string {
  return entry.id === undefined ? `index:${position}` : `id:${entry.id}`;
}

/** The stored config of one slot, verbatim; undefined where there is none. */
export function readSlot(
  extensions: Extensions | undefined,
  middleware: string,
  slot: string,
): JsonObject | undefined {
  const config = member(instancesOf(extensions, middlewareConfigKey(middleware)), slot);
  return isObject(config) ? config : undefined;
}

/** Stored entries with their stored slots as configs: never a look at the catalogue (spec 4.2). */
export function withStoredConfigs(
  entries: readonly MiddlewareUse[],
  extensions: Extensions | undefined,
): MiddlewareUse[] {
  return entries.map((entry, position) => {
    const config = readSlot(extensions, entry.name, slotName(entry, position));
    return config === undefined ? entry : { ...entry, config };
  });
}

export interface StoredConfigs {
  middlewares: readonly MiddlewareUse[];
  extensions: Extensions | undefined;
}

export interface Projection {
  /** The entries as they are stored: without configs. */
  middlewares: MiddlewareUse[];
  extensions: Extensions;
  /** Of `runtime.middlewares[i].config`, in order. */
  violations: Violation[];
}

/**
 * Moves inline configs into their slots, resolves every slot that an entry owns, and drops `index:` slots that none owns.
 * Idempotent, but for an entry that was emptied while there is a slot named `default`: the next write fills it from there.
 * `sent` are the request's own extensions (keys normalised, secrets restored); undefined starts from the stored ones.
 */
export function projectConfigs(
  entries: readonly MiddlewareInput[],
  sent: Extensions | undefined,
  stored: StoredConfigs | undefined,
  catalog: Catalog,
): Projection {
  const moves = findMoves(entries, stored);
  const moved = moveIndexSlots(moves, stored);
  const extensions = sent === undefined ? copyJson(moved) : addMovedSlots(copyJson(sent), moves);
  const violations: Violation[] = [];
  const owned = new Set<string>();
  entries.forEach((entry, i) => {
    const key = middlewareConfigKey(entry.name);
    const slot = slotName(entry, i);
    owned.add(`${key} ${slot}`);
    const field = `runtime.middlewares[${i}].config`;
    if (entry.config !== undefined && entry.config !== null && !isObject(entry.config)) {
      violations.push({ field, reason: "must be an object" });
      return;
    }
    if (!catalog.has(entry.name)) return;
    const inline = isObject(entry.config)
      ? keepStoredSecrets(entry.config, readSlot(moved, entry.name, slot), field, violations)
      : undefined;
    const config = inline ?? startingConfig(extensions, entry, slot);
    if (config === undefined) return;
    const resolved = catalog.resolveConfig(entry.name, config);
    if (resolved.ok) {
      writeSlot(extensions, key, slot, resolved.config);
    } else {
      for (const reason of resolved.reasons) violations.push({ field, reason });
      // Reported here; left in place it would be reported again as a fault of the extension.
      writeSlot(extensions, key, slot, emptyObject());
    }
  });
  dropUnowned(extensions, owned);
  return { middlewares: entries.map(({ config: _, ...entry }) => entry), extensions, violations };
}

/** The config that an entry without an inline one starts from; undefined where the slot holds no object (the schema's to report). */
function startingConfig(
  extensions: Extensions,
  entry: MiddlewareInput,
  slot: string,
): JsonObject | undefined {
  const instances = instancesOf(extensions, middlewareConfigKey(entry.name));
  let found = member(instances, slot);
  if (found === undefined && entry.id === undefined) found = member(instances, FALLBACK_SLOT);
  if (found === undefined) return emptyObject();
  return isObject(found) ? found : undefined;
}

/** An entry without id that the stored runtime has too, and its stored config. */
interface Move {
  name: string;
  from: number;
  to: number;
  config: JsonObject;
}

/** The k-th entry of a name without id is the same middleware before and after. */
function findMoves(entries: readonly MiddlewareInput[], stored: StoredConfigs | undefined): Move[] {
  if (stored === undefined) return [];
  const before = positionsWithoutId(stored.middlewares);
  return [...positionsWithoutId(entries)].flatMap(([name, positions]) =>
    positions.flatMap((to, k) => {
      const from = before.get(name)?.[k];
      const config = from === undefined ? undefined : readSlot(stored.extensions, name, `index:${from}`);
      return from === undefined || config === undefined ? [] : [{ name, from, to, config }];
    }),
  );
}

/** The stored extensions with the slots of entries without id at the positions that these entries have now. */
function moveIndexSlots(moves: readonly Move[], stored: StoredConfigs | undefined): Extensions {
  const extensions = copyJson(stored?.extensions ?? emptyObject());
  for (const key of Object.keys(extensions)) {
    const instances = instancesOf(extensions, key);
    if (!isMiddlewareConfigKey(key) || instances === undefined) continue;
    for (const slot of Object.keys(instances)) if (INDEX_SLOT.test(slot)) delete instances[slot];
  }
  for (const { name, to, config } of moves) {
    writeSlot(extensions, middlewareConfigKey(name), `index:${to}`, copyJson(config));
  }
  return extensions;
}

/** Extensions that a request sends replace the stored ones; only what it moves and does not set itself goes along. */
function addMovedSlots(extensions: Extensions, moves: readonly Move[]): Extensions {
  for (const { name, from, to, config } of moves) {
    const key = middlewareConfigKey(name);
    const slot = `index:${to}`;
    if (from !== to && member(instancesOf(extensions, key), slot) === undefined) {
      writeSlot(extensions, key, slot, copyJson(config));
    }
  }
  return extensions;
}

function positionsWithoutId(entries: readonly { name: string; id?: string }[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  entries.forEach((entry, i) => {
    if (entry.id !== undefined) return;
    const known = positions.get(entry.name);
    if (known) known.push(i);
    else positions.set(entry.name, [i]);
  });
  return positions;
}

function instancesOf(extensions: Extensions | undefined, key: string): JsonObject | undefined {
  const payload = member(extensions, key);
  const instances = isObject(payload) ? member(payload, "instances") : undefined;
  return isObject(instances) ? instances : undefined;
}

/** An empty config removes the slot, and the extension key when no slot is left. */
function writeSlot(extensions: Extensions, key: string, slot: string, config: JsonObject): void {
  const instances = instancesOf(extensions, key);
  if (Object.keys(config).length === 0) {
    if (instances === undefined) return;
    delete instances[slot];
    dropIfEmpty(extensions, key, instances);
  } else if (instances === undefined) {
    const payload = Object.hasOwn(extensions, key) ? extensions[key] : emptyObject();
    // A payload or instances that are no objects are the extension schema's to report.
    if (!isObject(payload) || Object.hasOwn(payload, "instances")) return;
    extensions[key] = Object.assign(emptyObject(), payload, { instances: { [slot]: config } });
  } else {
    instances[slot] = config;
  }
}

function dropUnowned(extensions: Extensions, owned: ReadonlySet<string>): void {
  for (const key of Object.keys(extensions)) {
    const instances = isMiddlewareConfigKey(key) ? instancesOf(extensions, key) : undefined;
    if (instances === undefined) continue;
    for (const slot of Object.keys(instances)) {
      if (INDEX_SLOT.test(slot) && !owned.has(`${key} ${slot}`)) delete instances[slot];
    }
    dropIfEmpty(extensions, key, instances);
  }
}

function dropIfEmpty(extensions: Extensions, key: string, instances: JsonObject): void {
  const payload = member(extensions, key);
  if (Object.keys(instances).length === 0 && isObject(payload) && Object.keys(payload).length === 1) {
    delete extensions[key];
  }
}
