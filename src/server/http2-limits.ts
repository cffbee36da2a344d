/**
 * Times for what a client of HTTP/2 has begun and must finish, as node:http has them for HTTP/1.1. What both sides may leave
 * idle, sessions and streams whose request has arrived, has none.
 */
import { constants, type Http2Server, type ServerHttp2Stream } from "node:http2";

export interface Http2Limits {
  /** How long a client may take to acknowledge the server's settings (RFC 9113 6.5.3), in ms. Default 60,000. */
  readonly settingsTimeoutMs?: number;
  /**
   * How long the body of a request may take to arrive where nothing has been answered meanwhile, in ms. Default 300,000, as
   * node:http's `requestTimeout`.
   */
  readonly requestTimeoutMs?: number;
}

export function limitHttp2(
  server: Http2Server,
  { settingsTimeoutMs = 60_000, requestTimeoutMs = 300_000 }: Http2Limits = {},
): void {
  server.on("session", (session) => {
    const limit = setTimeout(
      () => session.destroy(undefined, constants.NGHTTP2_SETTINGS_TIMEOUT),
      settingsTimeoutMs,
    ).unref();
    const done = (): void => clearTimeout(limit);
    session.once("localSettings", done).once("close", done);
  });
  const limitRequest = (stream: ServerHttp2Stream): void => {
    if (stream.readableEnded || stream.closed) return;
    const limit = setTimeout(() => {
      if (!stream.headersSent && !stream.readableEnded) stream.close(constants.NGHTTP2_CANCEL);
    }, requestTimeoutMs).unref();
    stream.once("close", () => clearTimeout(limit));
  };
  /** Most bodies arrive together with their headers: only those that have not by the end of the turn are worth a timer. */
  let begun: ServerHttp2Stream[] = [];
  server.on("stream", (stream) => {
    if (stream.endAfterHeaders) return;
    if (begun.push(stream) > 1) return;
    setImmediate(() => {
      const streams = begun;
      begun = [];
      for (const stream of streams) limitRequest(stream);
    });
  });
}
