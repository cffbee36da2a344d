/** REST as `check` asks it: like a browser, and with every answer looked at. */
import { isObject, type Json, type JsonObject } from "../domain/json.js";
import { unreachable } from "./target.js";

/** Longer than a server that is well takes for anything that is asked. */
const TIMEOUT_MS = 10_000;

export interface Sent {
  body?: JsonObject;
  cookie?: string;
}

export interface Answer {
  body: Json | undefined;
  headers: Headers;
}

/** Sends a request below the server's root. Throws, in a line, where there is no answer or one of another status. */
export type Ask = (request: string, status: number, sent?: Sent) => Promise<Answer>;

/** Requests are written as `METHOD /path`. */
export function createAsk(server: URL): Ask {
  return async (request, status, { body, cookie } = {}) => {
    const [method = "", path = ""] = request.split(" ", 2);
    const response = await fetch(new URL(path, server), {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookie === undefined ? {} : { cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      throw new Error(unreachable(server, error.cause ?? error));
    });
    const answer = (await response.json().catch(() => undefined)) as Json | undefined;
    if (response.status !== status) {
      const detail = isObject(answer) && typeof answer.detail === "string" ? ` (${answer.detail})` : "";
      throw new Error(`${request} answered ${response.status}${detail}, not ${status}`);
    }
    return { body: answer, headers: response.headers };
  };
}

/** Throws where an answer does not have what it should. */
export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

export function objectOf({ body }: Answer): JsonObject {
  demand(isObject(body), "the answer is no JSON object");
  return body as JsonObject;
}

export function listOf({ body }: Answer): JsonObject[] {
  demand(Array.isArray(body) && body.every(isObject), "the answer is no list");
  return body as JsonObject[];
}
