/**
 * Ending a port without losing what was sent to it: the system resets the connections that it has made and nobody has
 * accepted yet, together with the requests that clients have sent over them.
 */
import type { Server } from "node:net";

/** How long to go on where there is always one that waits. */
const LIMIT_MS = 1_000;
/** A turn of the event loop in which nothing was done. */
const QUIET_TURN_MS = 0.1;

/** Calls `close` as soon as no connection waits to be accepted; it must close the port at once. */
export function whenNoneWaits(server: Server, close: () => void): void {
  let accepted = 0;
  const count = () => accepted++;
  server.on("connection", count);
  narrow(server);
  const limit = performance.now() + LIMIT_MS;
  const look = (before: number, start: number) => {
    const now = performance.now();
    // One is accepted per turn, and more come in a turn that takes long.
    if ((accepted === before && now - start < QUIET_TURN_MS) || now > limit) {
      server.off("connection", count);
      close();
    } else setImmediate(look, accepted, now);
  };
  setImmediate(look, -1, 0);
}

/**
 * Lets one connection wait at most, so that no more than one can come between the last look and the end, and only where
 * the machine is so busy that this takes long; the systems of the others ask again and are refused. There is no
 * documented way to this.
 */
function narrow(server: Server & { _handle?: { listen?: (backlog: number) => unknown } | null }): void {
  server._handle?.listen?.(0);
}
