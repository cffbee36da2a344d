/**
 * Calls that cannot be read are answered so that their caller knows what is wrong, by INVALID_ARGUMENT or a 4xx (spec 2.4),
 * over every protocol. The Connect library by itself takes them for a fault of the server.
 */
import type { DescMethod } from "@bufbuild/protobuf";
import {
  ConnectError,
  type ConnectRouter,
  createContextKey,
  createContextValues,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { parseTimeout as parseConnectTimeout } from "@connectrpc/connect/protocol-connect";
import { parseTimeout as parseGrpcTimeout } from "@connectrpc/connect/protocol-grpc";
import { mended, mendUnary, refusalThatQuotes, withText } from "./mended-answers.js";

/** `jsonOptions` of a Connect adapter: text that is not UTF-8 is refused, as over REST, instead of repaired. */
export const STRICT_JSON = {
  ignoreUnknownFields: true,
  textDecoder: new TextDecoder("utf-8", { fatal: true }),
};

/** Set once the request message has been read: what fails from then on is no fault of its form. */
const READ = createContextKey(false);
/** A timer that is set for longer fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
const TIMEOUTS = [
  ["grpc-timeout", parseGrpcTimeout],
  ["connect-timeout-ms", parseConnectTimeout],
] as const;

/** Told of a unary call whose message could not be read. */
export type UnreadableCall = (method: DescMethod, header: Headers, durationMs: number) => void;

/** A router whose services answer so; what `router` has from others stays as it is. */
export function strictRouter(router: ConnectRouter, unreadable?: UnreadableCall): ConnectRouter {
  const adding = (options: Parameters<ConnectRouter["service"]>[2], add: (with_: typeof options) => void) => {
    const first = router.handlers.length;
    add({ ...options, interceptors: [noteRead, ...(options?.interceptors ?? [])] });
    for (const [i, handler] of router.handlers.entries()) {
      if (i >= first) router.handlers[i] = strictHandler(handler, unreadable);
    }
  };
  return {
    handlers: router.handlers,
    service(service, implementation, options) {
      adding(options, (strict) => router.service(service, implementation, strict));
      return this;
    },
    rpc(method, implementation, options) {
      adding(options, (strict) => router.rpc(method, implementation, strict));
      return this;
    },
  };
}

/** Messages of streams are read while the call is under way. */
const noteRead: Interceptor = (next) => (request) => {
  if (request.stream) return next({ ...request, message: readingStrictly(request.message) });
  request.contextValues.set(READ, true);
  return next(request);
};

async function* readingStrictly<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw error instanceof ConnectError ? mended(error) : error;
  }
}

function strictHandler(handler: UniversalHandler, unreadable?: UnreadableCall): UniversalHandler {
  const strict = async (request: Parameters<UniversalHandler>[0]): Promise<UniversalServerResponse> => {
    const contextValues = request.contextValues ?? createContextValues();
    const start = performance.now();
    forgetEndlessTimeouts(request.header);
    const response = await handler({ ...request, contextValues }).catch((error: unknown) =>
      refusalThatQuotes(error, request.header),
    );
    const wasRead = handler.method.methodKind !== "unary" || contextValues.get(READ);
    if (!wasRead) unreadable?.(handler.method, request.header, performance.now() - start);
    if (response.status >= 400 && response.body === undefined)
      return withText(response, handler, request.header.get("content-type"));
    return wasRead ? response : mendUnary(response);
  };
  return Object.assign(strict, { ...handler });
}

/** Deadlines of years, which gRPC can say, are none. */
function forgetEndlessTimeouts(header: Headers): void {
  for (const [name, parse] of TIMEOUTS) {
    const value = header.get(name);
    if (value === null) continue;
    const { timeoutMs = 0 } = parse(value, Number.MAX_SAFE_INTEGER);
    if (timeoutMs > MAX_TIMER_MS) header.delete(name);
  }
}
