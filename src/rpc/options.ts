import type { HandlerContext } from "@connectrpc/connect";
import type { SecretExemptions } from "../domain/secrets.js";
import type { Services } from "../service/services.js";
import type { Caller } from "../service/write.js";
import type { RpcRecord } from "./call-report.js";
import { type RequestPart, retryOfMessage, type WriteMessage } from "./request-id.js";

export interface RpcOptions {
  services: Services;
  /** Who calls, for the log and metadata. Default `anonymous`. */
  actor?: (header: Headers) => string;
  /** Where writes come from. Default `rpc`. */
  source?: Caller["source"];
  /** Shows secrets to callers that are no browsers. Default false. */
  serveSecrets?: boolean;
  /** Origins besides our own whose pages may write. */
  allowedOrigins?: readonly string[];
  /** How large the text of an import may be. Default 256 MiB. */
  maxImportBytes?: number;
  /** Called when a call is done. */
  report?: (record: RpcRecord) => void;
}

/** What handlers need to know of a call. */
export interface CallRules {
  /** Of a write. Throws `validation` for a `request_id` that is no UUID. `more`: what else the request asks for. */
  caller(request: WriteMessage, context: HandlerContext, more?: RequestPart): Caller;
  /** Whether this caller sees stored secrets (spec 1.6). */
  seesSecrets(context: Pick<HandlerContext, "requestHeader">): boolean;
  /** What profileMessage redacts by: undefined where the caller sees secrets. */
  redaction(context: HandlerContext): SecretExemptions | undefined;
}

export function callRules({ services, actor, source, serveSecrets = false }: RpcOptions): CallRules {
  // A page's own GET has no Origin; browsers mark it by Sec-Fetch-Site.
  const seesSecrets = ({ requestHeader }: Pick<HandlerContext, "requestHeader">): boolean =>
    serveSecrets && !requestHeader.has("origin") && !requestHeader.has("sec-fetch-site");
  return {
    caller: (request, { requestHeader, method }, more) => ({
      actor: actor?.(requestHeader) ?? "anonymous",
      source: source ?? "rpc",
      validateOnly: request.validateOnly,
      retry: request.requestId === "" ? undefined : retryOfMessage(request, method, more),
    }),
    seesSecrets,
    redaction: (context) => (seesSecrets(context) ? undefined : services.secretExempt),
  };
}
