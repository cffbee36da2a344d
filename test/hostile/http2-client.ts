/** HTTP/2 as hostile clients speak it, over one session that is begun again when the server has ended it. */
import * as http2 from "node:http2";
import type { HttpClient, Received } from "./http-client.js";

/** A stream that is still open after `limitMs` is given up, with what has come so far. */
export function http2Client(port: number, limitMs = 5_000): HttpClient & Disposable {
  let session: http2.ClientHttp2Session | undefined;
  const current = (): http2.ClientHttp2Session => {
    if (session === undefined || session.closed || session.destroyed) {
      session = http2.connect(`http://127.0.0.1:${port}`).on("error", () => {});
    }
    return session;
  };
  const send: HttpClient = ({ method, path, headers = {}, body }) =>
    new Promise((resolve) => {
      const stream = current().request({ ":method": method, ":path": path, ...headers });
      const received: Received = { status: 0, headers: {}, text: "", trailers: {} };
      const chunks: Buffer[] = [];
      const limit = setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), limitMs);
      const trailers = (given: NodeJS.Dict<string | string[]>): void => {
        for (const [name, value] of Object.entries(given)) received.trailers[name] = String(value);
      };
      stream
        .on("response", (given) => {
          received.status = given[":status"] ?? 0;
          received.headers = given;
          // An answer of gRPC without messages has its trailers here.
          trailers(given);
        })
        .on("trailers", trailers)
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("error", () => {})
        .on("close", () => {
          clearTimeout(limit);
          resolve({ ...received, text: Buffer.concat(chunks).toString() });
        })
        .end(body);
    });
  return Object.assign(send, { [Symbol.dispose]: () => session?.destroy() });
}
