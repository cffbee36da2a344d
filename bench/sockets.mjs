/** HTTP/1.1 with as little of a client's own work as can be: ready requests over kept connections, one at a time on each. */
import { connect } from "node:net";

/**
 * `send(request, done)` writes a request (a Buffer) on the next free connection and calls `done` when its answer is whole.
 * Any status other than 200 ends the process's work: `failed` is called with the error.
 */
export function openConnections(url, count, failed) {
  const { hostname, port } = new URL(url);
  const free = [];
  const waiting = [];
  const sockets = Array.from({ length: count }, () => open());

  function open() {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const lane = { socket, done: undefined, head: undefined, missing: 0 };
    socket.on("data", (chunk) => read(lane, chunk)).on("error", failed);
    socket.on("close", () => lane.done !== undefined && failed(new Error(`${url} closed a connection`)));
    free.push(lane);
    return socket;
  }

  function read(lane, chunk) {
    if (lane.missing > 0) lane.missing -= chunk.length;
    else if (!readHead(lane, chunk)) return;
    if (lane.missing > 0) return;
    const { done } = lane;
    lane.done = undefined;
    const next = waiting.shift();
    if (next === undefined) free.push(lane);
    else write(lane, next.request, next.done);
    done();
  }

  function readHead(lane, chunk) {
    const bytes = lane.head === undefined ? chunk : Buffer.concat([lane.head, chunk]);
    const end = bytes.indexOf("\r\n\r\n");
    lane.head = end < 0 ? bytes : undefined;
    if (end < 0) return false;
    const head = bytes.latin1Slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (!head.startsWith("HTTP/1.1 200 ") || length === undefined)
      failed(new Error(`${url} answered ${head}`));
    lane.missing = Number(length) - (bytes.length - end - 4);
    return true;
  }

  function write(lane, request, done) {
    lane.done = done;
    lane.socket.write(request);
  }

  return {
    send(request, done) {
      const lane = free.pop();
      if (lane === undefined) waiting.push({ request, done });
      else write(lane, request, done);
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
