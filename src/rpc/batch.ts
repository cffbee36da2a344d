/** Several requests in one call: an answer or an error for each (spec 3, BatchResolveProfiles). */
import { create } from "@bufbuild/protobuf";
import {
  type BadRequest,
  BadRequestSchema,
  type ErrorInfo,
  ErrorInfoSchema,
} from "../../gen/google/rpc/error_details_pb.js";
import {
  type ResolveProfileResponse,
  type ResolveProfileResult,
  ResolveProfileResultSchema,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { DomainError } from "../domain/errors.js";
import { toConnectError } from "./errors.js";
import { MAX_PAGE_BYTES } from "./paging.js";

export const MAX_BATCH = 500;

/** What one request gets. An error that nobody expected is the whole call's. */
export async function resultOf(answer: () => Promise<ResolveProfileResponse>): Promise<ResolveProfileResult> {
  try {
    return create(ResolveProfileResultSchema, { result: { case: "response", value: await answer() } });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return failedResult(error);
  }
}

/** Those that fit into one message, and for the others that they do not. The first always fits, however large. */
export function fitting<R>(
  results: readonly R[],
  bytesOf: (result: R) => number,
  refusal: (error: DomainError) => R,
): R[] {
  const text = "the answer does not fit into this one: ask again in another batch";
  let bytes = 0;
  return results.map((result, i) => {
    const size = bytesOf(result);
    if (i > 0 && bytes + size > MAX_PAGE_BYTES) return refusal(new DomainError("too_large", text));
    bytes += size;
    return result;
  });
}

export function failedResult(refusal: DomainError): ResolveProfileResult {
  const error = toConnectError(refusal);
  const detail = <T>(desc: unknown): T | undefined =>
    error.details.flatMap((one) => ("desc" in one && one.desc === desc ? [one.value as T] : []))[0];
  const info = detail<ErrorInfo>(ErrorInfoSchema);
  const badRequest = detail<BadRequest>(BadRequestSchema);
  return create(ResolveProfileResultSchema, {
    result: {
      case: "error",
      value: {
        code: error.code,
        message: error.rawMessage,
        reason: info?.reason ?? "",
        metadata: info?.metadata ?? {},
        fieldViolations: (badRequest?.fieldViolations ?? []).map(({ field, description }) => ({
          field,
          description,
        })),
      },
    },
  });
}
