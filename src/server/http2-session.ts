/** Ending HTTP/2 sessions without losing a stream that their client has begun meanwhile. */
import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";

/** GOAWAY, no error, with the highest stream id there is. */
const NOTICE = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/**
 * Stops in the two steps of RFC 9113 section 6.8: a notice that no more streams may be begun, and, once what the client
 * had sent before it read that has arrived, or after `limitMs`, the end, which lets open streams finish. `socket` is the
 * session's own.
 */
export function finishHttp2(session: ServerHttp2Session, socket: Socket, limitMs: number): void {
  const end = (): void => {
    if (!session.destroyed) session.close();
  };
  const limit = setTimeout(end, limitMs);
  session.once("close", () => clearTimeout(limit));
  const notify = (): void => {
    if (session.destroyed || session.closed) return;
    // Node's `goaway` refuses the streams that this is to let in, and stops reading a session that has none.
    socket.write(NOTICE);
    // The answer to a ping comes after all that was sent before the notice was read.
    session.ping(end);
  };
  // The first frame that a client gets must be the server's settings.
  if (session.pendingSettingsAck) session.once("localSettings", notify);
  else notify();
}
