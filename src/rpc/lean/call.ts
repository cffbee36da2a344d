/** What handlers and interceptors see of a call: request and context in one object, made of what costs nothing. */
import type { DescMethodUnary, Message } from "@bufbuild/protobuf";
import { createContextValues, type HandlerContext, type UnaryRequest } from "@connectrpc/connect";
import type { RequestHead } from "./exchange.js";
import { lazyHeaders } from "./headers.js";

export type LeanCall = UnaryRequest &
  HandlerContext & {
    /** From now, in ms. */
    readonly deadlineMs: number | undefined;
    /** Whether something was used that only the stock adapter has: the signal, headers or trailers of the answer. */
    beyond: boolean;
  };

export function createCall(
  {
    method,
    protocolName,
    deadlineMs,
  }: { method: DescMethodUnary; protocolName: string; deadlineMs: number | undefined },
  message: Message,
  head: RequestHead,
): LeanCall {
  const header = lazyHeaders(head.headers);
  const values = createContextValues();
  const start = deadlineMs === undefined ? 0 : performance.now();
  return {
    stream: false,
    method,
    service: method.parent,
    requestMethod: head.method,
    url: `http://${head.host}${head.path}`,
    message,
    header,
    requestHeader: header,
    contextValues: values,
    values,
    protocolName,
    deadlineMs,
    timeoutMs: () => (deadlineMs === undefined ? undefined : deadlineMs - (performance.now() - start)),
    beyond: false,
    get signal() {
      this.beyond = true;
      return new AbortController().signal;
    },
    get responseHeader() {
      this.beyond = true;
      return new Headers();
    },
    get responseTrailer() {
      this.beyond = true;
      return new Headers();
    },
  };
}
