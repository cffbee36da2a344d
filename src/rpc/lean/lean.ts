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
import type { RequestListener } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Message } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { MAX_TIMER_MS } from "../strict-router.js";
import type { Answer } from "./answer.js";
import { type NodeRequest, putBack, type Read, readBody } from "./body.js";
import { createCall, type LeanCall } from "./call.js";
import { CONNECT, messageInQuery } from "./connect.js";
import { type Exchange, http1Exchange, http2Exchange, type RequestHead } from "./exchange.js";
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

export interface LeanListeners {
  /** For requests over HTTP/1.1, and those that were made of streams. */
  request: RequestListener;
  /** For streams of HTTP/2. `makeRequest` makes a request of one and gives it to `request`, at once. */
  stream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, makeRequest: () => void): void;
}

/** Listeners that answer what they can and leave the rest to `stock`. */
export function leanFirst(stock: RequestListener, options: LeanOptions): LeanListeners {
  const { methods, maxBodyBytes, isHost, gets } = options;
  /** What was read of streams that requests are made of. */
  const left = new WeakMap<ServerHttp2Stream, Read>();

  const post = (exchange: Exchange): boolean => {
    const { head } = exchange;
    const { version, path, headers } = head;
    const method = methods.get(path);
    const type = TYPES.get(headers["content-type"]);
    if (method === undefined || type === undefined || !isPlain(head, type.protocol)) return false;
    const { protocol } = type;
    if (protocol === GRPC && version < 2) return false;
    const length = Number(headers["content-length"] ?? 0);
    const maxBytes = maxBodyBytes + protocol.envelopeBytes;
    const deadline = deadlineOf(head, protocol);
    if (!(length <= maxBytes) || deadline === "unreadable") return false;
    const form: Form = { method, ...type, deadlineMs: deadline };
    const whole = (body: Buffer): void => {
      void answerOrLeave(form, protocol.messageIn(body), exchange, { chunks: [body], more: false });
    };
    readBody(exchange.body, maxBytes, whole, exchange.leave);
    return true;
  };

  const get = (exchange: Exchange): boolean => {
    const { head } = exchange;
    const { path, headers } = head;
    const queryStart = path.indexOf("?");
    const method = queryStart === -1 ? undefined : methods.get(path.slice(0, queryStart));
    if (method === undefined || !gets || !isPlain(head, CONNECT)) return false;
    if (headers["content-type"] !== undefined || exchange.hasBody) return false;
    const deadline = deadlineOf(head, CONNECT);
    const read =
      deadline === "unreadable" ? undefined : tryRead(() => messageInQuery(path.slice(queryStart + 1)));
    if (read === undefined || deadline === "unreadable" || read.message.length > maxBodyBytes) return false;
    const form: Form = { method, protocol: CONNECT, binary: read.binary, deadlineMs: deadline };
    void answerOrLeave(form, read.message, exchange);
    return true;
  };

  /** Neither compressed nor from a page, and for a host that there can be. */
  const isPlain = ({ headers, host }: RequestHead, { compressed }: Protocol): boolean =>
    headers.origin === undefined &&
    (headers[compressed] === undefined || headers[compressed] === "identity") &&
    isHost(host);

  const answerOrLeave = async (
    form: Form,
    bytes: Uint8Array | undefined,
    exchange: Exchange,
    read?: Read,
  ): Promise<void> => {
    const answer =
      bytes === undefined ? undefined : await answerTo(form, bytes, exchange.head).catch(() => undefined);
    // Its client may have left meanwhile.
    if (exchange.isGone()) return;
    try {
      if (answer === undefined) exchange.leave(read);
      else exchange.send(answer);
    } catch {
      exchange.body.destroy();
    }
  };

  /** Undefined, or a rejection, where only the stock adapter can answer. */
  const answerTo = async (
    { method: { method, serialization, direct, run }, protocol, binary, deadlineMs }: Form,
    bytes: Uint8Array,
    head: RequestHead,
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
      answer = await direct?.({ bytes, binary, headers: head.headers, deadlineMs, decode });
      if (answer === undefined) {
        call = createCall({ method, protocolName: protocol.name, deadlineMs }, decode(), head);
        answer = serialization.getO(binary).serialize(await run(call));
      }
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      refused = error;
    }
    if (call?.beyond) return undefined;
    return answer === undefined
      ? protocol.refusal(head.headers, binary, refused!)
      : protocol.answer(head.headers, binary, answer);
  };

  const answerOrDecline = (exchange: Exchange): void => {
    const { method } = exchange.head;
    const taken = method === "POST" ? post(exchange) : method === "GET" && get(exchange);
    if (!taken) exchange.leave();
  };

  return {
    request(request: NodeRequest, response) {
      if (request.stream === undefined) return answerOrDecline(http1Exchange(request, response, stock));
      const read = left.get(request.stream);
      if (read !== undefined) {
        putBack(request, read);
        // It was made too late to see the end.
        if (!read.more) request.push(null);
      }
      stock(request, response);
    },
    stream(stream, headers, makeRequest) {
      // Node tells the client to go on as it makes the request.
      if (headers.expect !== undefined) return makeRequest();
      const leave = (read?: Read): void => {
        if (read !== undefined) left.set(stream, read);
        makeRequest();
      };
      answerOrDecline(http2Exchange(stream, headers, leave));
    },
  };
}

/** In ms, undefined where there is none. */
function deadlineOf({ headers }: RequestHead, { timeout }: Protocol): number | undefined | "unreadable" {
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
