/** One HTTP request: what is sent with it, when it is tried again, and what is kept of its answer (spec 7.1). */
import { ProfileRegistryError, refusal } from "./error.js";
import { createKeptAnswers } from "./kept-answers.js";

export interface ClientOptions {
  /** Where the server is, such as `https://chat.example.org`. Default: where the page came from. */
  baseUrl?: string;
  /** Where REST is mounted on it. Default `/api/chat`. */
  prefix?: string;
  /** For methods that take a registry and are given none. Default: the server's default registry. */
  registry?: string;
  /** Default: the global one. */
  fetch?: typeof fetch;
  /** Sent with every request; a function is asked anew for each. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
}

export interface Sent {
  query?: { [name: string]: string | number | boolean | undefined };
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  file?: { body: Blob | string; type: string };
  /** Makes a write safe to try again. */
  key?: string;
  /** Whether it is safe to try again without a key. Default: for reads. */
  repeatable?: boolean;
  signal?: AbortSignal | undefined;
}

export interface Received {
  text: string;
  link: string | null;
}

export interface Transport {
  /** `path` is below the prefix; one that starts with `//` is of the server itself. */
  ask(method: string, path: string, sent?: Sent): Promise<Received>;
  /** The same, for an answer that is to be read as it comes. */
  open(method: string, path: string, sent?: Sent): Promise<Response>;
}

const MOST_TRIES = 4;
/** A server that wants to be left alone for longer is an error now, not an answer later. */
const LONGEST_WAIT_S = 30;
const DEFAULT_WAIT_S = 1;

export function createTransport(options: ClientOptions): Transport {
  const { prefix = "/api/chat", headers } = options;
  const base = (options.baseUrl ?? "").replace(/\/+$/, "");
  const kept = createKeptAnswers();
  // Browsers refuse to call it as a method of something else.
  const send: typeof fetch = (...request) => (options.fetch ?? fetch)(...request);

  const urlOf = (path: string, { query = {} }: Sent): string => {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    const text = parameters.size > 0 ? `?${parameters}` : "";
    return base + (path.startsWith("//") ? path.slice(1) : prefix + path) + text;
  };

  const request = async (method: string, url: string, sent: Sent, etag?: string): Promise<Response> => {
    const { json, file, key, signal = null, repeatable = method === "GET" || key !== undefined } = sent;
    for (let tried = 1; ; tried += 1) {
      const head = new Headers(await (typeof headers === "function" ? headers() : headers));
      if (json !== undefined) head.set("content-type", "application/json");
      if (file !== undefined) head.set("content-type", file.type);
      if (key !== undefined) head.set("idempotency-key", key);
      if (etag !== undefined) head.set("if-none-match", etag);
      const body = json === undefined ? (file?.body ?? null) : JSON.stringify(json);
      const answer = await unlessLost(
        send(url, { method, headers: head, body, signal, credentials: "include" }),
        signal,
      );
      const wait = answer.status === 429 || answer.status === 503 ? secondsToWait(answer) : undefined;
      if (!repeatable || wait === undefined || wait > LONGEST_WAIT_S || tried === MOST_TRIES) return answer;
      await answer.body?.cancel();
      await pause(wait * 1_000, signal);
    }
  };

  const orRefusal = async (answer: Response, signal: AbortSignal | undefined): Promise<Response> => {
    if (answer.ok) return answer;
    throw refusal(answer.status, await unlessLost(answer.text(), signal));
  };

  return {
    async ask(method, path, sent = {}) {
      const url = urlOf(path, sent);
      const known = method === "GET" ? kept.get(url) : undefined;
      const answer = await request(method, url, sent, known?.etag);
      if (answer.status === 304 && known !== undefined) {
        kept.keep(url, known);
        return known;
      }
      const { headers } = await orRefusal(answer, sent.signal);
      const received = { text: await unlessLost(answer.text(), sent.signal), link: headers.get("link") };
      const etag = headers.get("etag");
      if (method === "GET" && etag !== null) kept.keep(url, { ...received, etag });
      return received;
    },

    open: async (method, path, sent = {}) =>
      orRefusal(await request(method, urlOf(path, sent), sent), sent.signal),
  };
}

/** What was aborted rejects with the signal's reason, as `fetch` itself does. */
async function unlessLost<T>(answer: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ProfileRegistryError({
      status: 0,
      code: "network",
      detail: "the server cannot be reached",
      cause,
    });
  }
}

/** `Retry-After` is a number of seconds or a date (RFC 9110 10.2.3). */
function secondsToWait({ headers }: Response): number {
  const text = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? DEFAULT_WAIT_S : Math.max(0, seconds);
}

function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    signal?.addEventListener("abort", aborted, { once: true });
    if (signal?.aborted) aborted();
  });
}
