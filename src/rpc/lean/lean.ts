/**
 * The lean path: answers the common form of unary calls without side effects beside the stock Connect adapter, without its
 * abort controllers, iterables and streams.
 *
 * It takes on itself:
 * - Connect unary POST and GET over HTTP/1.1 and HTTP/2, gRPC over HTTP/2, with JSON or proto: connect.ts and grpc.ts say which
 *   rules of the specifications they follow. Requests are not compressed and not larger than allowed;
 * - answers compressed as the client accepts them, and deadlines: DEADLINE_EXCEEDED where a handler takes longer.
 *
 * A method may be answered directly, from bytes to bytes (DirectMethod): the resolver's are, from answers encoded before.
 *
 * Everything else is the stock adapter's, with the body put back if it was read: gRPC-Web, streams, compressed requests,
 * pages of browsers (`Origin`), headers that are odd, and everything that cannot be read. So is a call that turns out to need more
 * (see LeanCall): it is run again, since it has no side effects. All other methods have the very handlers and interceptors of the
 * stock adapter.
 */
import type { RequestListener, ServerResponse } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { MAX_TIMER_MS } from "../strict-router.js";
import { type Answer, send } from "./answer.js";
import { hasBody, type NodeRequest, putBack, readBody } from "./body.js";
import { createCall, type LeanCall } from "./call.js";
import { CONNECT, messageInQuery } from "./connect.js";
import { GRPC } from "./grpc.js";
import type { LeanMethod } from "./methods.js";
import type { Protocol } from "./protocol.js";

export interface LeanOptions {
  /** By path. */
  methods: ReadonlyMap<string, LeanMethod>;
  /** As the stock adapter has them. */
  maxBodyBytes: number;
  /** Whether a Host header, or an authority, is one that the stock path serves. */
  isHost: (host: string | undefined) => boolean;
  /** Whether GETs are answered too. Not where the stock path adds headers for caches. */
  gets: boolean;
}

/** How a call came. */
interface Form {
  readonly method: LeanMethod;
  readonly protocol: Protocol;
  readonly binary: boolean;
  readonly deadlineMs: number | undefined;
}

/** By content type; others are rare, or the stock adapter's. */
const TYPES = new Map<string | undefined, Pick<Form, "protocol" | "binary">>([
  ["application/json", { protocol: CONNECT, binary: false }],
  ["application/json; charset=utf-8", { protocol: CONNECT, binary: false }],
  ["application/proto", { protocol: CONNECT, binary: true }],
  ["application/grpc", { protocol: GRPC, binary: true }],
  ["application/grpc+proto", { protocol: GRPC, binary: true }],
  ["application/grpc+json", { protocol: GRPC, binary: false }],
]);

/** A listener that answers what it can and leaves the rest to `stock`. */
export function leanFirst(stock: RequestListener, options: LeanOptions): RequestListener {
  const { methods, maxBodyBytes, isHost, gets } = options;

  const post = (request: NodeRequest, response: ServerResponse): boolean => {
    const { headers } = request;
    const method = methods.get(request.url ?? "");
    const type = TYPES.get(headers["content-type"]);
    if (method === undefined || type === undefined || !isPlain(request, type.protocol)) return false;
    const { protocol } = type;
    if (protocol === GRPC && request.httpVersionMajor < 2) return false;
    const length = Number(headers["content-length"] ?? 0);
    const maxBytes = maxBodyBytes + protocol.envelopeBytes;
    const deadline = deadlineOf(request, protocol);
    if (!(length <= maxBytes) || deadline === "unreadable") return false;
    const form: Form = { method, ...type, deadlineMs: deadline };
    const whole = (body: Buffer): void => {
      void answerOrLeave(form, protocol.messageIn(body), request, response, () => {
        putBack(request, [body]);
        stock(request, response);
      });
    };
    readBody(request, maxBytes, whole, () => stock(request, response));
    return true;
  };

  const get = (request: NodeRequest, response: ServerResponse): boolean => {
    const { url = "", headers } = request;
    const queryStart = url.indexOf("?");
    const method = queryStart === -1 ? undefined : methods.get(url.slice(0, queryStart));
    if (method === undefined || !gets || !isPlain(request, CONNECT)) return false;
    if (headers["content-type"] !== undefined || hasBody(request)) return false;
    const deadline = deadlineOf(request, CONNECT);
    const read =
      deadline === "unreadable" ? undefined : tryRead(() => messageInQuery(url.slice(queryStart + 1)));
    if (read === undefined || deadline === "unreadable" || read.message.length > maxBodyBytes) return false;
    const form: Form = { method, protocol: CONNECT, binary: read.binary, deadlineMs: deadline };
    void answerOrLeave(form, read.message, request, response, () => stock(request, response));
    return true;
  };

  /** Neither compressed nor from a page, and for a host that there can be. */
  const isPlain = ({ headers, authority }: NodeRequest, { compressed }: Protocol): boolean =>
    headers.origin === undefined &&
    (headers[compressed] === undefined || headers[compressed] === "identity") &&
    isHost(authority ?? headers.host);

  const answerOrLeave = async (
    form: Form,
    bytes: Uint8Array | undefined,
    request: NodeRequest,
    response: ServerResponse,
    leave: () => void,
  ): Promise<void> => {
    const answer =
      bytes === undefined ? undefined : await answerTo(form, bytes, request).catch(() => undefined);
    // Its client may have left meanwhile.
    if (request.stream?.destroyed ?? response.destroyed) return;
    if (answer === undefined) leave();
    else send(response, answer);
  };

  /** Undefined, or a rejection, where only the stock adapter can answer. */
  const answerTo = async (
    { method: { method, serialization, direct, run }, protocol, binary, deadlineMs }: Form,
    bytes: Uint8Array,
    request: NodeRequest,
  ): Promise<Answer | undefined> => {
    // Not a refusal of ours, whatever the library throws.
    const decode = (): Message => {
      try {
        return serialization.getI(binary).parse(bytes);
      } catch (cause) {
        throw new Error("the message cannot be decoded", { cause });
      }
    };
    let call: LeanCall | undefined;
    let refused: ConnectError | undefined;
    let answer: Uint8Array | string | undefined;
    try {
      answer = await direct?.({ bytes, binary, request, deadlineMs, decode });
      if (answer === undefined) {
        call = createCall({ method, protocolName: protocol.name, deadlineMs }, decode(), request);
        answer = serialization.getO(binary).serialize(await run(call));
      }
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      refused = error;
    }
    if (call?.beyond) return undefined;
    return answer === undefined
      ? protocol.refusal(request, binary, refused!)
      : protocol.answer(request, binary, answer);
  };

  return (request, response) => {
    const taken =
      request.method === "POST"
        ? post(request, response)
        : request.method === "GET" && get(request, response);
    if (!taken) stock(request, response);
  };
}

/** In ms, undefined where there is none. */
function deadlineOf({ headers }: NodeRequest, { timeout }: Protocol): number | undefined | "unreadable" {
  const [name, parse] = timeout;
  const value = headers[name];
  if (value === undefined) return undefined;
  const { timeoutMs, error } = parse(String(value), Number.MAX_SAFE_INTEGER);
  if (error !== undefined) return "unreadable";
  return timeoutMs === undefined || timeoutMs > MAX_TIMER_MS ? undefined : timeoutMs;
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
