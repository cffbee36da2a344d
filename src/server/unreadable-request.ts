/** Answers to what is no HTTP/1.1 that can be read, or not in time: no route, and so no edge, is known of such a request. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

const STATUS_BY_CODE = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_HEADER_OVERFLOW", 431],
]);
const DETAILS: Record<number, string> = {
  400: "the request is not HTTP/1.1 that can be read",
  408: "the request did not arrive in time",
  431: "the request line and the headers are too long",
};

/**
 * Fastify's `clientErrorHandler`: a problem (RFC 9457), but only headers to what begins as a HEAD, whose client would take a body for the
 * next answer. Only the packet that cannot be read is known here.
 */
export function answerUnreadable(
  error: Error & { code?: string; rawPacket?: unknown },
  socket: Socket,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const status = STATUS_BY_CODE.get(error.code ?? "") ?? 400;
  const title = STATUS_CODES[status];
  const problem = JSON.stringify({ type: "about:blank", title, status, detail: DETAILS[status] });
  const isHead = Buffer.isBuffer(error.rawPacket) && error.rawPacket.toString("latin1", 0, 5) === "HEAD ";
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
        `content-length: ${Buffer.byteLength(problem)}\r\n\r\n${isHead ? "" : problem}`,
    );
  socket.destroy(error);
}
