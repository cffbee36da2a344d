/**
 * One TCP port for HTTP/1.1 and HTTP/2 without TLS, so that REST, Connect, gRPC-Web and gRPC share it (spec 6.5). What
 * comes out is a `node:http` server, so Fastify listens and closes as usual; sockets that speak HTTP/2 are handed on to
 * a `node:http2` server behind it.
 */
import {
  createServer as createHttp1Server,
  type RequestListener,
  type Server,
  type ServerOptions,
} from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { Socket } from "node:net";
import type { LeanListeners } from "../rpc/lean/lean.js";
import { whenNoneWaits } from "./accept-queue.js";
import { admitPipelined, finishHttp1, isIdleHttp1, outlastKeepAlive } from "./http1-connection.js";
import { type Http2Limits, limitHttp2 } from "./http2-limits.js";
import { finishHttp2 } from "./http2-session.js";
import { detectHttpVersion, type HttpVersion } from "./preface.js";

export interface OnePortOptions {
  /** How long `close` lets open requests and streams finish before it cuts them off, in ms. Default 10,000. */
  readonly graceMs?: number;
  /**
   * How long a stop goes on serving HTTP/1.1 connections that seem idle, in ms: their clients may be sending just now. So
   * clients are told to use none that has been idle for longer. Default 0: the stop ends them at once.
   */
  readonly idleGraceMs?: number;
  /** How long a new connection may take to show which HTTP it speaks, in ms. Default 60,000. */
  readonly prefaceTimeoutMs?: number;
  /** Limits of HTTP/1.1 connections, in ms: node:http's options and defaults, but `keepAliveTimeout` is 72,000. */
  readonly http1?: Pick<
    ServerOptions,
    "keepAliveTimeout" | "headersTimeout" | "requestTimeout" | "connectionsCheckingInterval"
  >;
  readonly http2?: Http2Limits;
}

/** Idle HTTP/2 sessions have no timeouts, so it is TCP's probes (after that many idle ms) that find peers which vanished. */
const TCP_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
const KEEP_ALIVE_MS = 72_000;
/** What a client sends at the very end of its idle time has still to arrive. */
const ARRIVAL_MS = 250;
/** A client of HTTP/2 that says nothing for that long is not waited for before its session ends. */
const NOTICE_LIMIT_MS = 1_000;

type Http2Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/**
 * A `serverFactory` for Fastify. HTTP/2 sessions, and streams whose request has arrived, live as long as both sides want;
 * HTTP/1.1 keeps Node's protection from slow clients.
 *
 * The server's `close`, and with it Fastify's, is the clean stop: new connections are refused, idle ones end (see
 * `idleGraceMs`), requests under way are answered (HTTP/1.1 with `connection: close`, HTTP/2 after GOAWAY), and what is
 * left after `graceMs` is cut off. `closeAllConnections` cuts everything off at once, HTTP/2 included.
 */
export function createOnePort(
  options: OnePortOptions = {},
): (handler: RequestListener | LeanListeners) => Server {
  const { graceMs = 10_000, idleGraceMs = 0, prefaceTimeoutMs = 60_000 } = options;
  const keepAliveTimeout = options.http1?.keepAliveTimeout ?? KEEP_ALIVE_MS;
  return (given) => {
    const handler = typeof given === "function" ? given : given.request;
    let stopping = false;
    const server = createHttp1Server(
      {
        ...options.http1,
        keepAliveTimeout: idleGraceMs === 0 ? keepAliveTimeout : idleGraceMs,
        ...TCP_OPTIONS,
      },
      (request, response) => {
        if (!admitPipelined(request.socket, response)) return;
        if (stopping) response.setHeader("connection", "close");
        handler(request, response);
      },
    );
    const pastHint =
      idleGraceMs === 0 ? () => true : outlastKeepAlive(server, Math.max(1, keepAliveTimeout - idleGraceMs));
    const serveHttp1 = server.listeners("connection");
    server.removeAllListeners("connection");
    // Fastify and Connect tell the two shapes of request apart themselves, by httpVersionMajor and `stream`.
    const http2 = createHttp2Server(handler as unknown as Http2Handler);
    if (typeof given !== "function") seeStreamsFirst(http2, given.stream);
    limitHttp2(http2, options.http2);

    const sockets = new Map<Socket, HttpVersion | "undecided">();
    const sessions = new Map<ServerHttp2Session, Socket>();
    const serveHttp2 = (socket: Socket): void => {
      // node:http accepts half-open sockets; an HTTP/2 session has nothing to say to a peer that has left.
      socket.allowHalfOpen = false;
      const begun = (session: ServerHttp2Session): void => {
        sessions.set(session, socket);
        session.once("close", () => sessions.delete(session));
        if (stopping) finishHttp2(session, socket, NOTICE_LIMIT_MS);
      };
      http2.once("session", begun).emit("connection", socket);
      http2.off("session", begun);
    };

    server.on("connection", (socket) => {
      sockets.set(socket, "undecided");
      socket.once("close", () => sockets.delete(socket));
      // Whoever serves the socket handles its errors; until then, and after, a reset must not end the process.
      socket.on("error", () => {});
      detectHttpVersion(socket, prefaceTimeoutMs, (version) => {
        sockets.set(socket, version);
        if (version === "http2") serveHttp2(socket);
        else for (const serve of serveHttp1) serve.call(server, socket);
      });
    });

    const endIdle = (which: (socket: Socket) => boolean) => {
      for (const [socket, version] of sockets) {
        const idle = version === "undecided" || (version === "http1" && isIdleHttp1(socket));
        if (idle && which(socket)) socket.destroy();
      }
    };
    const closeAll = () => {
      for (const socket of sockets.keys()) socket.destroy();
    };
    const drain = () => {
      stopping = true;
      for (const [socket, version] of sockets) if (version === "http1") finishHttp1(socket);
      for (const [session, socket] of sessions) finishHttp2(session, socket, NOTICE_LIMIT_MS);
      endIdle(pastHint);
      const timers = [setTimeout(closeAll, graceMs)];
      if (idleGraceMs > 0) {
        // What has arrived is read first: timers run before that.
        const endAll = () => setImmediate(() => endIdle(() => true));
        timers.push(setTimeout(endAll, idleGraceMs + ARRIVAL_MS));
      }
      server.once("close", () => timers.forEach(clearTimeout));
    };
    const close = server.close.bind(server);
    return Object.assign(server, {
      // Fastify and node:http call it as they close, which takes care of idle connections itself.
      closeIdleConnections: () => {},
      closeAllConnections: closeAll,
      close: (done?: (error?: Error) => void) => {
        if (!server.listening || stopping) return close(done);
        drain();
        if (idleGraceMs === 0) close(done);
        else whenNoneWaits(server, () => close(done));
        return server;
      },
    });
  };
}

/** Node makes requests in a listener of its own, for every stream: the only one, so before others are added. */
function seeStreamsFirst(http2: Http2Server, first: LeanListeners["stream"]): void {
  const makers = http2.listeners("stream");
  http2.removeAllListeners("stream");
  http2.on("stream", (stream, headers, ...rest) => {
    first(stream, headers, () => {
      for (const make of makers) make.call(http2, stream, headers, ...rest);
    });
  });
}
