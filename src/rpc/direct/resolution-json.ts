/**
 * The answer of ResolveProfile in the JSON form of protobuf, from documents to text without a message between them: making
 * one and reflecting on it takes longer than all the rest of a resolve. Held against the library by tests.
 */
import {
  LayerSchema,
  ProcessingOutcomeSchema,
  SelectionSourceSchema,
} from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import type { MiddlewareUse } from "../../domain/document.js";
import type { EffectiveRuntime } from "../../domain/layers.js";
import { keptWhenAskedAgain } from "../../domain/once-per.js";
import type { Processing } from "../../domain/processing.js";
import type { Resolution } from "../../domain/resolve.js";
import type { Selection, SelectionSource } from "../../domain/selection.js";
import { LAYERS, PROCESSING_OUTCOMES, SELECTION_SOURCES } from "../mapping.js";

/** The fields before `revision`. */
export function headJson({ registry, profile, profile_version }: Resolution): object {
  return { registry, profile, profileVersion: profile_version };
}

/** Those between `revision` and `processing`, as they stand in the text of an object. `unchanged` leaves runtime and settings out. */
export function middleJson(resolution: Resolution, unchanged: boolean): string {
  const { runtime_key, runtime, step_settings, fingerprint, selection, warnings, metadata, trace } =
    resolution;
  const { stringify } = JSON;
  const content = unchanged
    ? ""
    : `"runtime":${runtimeJson(runtime)},"stepSettings":${stringify(step_settings)},`;
  return `"runtimeKey":${stringify(runtime_key)},${content}"fingerprint":${stringify(fingerprint)}${
    unchanged ? ',"unchanged":true' : ""
  },"selection":${selectionJson(selection)}${
    warnings.length > 0 ? `,"warnings":${stringify(warnings)}` : ""
  },"metadata":${stringify(metadata)}${trace?.length ? `,"trace":${stringify(trace.map(traceJson))}` : ""}`;
}

export function processingJson(processing: Processing): object {
  const { requested_mode, applied_mode, profile, profile_version, outcome, bucket } = processing;
  return {
    requestedMode: requested_mode,
    appliedMode: applied_mode,
    ...(profile === undefined ? {} : { profile, profileVersion: profile_version }),
    outcome: ProcessingOutcomeSchema.value[PROCESSING_OUTCOMES[outcome]]!.name,
    ...(bucket === undefined ? {} : { bucket }),
  };
}

/** Requests that override settings alone share the runtime of the stored profile. */
const runtimeJson = keptWhenAskedAgain(({ system_prompt, middlewares, tools }: EffectiveRuntime) =>
  JSON.stringify({
    ...(system_prompt ? { systemPrompt: system_prompt } : {}),
    ...(middlewares?.length ? { middlewares: middlewares.map(middlewareJson) } : {}),
    ...(tools?.length ? { tools } : {}),
  }),
);

function middlewareJson({ name, id, enabled, config }: MiddlewareUse): object {
  return { name, id, enabled, config };
}

/** Most have nothing ignored. */
function selectionJson({ source, ignored }: Selection): string {
  if (!ignored?.length) return `{"source":"${sourceName(source)}"}`;
  const told = ignored.map((one) => ({ ...one, source: sourceName(one.source) }));
  return JSON.stringify({ source: sourceName(source), ignored: told });
}

function sourceName(source: SelectionSource): string {
  return SelectionSourceSchema.value[SELECTION_SOURCES[source]]!.name;
}

function traceJson({ pointer, value, layer, lost }: NonNullable<Resolution["trace"]>[number]): object {
  const layerName = (name: typeof layer): string => LayerSchema.value[LAYERS[name]]!.name;
  return {
    pointer,
    value,
    layer: layerName(layer),
    ...(lost.length > 0
      ? { lost: lost.map((given) => ({ layer: layerName(given.layer), value: given.value })) }
      : {}),
  };
}
