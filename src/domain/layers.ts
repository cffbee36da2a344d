/** Laying runtimes and step settings over each other (spec 4.2), and telling which layer gave what (spec 4.4, trace). */
import type { MiddlewareUse, StepSettings } from "./document.js";
import { emptyObject, isObject, type Json } from "./json.js";
import { oncePer } from "./once-per.js";

/** Low to high. */
export const LAYERS = [
  "base_step_settings",
  "profile",
  "processing_profile",
  "request_overrides",
  "operator",
] as const;
export type LayerName = (typeof LAYERS)[number];

/** What one layer sets; what it leaves undefined it leaves to the layers below. */
export interface Layer {
  name: LayerName;
  system_prompt?: string;
  tools?: readonly string[];
  middlewares?: readonly MiddlewareUse[];
  step_settings?: StepSettings;
}

/** A runtime as it is run: with the configs in place. Empty members are left out. */
export interface EffectiveRuntime {
  system_prompt?: string;
  middlewares?: readonly MiddlewareUse[];
  tools?: readonly string[];
}

export interface Effective {
  runtime: EffectiveRuntime;
  step_settings: StepSettings;
}

export interface TraceEntry {
  /** RFC 6901 pointer of the merge unit in the answer. */
  pointer: string;
  value: Json;
  layer: LayerName;
  /** What lower layers had, lowest first. */
  lost: LayerValue[];
}

const RUNTIME_UNITS = ["system_prompt", "tools", "middlewares"] as const;

/**
 * Layers are given low to high. They are not modified, and nobody may modify them later, nor the answer: what one of them alone
 * sets is shared with it, and where one alone has a say in the runtime, that is the same object every time.
 */
export function mergeLayers(layers: readonly Layer[]): Effective {
  const deciding = layers.filter(
    (layer) =>
      layer.system_prompt !== undefined || layer.tools !== undefined || layer.middlewares !== undefined,
  );
  return {
    runtime: deciding.length === 1 ? runtimeOfLayer(deciding[0]!) : mergeRuntime(deciding),
    step_settings: mergeStepSettings(layers.map((layer) => layer.step_settings)),
  };
}

const runtimeOfLayer = oncePer((layer: Layer) => mergeRuntime([layer]));

function mergeRuntime(layers: readonly Layer[]): EffectiveRuntime {
  const prompt = highest(layers, "system_prompt");
  const middlewares = highest(layers, "middlewares");
  const tools = highest(layers, "tools");
  return {
    ...(prompt ? { system_prompt: prompt } : {}),
    ...(middlewares?.length ? { middlewares } : {}),
    ...(tools?.length ? { tools } : {}),
  };
}

/**
 * Merged per section and field; a field's value is replaced whole. A section that is no object was redacted whole, and stays so
 * whatever the other layers set: its fields are not for this caller to tell apart. What one patch alone sets is not copied.
 */
export function mergeStepSettings(patches: readonly (StepSettings | undefined)[]): StepSettings {
  const given = patches.filter((patch) => patch !== undefined);
  if (given.length === 1) return given[0]!;
  const merged = emptyObject();
  for (const patch of given) {
    for (const [section, fields] of Object.entries(patch)) {
      const below = merged[section];
      if (below === undefined || !isObject(fields)) merged[section] = fields;
      // Spread defines members, also one that is called `__proto__`.
      else if (isObject(below)) merged[section] = { ...below, ...fields };
    }
  }
  return merged;
}

/** One entry per merge unit that any layer sets: the runtime's first, then sections and fields sorted. */
export function traceLayers(layers: readonly Layer[]): TraceEntry[] {
  const runtime = new Map<string, LayerValue[]>();
  for (const unit of RUNTIME_UNITS) {
    for (const { name, [unit]: value } of layers) {
      if (value !== undefined) note(runtime, `/runtime/${unit}`, { layer: name, value: value as Json });
    }
  }
  const merged = mergeStepSettings(layers.map((layer) => layer.step_settings));
  const settings = new Map<string, LayerValue[]>();
  for (const { name: layer, step_settings } of layers) {
    for (const [section, fields] of Object.entries(step_settings ?? {})) {
      const at = `/step_settings/${escapePointer(section)}`;
      if (!isObject(fields) || !isObject(merged[section])) note(settings, at, { layer, value: fields });
      else {
        for (const [field, value] of Object.entries(fields))
          note(settings, `${at}/${escapePointer(field)}`, { layer, value });
      }
    }
  }
  const sorted = [...settings].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...[...runtime].flatMap(([pointer, given]) => traced(pointer, given, given.at(-1))),
    ...sorted.flatMap(([pointer, given]) => {
      const redacted = isSectionPointer(pointer)
        ? given.findLast(({ value }) => !isObject(value))
        : undefined;
      return traced(pointer, given, redacted ?? given.at(-1));
    }),
  ];
}

function traced(pointer: string, given: readonly LayerValue[], won: LayerValue | undefined): TraceEntry[] {
  return won ? [{ pointer, ...won, lost: given.filter((one) => one !== won) }] : [];
}

/** Of a section redacted whole: `/step_settings/SECTION`. */
function isSectionPointer(pointer: string): boolean {
  return pointer.split("/").length === 3;
}

interface LayerValue {
  layer: LayerName;
  value: Json;
}

function note(units: Map<string, LayerValue[]>, pointer: string, given: LayerValue): void {
  const known = units.get(pointer);
  if (known) known.push(given);
  else units.set(pointer, [given]);
}

function highest<K extends (typeof RUNTIME_UNITS)[number]>(
  layers: readonly Layer[],
  unit: K,
): Layer[K] | undefined {
  return layers.findLast((layer) => layer[unit] !== undefined)?.[unit];
}

function escapePointer(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
