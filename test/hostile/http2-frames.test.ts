/** Frames of HTTP/2 that are broken, out of order, or far too many. */
import { afterAll, describe, expect, test } from "vitest";
import { endBy, FLAG, frame, headerBlock, pseudo, session, streamErrors, TYPE } from "./http2-raw.js";
import { exchange } from "./raw-connection.js";
import { hostileTarget } from "./target.js";

const target = hostileTarget();
afterAll(() => target.healthy());

const END = FLAG.endHeaders | FLAG.endStream;
const JSON_TYPE: [string, string] = ["content-type", "application/json"];
const get = (path: string, others: [string, string][] = [], stream = 1) =>
  frame(TYPE.headers, END, stream, headerBlock([...pseudo("GET", path), ...others]));
const post = (others: [string, string][], stream = 1) =>
  frame(
    TYPE.headers,
    FLAG.endHeaders,
    stream,
    headerBlock([...pseudo("POST", "/api/chat/resolve"), JSON_TYPE, ...others]),
  );
const repeat = (count: number, one: (i: number) => Uint8Array | Uint8Array[]) =>
  Array.from({ length: count }, (_, i) => one(i)).flat();

const BROKEN_SESSIONS: Record<string, Uint8Array> = {
  "data for the session": session(frame(TYPE.data, 0, 0, "x")),
  "data for a stream that has not begun": session(frame(TYPE.data, 0, 5, "x")),
  "a stream with an even number": session(get("/healthz", [], 2)),
  "settings of the wrong length": session(frame(TYPE.settings, 0, 0, "abc")),
  "settings of a stream": session(frame(TYPE.settings, 0, 1)),
  "a window that is too large": session(frame(TYPE.settings, 0, 0, Buffer.of(0, 4, 255, 255, 255, 255))),
  "a window that grows by nothing": session(frame(TYPE.windowUpdate, 0, 0, Buffer.alloc(4))),
  "a frame that says it is of 16 MB": session(frame(TYPE.headers, END, 1, "", 0xff_ffff)),
  "a continuation of nothing": session(frame(TYPE.continuation, FLAG.endHeaders, 1)),
  "a push": session(frame(TYPE.push, FLAG.endHeaders, 1, Buffer.alloc(4))),
  "a header block that is none": session(frame(TYPE.headers, END, 1, Buffer.alloc(6, 255))),
  "more padding than frame": session(frame(TYPE.headers, END | FLAG.padded, 1, Buffer.of(250))),
  "100,000 pings": session(...repeat(100_000, () => frame(TYPE.ping, 0, 0, Buffer.alloc(8)))),
  "100,000 settings": session(...repeat(100_000, () => frame(TYPE.settings, 0, 0))),
  "10,000 streams, each reset at once": session(
    ...repeat(10_000, (i) => [
      get("/api/chat/resolve", [], 2 * i + 1),
      frame(TYPE.reset, 0, 2 * i + 1, Buffer.of(0, 0, 0, 8)),
    ]),
  ),
  "10,000 uploads, each reset at once": session(
    ...repeat(10_000, (i) => [post([], 2 * i + 1), frame(TYPE.reset, 0, 2 * i + 1, Buffer.of(0, 0, 0, 8))]),
  ),
  "a header that goes on for 20,000 frames": session(
    frame(TYPE.headers, 0, 1, headerBlock(pseudo("GET", "/healthz"))),
    ...repeat(20_000, () => frame(TYPE.continuation, 0, 1, headerBlock([["x", "y".repeat(100)]]))),
  ),
  "100,000 empty continuations": session(
    frame(TYPE.headers, 0, 1, headerBlock(pseudo("GET", "/healthz"))),
    ...repeat(100_000, () => frame(TYPE.continuation, 0, 1)),
  ),
  "100,000 empty pieces of a body": session(post([]), ...repeat(100_000, () => frame(TYPE.data, 0, 1))),
};

describe("the session is ended:", () => {
  for (const [name, bytes] of Object.entries(BROKEN_SESSIONS)) {
    test(name, async () => {
      const { text, closed } = await exchange(target.port(), bytes, (sent) => endBy(sent) > 0);
      // Some are told why; the connection then ends with its client, or with the time for settings.
      expect(closed || endBy(text) > 0).toBe(true);
      await target.healthy();
    });
  }
});

const BROKEN_STREAMS: Record<string, Uint8Array> = {
  "no path": frame(
    TYPE.headers,
    END,
    1,
    headerBlock(pseudo("GET", "/").filter(([name]) => name !== ":path")),
  ),
  "an empty path": get(""),
  "a path that does not begin with a slash": get("healthz"),
  "two methods": get("/healthz", [[":method", "POST"]]),
  "an upper case name": get("/healthz", [["X-A", "b"]]),
  "a header of connections": get("/healthz", [["connection", "close"]]),
  chunks: get("/healthz", [["transfer-encoding", "chunked"]]),
  "1,000 headers": get(
    "/healthz",
    repeat(1_000, (i) => Buffer.of(i)).map((_, i) => [`x${i}`, "y"]),
  ),
  "a length that is another": Buffer.concat([
    post([["content-length", "5"]]),
    frame(TYPE.data, FLAG.endStream, 1, "{}"),
  ]),
};

describe("the stream is reset, and the session goes on:", () => {
  for (const [name, frames] of Object.entries(BROKEN_STREAMS)) {
    test(name, async () => {
      const bytes = session(frames, get("/healthz", [], 3));
      const { text, closed } = await exchange(target.port(), bytes, (sent) => sent.includes("alive"));
      expect(closed).toBe(false);
      expect(streamErrors(text)).toEqual([1]);
      expect(text).toContain('{"status":"alive"}');
    });
  }
});

test("a method that there is not is malformed", async () => {
  const bytes = session(frame(TYPE.headers, END, 1, headerBlock(pseudo("BREW", "/api/chat/resolve"))));
  expect((await exchange(target.port(), bytes, (sent) => sent.includes("code"))).text).toContain(
    '"code":"malformed"',
  );
});

test("a header of 15 KB is none too large", async () => {
  const bytes = session(get("/healthz", [["x", "x".repeat(15_000)]]));
  expect((await exchange(target.port(), bytes, (sent) => sent.includes("alive"))).text).toContain(
    '{"status":"alive"}',
  );
});
