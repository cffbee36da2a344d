/** Bytes over TCP, and what comes back. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  /** Of the first answer over HTTP/1.1; 0 where there was none. */
  status: number;
  text: string;
  /** Whether the server has ended the connection. */
  closed: boolean;
}

/** A connection whose resets are part of what is tested. Destroy it in the end. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
    .setNoDelay()
    .on("error", () => {});
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  return socket;
}

/**
 * Sends `bytes` (latin1 where they are text) and takes what comes until the connection ends, or `enough` of it has come, or
 * for `ms`.
 */
export async function exchange(
  port: number,
  bytes: string | Uint8Array,
  enough: (text: string) => boolean = () => false,
  ms = 10_000,
): Promise<RawAnswer> {
  const socket = await rawConnection(port);
  let text = "";
  const done = new Promise<boolean>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (enough(text)) resolve(false);
    });
    void closedWithin(socket, ms).then(resolve);
  });
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  const closed = await done;
  socket.destroy();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text, closed };
}

/** Whether the connection has ended within `ms`. */
export async function closedWithin(socket: Socket, ms: number): Promise<boolean> {
  if (socket.destroyed) return true;
  socket.resume();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.off("close", onClose);
      resolve(false);
    }, ms);
    const onClose = () => {
      clearTimeout(timer);
      resolve(true);
    };
    socket.once("close", onClose);
  });
}

/** A request over HTTP/1.1 that asks for the end of the connection. `head` are further lines of header. */
export function request(method: string, path: string, head: readonly string[] = [], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  return [`${method} ${path} HTTP/1.1`, "Host: a", "Connection: close", ...head, ...length, "", body].join(
    "\r\n",
  );
}
