/**
 * Connections that the first process hands to a worker which dies before it takes them: Node forgets them, and their clients
 * would wait for ever. They are given to another worker instead, by the answer that a living worker gives when it cannot take
 * one. There is no documented way to this; where Node comes to speak otherwise nothing happens.
 */
import type { Worker } from "node:cluster";

interface ClusterMessage {
  cmd?: string;
  act?: string;
  seq?: number;
  ack?: number;
}

/** To be called for each worker when it is forked. */
export function rescueHandedConnections({ process: worker }: Worker): void {
  const handed = new Set<number>();
  const send = worker.send;
  worker.send = function (this: typeof worker, ...args: unknown[]): boolean {
    const { act, seq } = (args[0] ?? {}) as ClusterMessage;
    if (act === "newconn" && seq !== undefined) handed.add(seq);
    return Reflect.apply(send, this, args) as boolean;
  };
  worker.on("internalMessage", ({ ack }: ClusterMessage) => {
    if (ack !== undefined) handed.delete(ack);
  });
  // Only then is it no more among those that connections are handed to.
  worker.once("exit", () =>
    setImmediate(() => {
      for (const ack of handed)
        worker.emit("internalMessage", { cmd: "NODE_CLUSTER", ack, accepted: false } satisfies object);
    }),
  );
}
