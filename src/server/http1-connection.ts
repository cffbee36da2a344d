/**
 * Ending HTTP/1.1 connections without losing an answer. Node's own `closeIdleConnections`, which its `close` calls too,
 * takes a connection for idle while the end of its answer is still being sent, and cuts that off.
 */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** No request is being answered. One whose header is still arriving has not been accepted, and counts as idle too. */
export function isIdleHttp1(socket: Socket): boolean {
  return answerUnderWay(socket) === undefined;
}

/** Lets the answer under way be the last one, and says so where its header has not been sent. */
export function finishHttp1(socket: Socket): void {
  const answer = answerUnderWay(socket);
  if (answer === undefined) return;
  if (answer.headersSent) answer.once("close", () => socket.destroySoon());
  else answer.setHeader("connection", "close");
}

/**
 * Clients are told the server's `keepAliveTimeout`; this keeps their connections for `extraMs` longer, so that one which
 * uses up its time does not meet the end of the connection. Answers whether an idle connection is past what its client
 * was told.
 */
export function outlastKeepAlive(server: Server, extraMs: number): (socket: Socket) => boolean {
  const pastHint = (socket: Socket): boolean => socket.timeout === extraMs;
  // Without a listener node:http ends the connection itself. It sets the time anew with every request.
  server.on("timeout", (socket) => {
    if (pastHint(socket)) socket.destroy();
    else socket.setTimeout(extraMs);
  });
  return pastHint;
}

const MAX_WAITING_REQUESTS = 64;
const waiting = new WeakMap<Socket, number>();

/**
 * Ends connections that send many requests ahead without waiting for an answer, and says whether this one is to be answered:
 * node:http hands on all that it has read at once, and keeps every answer until those before it have been read.
 */
export function admitPipelined(socket: Socket, response: ServerResponse): boolean {
  // An answer has the socket unless it waits for another.
  if (response.socket !== null) return true;
  const before = waiting.get(socket) ?? 0;
  if (before === MAX_WAITING_REQUESTS || socket.destroyed) {
    socket.destroy();
    return false;
  }
  waiting.set(socket, before + 1);
  response.once("close", () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
  return true;
}

/**
 * The field is undocumented, but Node and the libraries that end connections cleanly have always used it; keeping our
 * own account of it would cost something on every request.
 */
function answerUnderWay(
  socket: Socket & { _httpMessage?: ServerResponse | null },
): ServerResponse | undefined {
  return socket._httpMessage ?? undefined;
}
