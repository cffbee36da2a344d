/** REST as its clients speak it. */
import { afterAll, beforeAll } from "vitest";
import type { Overrides } from "../../src/app.js";
import type { Flags } from "../../src/config.js";
import { startServer, type TestServer } from "./server.js";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where the body is empty or no JSON. */
  json: unknown;
}

export interface Sent {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** Paths are below `/api/chat`, which is the prefix of REST. */
export type RestClient = (method: string, path: string, sent?: Sent) => Promise<Answer>;

export function restClient(baseUrl: string, prefix = "/api/chat"): RestClient {
  return async (method, path, { body, raw, headers = {} } = {}) => {
    const answer = await fetch(`${baseUrl}${prefix}${path}`, {
      method,
      redirect: "manual",
      ...(raw !== undefined ? { body: raw } : body !== undefined ? { body: JSON.stringify(body) } : {}),
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    });
    const text = await answer.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // None.
    }
    return { status: answer.status, headers: answer.headers, text, json };
  };
}

/** A server that the tests of a file or `describe` share, each with names of its own. */
export function sharedServer(
  flags: Flags = {},
  overrides: Overrides = {},
): { rest: RestClient; url: () => string } {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startServer(flags, overrides);
  });
  afterAll(() => server?.stop());
  const url = () => server?.url ?? "";
  return { url, rest: (...request) => restClient(url())(...request) };
}
