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
import type { Processing } from "../../domain/processing.js";
import type { Resolution } from "../../domain/resolve.js";
import type { Selection, SelectionSource } from "../../domain/selection.js";
import { LAYERS, PROCESSING_OUTCOMES, SELECTION_SOURCES } from "../mapping.js";

/** The fields before `revision`. */
export function headJson({ registry, profile, profile_version }: Resolution): object {
  return { registry, profile, profileVersion: profile_version };
}

/** Those between `revision` and `processing`. `unchanged` leaves runtime and settings out. */
export function middleJson(resolution: Resolution, unchanged: boolean): object {
  const { runtime_key, runtime, step_settings, fingerprint, selection, warnings, metadata, trace } =
    resolution;
  return {
    runtimeKey: runtime_key,
    ...(unchanged ? {} : { runtime: runtimeJson(runtime), stepSettings: step_settings }),
    fingerprint,
    ...(unchanged ? { unchanged } : {}),
    selection: selectionJson(selection),
    ...(warnings.length > 0 ? { warnings } : {}),
    metadata,
    ...(trace?.length ? { trace: trace.map(traceJson) } : {}),
  };
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

function runtimeJson({ system_prompt, middlewares, tools }: EffectiveRuntime): object {
  return {
    ...(system_prompt ? { systemPrompt: system_prompt } : {}),
    ...(middlewares?.length ? { middlewares: middlewares.map(middlewareJson) } : {}),
    ...(tools?.length ? { tools } : {}),
  };
}

function middlewareJson({ name, id, enabled, config }: MiddlewareUse): object {
  return { name, id, enabled, config };
}

function selectionJson({ source, ignored }: Selection): object {
  return {
    source: sourceName(source),
    ...(ignored?.length
      ? { ignored: ignored.map((one) => ({ ...one, source: sourceName(one.source) })) }
      : {}),
  };
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
