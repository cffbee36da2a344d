/**
 * Which HTTP a fresh connection speaks, told by its first bytes: HTTP/2 without TLS and with prior knowledge begins with
 * a fixed preface (RFC 9113 section 3.4) that no HTTP/1.1 request can begin with.
 */
import type { Socket } from "node:net";

export type HttpVersion = "http1" | "http2";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/**
 * Calls `decided` once, as soon as the bytes differ from the preface or complete it, with everything read put back on the
 * socket. A socket that ends before that, or has not told within `limitMs`, is destroyed and nothing is called.
 */
export function detectHttpVersion(
  socket: Socket,
  limitMs: number,
  decided: (version: HttpVersion) => void,
): void {
  let head: Buffer = Buffer.alloc(0);
  // Counted from the start: a byte now and then must not prolong it, as it would a socket timeout.
  const limit = setTimeout(() => socket.destroy(), limitMs);
  const giveUp = () => socket.destroy();
  const release = () => {
    clearTimeout(limit);
    socket.off("readable", look).off("end", giveUp).off("close", release);
  };
  const look = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null || socket.destroyed) return;
    head = Buffer.concat([head, chunk]);
    const length = Math.min(head.length, PREFACE.length);
    const alike = head.compare(PREFACE, 0, length, 0, length) === 0;
    if (alike && length < PREFACE.length) return;
    release();
    socket.unshift(head);
    decided(alike ? "http2" : "http1");
  };
  socket.on("readable", look).on("end", giveUp).on("close", release);
}
