/** The answer of ResolveProfile as bytes, a character each (latin1), without and with what differs from turn to turn. */
import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  ProcessingSchema,
  type ResolveProfileResponse,
  ResolveProfileResponseSchema,
} from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { oncePer } from "../../domain/once-per.js";
import type { Processing } from "../../domain/processing.js";
import type { Resolution } from "../../domain/resolve.js";
import type { EncodedParts, FoundAnswer } from "../../service/encoded-answers.js";
import { processingMessage, resolutionMessage } from "../mapping.js";
import { latin1, utf8 } from "./latin1.js";
import { headJson, middleJson, processingJson } from "./resolution-json.js";

const { revision: REVISION, processing: PROCESSING } = ResolveProfileResponseSchema.field;

/** In the order of the library: `registry`, `profile` and `profile_version`, then `revision`; `processing` is the last one. */
export function encodeParts(resolution: Resolution, unchanged: boolean, binary: boolean): EncodedParts {
  return binary
    ? binaryParts(resolutionMessage(resolution, unchanged))
    : {
        head: utf8(`${JSON.stringify(headJson(resolution)).slice(0, -1)},`),
        middle: utf8(`,${middleJson(resolution, unchanged)},`),
        tail: "}",
      };
}

function binaryParts(message: ResolveProfileResponse): EncodedParts {
  const { registry, profile, profileVersion } = message;
  const head = create(ResolveProfileResponseSchema, { registry, profile, profileVersion });
  delete message.processing;
  const middle = Object.assign(message, { registry: "", profile: "", profileVersion: 0, revision: 0n });
  return {
    head: latin1(toBinary(ResolveProfileResponseSchema, head)),
    middle: latin1(toBinary(ResolveProfileResponseSchema, middle)),
    tail: "",
  };
}

export function joinParts({ answer, revision, processing }: FoundAnswer, binary: boolean): string {
  const { head, middle, tail } = answer;
  return binary
    ? head + binaryRevision(revision) + middle + binaryProcessing(processing) + tail
    : `${head}"${REVISION.jsonName}":"${revision}"${middle}${jsonProcessing(processing)}${tail}`;
}

/** Most are of the same few decisions. */
const jsonProcessing = oncePer((processing: Processing) =>
  utf8(`"${PROCESSING.jsonName}":${JSON.stringify(processingJson(processing))}`),
);

const binaryProcessing = oncePer((processing: Processing) => {
  const message = toBinary(ProcessingSchema, create(ProcessingSchema, processingMessage(processing)));
  return latin1(new BinaryWriter().tag(PROCESSING.number, WireType.LengthDelimited).bytes(message).finish());
});

let last = { revision: -1, field: "" };

function binaryRevision(revision: number): string {
  if (last.revision !== revision) {
    const bytes = new BinaryWriter().tag(REVISION.number, WireType.Varint).int64(revision).finish();
    last = { revision, field: revision === 0 ? "" : latin1(bytes) };
  }
  return last.field;
}
