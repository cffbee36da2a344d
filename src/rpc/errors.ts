/** DomainError → Connect code with google.rpc details (spec 2.4, 3): the RPC edge's only table. */
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import type { DomainError, ErrorCode, Violation } from "../domain/errors.js";

export const ERROR_DOMAIN = "profile-registry";

const CODES: Record<ErrorCode, Code> = {
  validation: Code.InvalidArgument,
  malformed: Code.InvalidArgument,
  forbidden: Code.PermissionDenied,
  policy: Code.PermissionDenied,
  not_found: Code.NotFound,
  method_not_allowed: Code.Unimplemented,
  already_exists: Code.AlreadyExists,
  version_conflict: Code.Aborted,
  failed_precondition: Code.FailedPrecondition,
  idempotency_mismatch: Code.InvalidArgument,
  too_large: Code.ResourceExhausted,
  unsupported_media_type: Code.InvalidArgument,
  unavailable: Code.Unavailable,
  data_loss: Code.DataLoss,
  internal: Code.Internal,
};

/** Stock clients drop trailers beyond 8 KiB, and gRPC sends message and details in base64, the message once more by itself. */
const MAX_DETAIL_BYTES = 2_900;
const MAX_TEXT_BYTES = 800;

export function toConnectError(error: DomainError): ConnectError {
  const connectError = new ConnectError(cut(error.message), CODES[error.code], undefined, undefined, error);
  const info = create(ErrorInfoSchema, {
    reason: error.code.toUpperCase(),
    domain: ERROR_DOMAIN,
    metadata: { ...error.metadata },
  });
  connectError.details.push({ desc: ErrorInfoSchema, value: info });
  if (error.violations.length > 0) {
    const room = MAX_DETAIL_BYTES - toBinary(ErrorInfoSchema, info).length;
    connectError.details.unshift({ desc: BadRequestSchema, value: badRequest(error.violations, room) });
  }
  return connectError;
}

/** An error that nobody expected: the caller learns nothing but where to look. */
export function internalError(requestId: string): ConnectError {
  const error = new ConnectError(`internal error (request ${requestId})`, Code.Internal);
  const info = create(ErrorInfoSchema, {
    reason: "INTERNAL",
    domain: ERROR_DOMAIN,
    metadata: { request_id: requestId },
  });
  error.details.push({ desc: ErrorInfoSchema, value: info });
  return error;
}

/** As many violations as fit; the last one then says how many more there are. */
function badRequest(violations: readonly Violation[], maxBytes: number) {
  const shown: { field: string; description: string }[] = [];
  // Room for ` and N more`, and for what surrounds each violation on the wire.
  let room = maxBytes - 32;
  for (const { field, reason } of violations) {
    const violation = { field: cut(field), description: cut(reason) };
    room -= Buffer.byteLength(violation.field) + Buffer.byteLength(violation.description) + 12;
    if (room < 0 && shown.length > 0) break;
    shown.push(violation);
  }
  const last = shown.at(-1);
  const left = violations.length - shown.length;
  if (last !== undefined && left > 0) last.description += ` and ${left} more`;
  return create(BadRequestSchema, { fieldViolations: shown });
}

/** What fits into a trailer, as Unicode. */
export function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return text.toWellFormed();
  // A stream keeps back the character that the cut has split.
  return `${new TextDecoder().decode(bytes.subarray(0, MAX_TEXT_BYTES), { stream: true })}…`;
}
