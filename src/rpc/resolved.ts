/** What a line of the request log tells of an answer, besides that there was one. */
import { isMessage, type Message } from "@bufbuild/protobuf";
import {
  ProcessingOutcome,
  ResolveProfileResponseSchema,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";

export interface Resolved {
  registry: string;
  profile: string;
  /** The one applied. */
  mode: string;
  outcome: string;
  fingerprint: string;
}

/** Undefined where the answer is not that of a resolve. */
export function resolvedIn(answer: Message | undefined): Resolved | undefined {
  if (!isMessage(answer, ResolveProfileResponseSchema)) return undefined;
  const { registry, profile, processing, fingerprint } = answer;
  return {
    registry,
    profile,
    mode: processing?.appliedMode ?? "",
    outcome: ProcessingOutcome[processing?.outcome ?? 0]!.toLowerCase(),
    fingerprint,
  };
}
