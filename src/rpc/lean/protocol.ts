import type { IncomingHttpHeaders } from "node:http";
import type { ConnectError } from "@connectrpc/connect";
import type { parseTimeout } from "@connectrpc/connect/protocol-connect";
import type { Answer } from "./answer.js";

/** What tells Connect and gRPC apart. */
export interface Protocol {
  readonly name: string;
  /** The header that says how the request is compressed. */
  readonly compressed: string;
  readonly timeout: readonly [header: string, parse: typeof parseTimeout];
  /** By how much the body is larger than its message. */
  readonly envelopeBytes: number;
  /** Undefined where the body is not just one uncompressed message. */
  messageIn(body: Buffer): Uint8Array | undefined;
  /** `headers`: of the request. `message`: bytes, or a character for each. */
  answer(
    headers: IncomingHttpHeaders,
    binary: boolean,
    message: Uint8Array | string,
  ): Answer | Promise<Answer>;
  refusal(headers: IncomingHttpHeaders, binary: boolean, error: ConnectError): Answer | Promise<Answer>;
}
