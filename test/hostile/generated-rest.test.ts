/**
 * Every route of REST, and the probes beside it, with generated paths, queries, headers and bodies, over HTTP/1.1.
 * `HOSTILE_RUNS` says how many per route (default 8); a failure prints the seed.
 */
import fc from "fast-check";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCore } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import { restPlugin } from "../../src/rest/plugin.js";
import { hostileJson, hostileJsonText, hostileName, hostileText } from "./arbitraries.js";
import { type HttpClient, httpClient, type Sent } from "./http-client.js";
import { hostileTarget } from "./target.js";

const RUNS = Number(process.env.HOSTILE_RUNS ?? 8);
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
const target = hostileTarget();

let client: HttpClient & Disposable;
beforeAll(() => {
  client = httpClient(target.port(), 4);
});
afterAll(() => client[Symbol.dispose]());

for (const route of await routes()) {
  describe(route, () => {
    test("never fails", async () => {
      await fc.assert(
        fc.asyncProperty(requestsOf(route), async (sent) => {
          const { status, text } = await client(sent);
          expect(status, text.slice(0, 300)).toBeLessThan(500);
          if (status >= 400 && sent.method !== "HEAD") expect(text).toMatch(/"(detail|message)":"[^"]{3}/);
        }),
        { numRuns: RUNS },
      );
      await target.healthy();
    });
  });
}

/** Of the plugin as it registers them, so that a new one is tried too. */
async function routes(): Promise<string[]> {
  const core = await openCore(readConfig({ "log-level": "silent" }, {}));
  const found = new Set(["/healthz", "/readyz", "/version", "/no/such/route"]);
  const app = Fastify();
  app.addHook("onRoute", ({ url }) => void found.add(url));
  await app.register(restPlugin, { prefix: "/api/chat", services: core.services });
  await app.close();
  await core.close();
  return [...found];
}

/** A part of a path or query, sound or not in its encoding. */
const part = fc.oneof(
  { weight: 6, arbitrary: hostileName.map((name) => encodeURIComponent(name.toWellFormed())) },
  fc.constantFrom(
    "%",
    "%ff",
    "%00",
    "%2e%2e",
    "%u0041",
    "%C0%AF",
    "%ED%A0%80",
    "%2F",
    "+",
    "a".repeat(9_000),
  ),
);

const PARAMETERS = [
  "registry",
  "profile",
  "runtime",
  "limit",
  "after",
  "tag",
  "expected_version",
  "force",
  "explain",
];
const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...PARAMETERS), part), part), { maxLength: 3 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("&"));

/** What Node's client lets out. */
const headerValue = hostileText.map((text) =>
  text.slice(0, 3_000).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "\xff"),
);
const HEADERS = [
  "cookie",
  "if-match",
  "if-none-match",
  "origin",
  "accept",
  "x-request-id",
  "idempotency-key",
  "content-encoding",
  "range",
  "__proto__",
  "constructor",
];
const headers = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant("application/json") },
      fc.constantFrom(
        "text/plain",
        "application/json; charset=utf-16",
        "application/json;",
        "",
        "/",
        "multipart/form-data; boundary=x",
      ),
    ),
    fc.array(fc.tuple(fc.constantFrom(...HEADERS), headerValue), { maxLength: 2 }),
    fc.option(part.map((slug) => `chat_profile=${slug}`)),
  )
  .map(
    ([type, others, cookie]) =>
      Object.fromEntries([
        ...others,
        ["content-type", type],
        ...(cookie === null ? [] : [["cookie", cookie]]),
      ]) as Record<string, string>,
  );

const MEMBERS = [
  "slug",
  "registry",
  "display_name",
  "runtime",
  "policy",
  "extensions",
  "metadata",
  "set_default",
  "expected_version",
  "profile",
  "overrides",
  "request_overrides",
  "base_step_settings",
  "runtime_key",
  "conv_id",
  "version",
];
const RUNTIME = [
  "system_prompt",
  "middlewares",
  "tools",
  "step_settings_patch",
  "config",
  "name",
  "id",
  "tags",
  "read_only",
];
const members = (names: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc
    .array(fc.tuple(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names) }, hostileName), value), {
      maxLength: 6,
    })
    .map((pairs) => Object.fromEntries(pairs) as unknown);
const body = hostileJsonText(
  members(
    MEMBERS,
    fc.oneof(hostileJson, members(RUNTIME, fc.oneof(hostileJson, fc.array(members(RUNTIME, hostileJson))))),
  ),
);

function requestsOf(route: string): fc.Arbitrary<Sent> {
  const pieces = route.split("/").map((piece) => (piece.startsWith(":") ? part : fc.constant(piece)));
  return fc
    .record({ method: fc.constantFrom(...METHODS), pieces: fc.tuple(...pieces), query, headers, body })
    .map(({ pieces: path, query: asked, method, ...rest }) => ({
      method,
      path: path.join("/") + (asked === "" ? "" : `?${asked}`),
      headers: rest.headers,
      ...(["GET", "HEAD", "OPTIONS"].includes(method) ? {} : { body: rest.body }),
    }));
}
