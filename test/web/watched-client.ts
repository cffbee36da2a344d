/** A client of the browser side, and what passes between it and the server. */
import { type ClientOptions, createProfileClient, type ProfileClient } from "../../web/client/index.js";

export interface WatchedClient {
  client: ProfileClient;
  /** `304 GET /api/chat/profiles/agent`, in the order of the answers. */
  answers: string[];
}

export function watchedClient(options: ClientOptions): WatchedClient {
  const answers: string[] = [];
  const watched: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const { pathname, search } = new URL(String(input));
    answers.push(`${answer.status} ${init?.method} ${pathname}${search}`);
    return answer;
  };
  return { client: createProfileClient({ fetch: watched, ...options }), answers };
}

/** What a call rejects with; fails where it does not. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new TypeError("the call was not refused");
    },
    (reason: unknown) => reason,
  );
}
