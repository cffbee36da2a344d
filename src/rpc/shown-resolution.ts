/** The way back of `resolutionMessage`, for clients: the answer of a resolve as REST shows it. */
import type { Value } from "@bufbuild/protobuf/wkt";
import type {
  Processing as ProcessingMessage,
  ResolveProfileResponse,
  Selection as SelectionMessage,
  TraceEntry as TraceMessage,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { emptyObject } from "../domain/json.js";
import type { LayerName, TraceEntry } from "../domain/layers.js";
import { defined } from "../domain/parse-document.js";
import type { Processing, ProcessingOutcome } from "../domain/processing.js";
import type { Resolution } from "../domain/resolve.js";
import type { Selection, SelectionSource } from "../domain/selection.js";
import { jsonFromPlain, jsonFromValue } from "./json-value.js";
import { LAYERS, PROCESSING_OUTCOMES, SELECTION_SOURCES } from "./mapping.js";
import { runtimeOf, wordOf } from "./shown-documents.js";

export function shownResolution(message: ResolveProfileResponse): Resolution {
  return {
    registry: message.registry,
    profile: message.profile,
    profile_version: message.profileVersion,
    revision: Number(message.revision),
    runtime_key: message.runtimeKey,
    runtime: runtimeOf(message.runtime),
    step_settings: (jsonFromPlain(message.stepSettings) ?? emptyObject()) as Resolution["step_settings"],
    fingerprint: message.fingerprint,
    selection: selectionOf(message.selection),
    processing: processingOf(message.processing),
    warnings: message.warnings,
    metadata: message.metadata as Resolution["metadata"],
    ...(message.trace.length > 0 ? { trace: message.trace.map(traceOf) } : {}),
  };
}

function selectionOf(message: SelectionMessage | undefined): Selection {
  const source = (value: number | undefined) => wordOf(SELECTION_SOURCES, value) as SelectionSource;
  const ignored = message?.ignored.map(({ source: from, value, reason }) => ({
    source: source(from),
    value,
    reason,
  }));
  return { source: source(message?.source), ...(ignored?.length ? { ignored } : {}) };
}

function processingOf(message: ProcessingMessage | undefined): Processing {
  return {
    requested_mode: message?.requestedMode ?? "",
    applied_mode: message?.appliedMode ?? "",
    ...defined({
      profile: message?.profile || undefined,
      profile_version: message?.profileVersion || undefined,
    }),
    outcome: wordOf(PROCESSING_OUTCOMES, message?.outcome) as ProcessingOutcome,
    ...defined({ bucket: message?.bucket }),
  };
}

function traceOf({ pointer, value, layer, lost }: TraceMessage): TraceEntry {
  const shown = (given: Value | undefined) => jsonFromValue(given!, pointer);
  const layerOf = (given: number) => wordOf(LAYERS, given) as LayerName;
  return {
    pointer,
    value: shown(value),
    layer: layerOf(layer),
    lost: lost.map((one) => ({ layer: layerOf(one.layer), value: shown(one.value) })),
  };
}
