/**
 * A request and the way to its answer, over either version of HTTP. Of HTTP/2 it is the stream itself: a request and response in
 * node:http's form are made only for what is left to the stock adapter.
 */
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { IncomingHttpHeaders as Http2Headers, ServerHttp2Stream } from "node:http2";
import type { Readable } from "node:stream";
import type { Answer } from "./answer.js";
import { hasBody, putBack, type Read } from "./body.js";

/** What is known of a request before its body. */
export interface RequestHead {
  readonly version: 1 | 2;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The Host header, or the authority. */
  readonly host: string | undefined;
  /** Of HTTP/2 with its pseudo-headers. */
  readonly headers: IncomingHttpHeaders;
}

export interface Exchange {
  readonly head: RequestHead;
  readonly body: Readable;
  readonly hasBody: boolean;
  /** Whether the client has left. */
  isGone(): boolean;
  /** Throws where the client leaves just now, and for headers that Node refuses. Trailers go out over HTTP/2 only. */
  send(answer: Answer): void;
  /** To the stock adapter. `read`: what was read of the body. */
  leave(read?: Read): void;
}

export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  stock: RequestListener,
): Exchange {
  const { headers, method = "", url = "" } = request;
  return {
    head: { version: 1, method, path: url, host: headers.host, headers },
    body: request,
    hasBody: hasBody(request),
    isGone: () => response.destroyed,
    send({ status, headers, body }) {
      response.writeHead(status, headers);
      response.end(body, "latin1");
    },
    leave(read) {
      if (read !== undefined) putBack(request, read);
      stock(request, response);
    },
  };
}

export function http2Exchange(
  stream: ServerHttp2Stream,
  headers: Http2Headers,
  leave: (read?: Read) => void,
): Exchange {
  const { ":method": method = "", ":path": path = "", ":authority": host = headers.host } = headers;
  stream.on("error", resetMeanwhile);
  return {
    head: { version: 2, method, path, host, headers },
    body: stream,
    hasBody: !stream.endAfterHeaders,
    isGone: () => stream.destroyed || stream.aborted,
    send({ status, headers, body, trailers }) {
      if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
      stream.respond({ ":status": status, ...headers }, { waitForTrailers: trailers !== undefined });
      stream.end(body, "latin1");
    },
    leave,
  };
}

/** Without a listener it would end the process, and it is nobody's fault. */
function resetMeanwhile(): void {}
