/** Requests without end, and what became of them. */
import { CLIENTS, type ClientKind } from "./stop-clients.js";

export interface Load {
  /** How many were answered so far. */
  readonly answered: number;
  /** Resolves with what was lost when every sender has been refused, or has lost a request. */
  readonly ended: Promise<readonly string[]>;
}

/** Clients of that kind that each send until nobody listens: every second one at once after an answer, the others by and by. */
export function startLoad(url: string, kind: ClientKind, senders: number, pauseMs = 20): Load {
  let answered = 0;
  const lost: string[] = [];
  const sendUntilRefused = async (longestPauseMs: number): Promise<void> => {
    const client = CLIENTS[kind](url);
    try {
      while ((await client.send()) === "answered") {
        answered++;
        const pause = Math.random() * longestPauseMs;
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      }
    } catch (error) {
      lost.push(describe(error));
    } finally {
      client.close();
    }
  };
  const ended = Promise.all(
    Array.from({ length: senders }, (_, i) => sendUntilRefused(i % 2 === 0 ? 0 : pauseMs)),
  );
  return {
    get answered() {
      return answered;
    },
    ended: ended.then(() => lost),
  };
}

/** With the reasons that are only in the cause. */
export function describe(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) texts.push(at.message);
  return texts.join(": ");
}
