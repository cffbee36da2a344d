/** Answers to what is no HTTP/1.1 that can be read, or not in time: nothing is known of such a request. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

const STATUS_BY_CODE = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_HEADER_OVERFLOW", 431],
]);

/** Fastify's `clientErrorHandler`. Without a body, as node:http answers: to a HEAD one would be taken for the next answer. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const status = STATUS_BY_CODE.get(error.code ?? "") ?? 400;
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
  socket.destroy(error);
}
