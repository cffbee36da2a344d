import type { ConnectError } from "@connectrpc/connect";
import type { parseTimeout } from "@connectrpc/connect/protocol-connect";
import type { Answer } from "./answer.js";
import type { NodeRequest } from "./body.js";

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
  /** `message`: bytes, or a character for each. */
  answer(request: NodeRequest, binary: boolean, message: Uint8Array | string): Answer | Promise<Answer>;
  refusal(request: NodeRequest, binary: boolean, error: ConnectError): Answer | Promise<Answer>;
}
