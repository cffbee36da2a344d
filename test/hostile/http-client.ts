/** HTTP/1.1 as hostile clients speak it: paths and headers go out as they are given. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

export interface Received {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  /** Those of HTTP/1.1, which come last. */
  trailers: NodeJS.Dict<string>;
}

export type HttpClient = (sent: Sent) => Promise<Received>;

/** Keeps `connections` open and uses them again. */
export function httpClient(port: number, connections: number): HttpClient & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = async ({ method, path, headers: given = {}, body }: Sent, again = true): Promise<Received> => {
    // Node leaves the body of a DELETE without a frame.
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const headers = { ...length, ...given };
    try {
      return await new Promise<Received>((resolve, reject) => {
        const outgoing = request(
          {
            agent,
            host: "127.0.0.1",
            port,
            method,
            path: path.replaceAll(/[^!-~]/g, encodeURIComponent),
            headers,
          },
          (answer) => {
            const { statusCode = 0 } = answer;
            text(answer).then(
              (all) =>
                resolve({
                  status: statusCode,
                  headers: answer.headers,
                  text: all,
                  trailers: answer.trailers,
                }),
              reject,
            );
          },
        );
        outgoing.on("error", reject).end(body);
      });
    } catch (error) {
      // The server has ended an idle connection, or one after a body that it did not want.
      if (again && ["ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? ""))
        return send({ method, path, headers, ...(body === undefined ? {} : { body }) }, false);
      throw error;
    }
  };
  return Object.assign((sent: Sent) => send(sent), { [Symbol.dispose]: () => agent.destroy() });
}
