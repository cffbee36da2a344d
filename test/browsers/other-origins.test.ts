import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeInChromium } from "./chromium.js";
import { call, type Sent, send } from "./in-page.js";
import { sharedService } from "./service.js";
import { pageWith, redirectTo, sharedSite } from "./site.js";

const RPC = "/profileregistry.v1.ProfileRegistryService";
const TAKEOVER = JSON.stringify({ slug: "default", set_default: true });

const READS = [
  ["the profiles", "/api/chat/profiles"],
  ["a profile", "/api/chat/profiles/default"],
  ["the choice of profile", "/api/chat/profile"],
  ["what a GET resolves", "/api/chat/resolve"],
  ["the registries", "/api/chat/registries"],
  ["the schemas", "/api/chat/schemas/middlewares"],
  ["whether the service is alive", "/healthz"],
  ["whether it is ready", "/readyz"],
  ["its version", "/version"],
  ["a Connect GET", `${RPC}/GetProfile?connect=v1&encoding=json&message=%7B%22slug%22%3A%22agent%22%7D`],
] as const;

/** What browsers send without asking first. */
const SIMPLE_WRITES: readonly [string, string, Sent, string][] = [
  [
    "a POST without a body",
    "/api/chat/profiles/agent/default",
    {},
    "403 POST /api/chat/profiles/:slug/default",
  ],
  [
    "a POST that outlives its page",
    "/api/chat/profiles/agent/default",
    { keepalive: true },
    "403 POST /api/chat/profiles/:slug/default",
  ],
  ["JSON as text/plain", "/api/chat/profiles", { text: TAKEOVER }, "403 POST /api/chat/profiles"],
  [
    "fields of a form",
    "/api/chat/profiles",
    { text: "slug=taken", headers: { "content-type": "application/x-www-form-urlencoded" } },
    "403 POST /api/chat/profiles",
  ],
  ["a multipart form", "/api/chat/profiles", { form: { slug: "taken" } }, "403 POST /api/chat/profiles"],
  ["a choice of profile", "/api/chat/profile", { text: '{"slug":"agent"}' }, "403 POST /api/chat/profile"],
];

/** What they ask for first. */
const ASKED_WRITES: readonly [string, string, Sent, string][] = [
  ["a POST of JSON", "/api/chat/profiles", { method: "POST", json: { slug: "taken" } }, "/api/chat/profiles"],
  ["a PATCH", "/api/chat/profiles/agent", { method: "PATCH", json: {} }, "/api/chat/profiles/:slug"],
  ["a PATCH without a body", "/api/chat/profiles/agent", { method: "PATCH" }, "/api/chat/profiles/:slug"],
  ["a DELETE", "/api/chat/profiles/agent", { method: "DELETE" }, "/api/chat/profiles/:slug"],
  ["a DELETE of the choice", "/api/chat/profile", { method: "DELETE" }, "/api/chat/profile"],
  [
    "a POST with If-Match",
    "/api/chat/profiles/agent/default",
    { method: "POST", headers: { "if-match": '"1.1"' } },
    "/api/chat/profiles/:slug/default",
  ],
];

const CALLS = (["Connect", "Connect GET", "Connect JSON", "gRPC-Web", "gRPC-Web JSON"] as const).flatMap(
  (protocol) =>
    [
      ["ResolveProfile", protocol, {}],
      ["CreateProfile", protocol, { profile: { slug: "taken" } }],
      ["DeleteProfile", protocol, { slug: "agent" }],
    ] as const,
);

describeInChromium("a page on another origin", ({ open, shared }) => {
  const friend = sharedSite();
  const stranger = sharedSite();

  describe.each([
    ["where --cors-origin names others", () => ({ "cors-origin": [friend.origin()] })],
    ["without --cors-origin", () => ({})],
  ])("%s", (_name, flags) => {
    const service = sharedService(flags);
    const page = shared(stranger.origin);
    /** What the browser said of the answers that it withheld. */
    const withheld: string[] = [];
    let revision = 0;

    beforeAll(() => {
      page().on("console", (message) => {
        if (message.text().includes("blocked by CORS policy")) withheld.push(message.text());
      });
    });
    beforeEach(async () => {
      // On the same host the browser sends it along, whatever the port.
      await page()
        .context()
        .addCookies([{ name: "chat_profile", value: "default", url: service.url() }]);
      revision = await service.revision();
      withheld.length = 0;
    });

    /** What came to be called: a call that is refused before it is read is logged as unreadable. */
    const understood = (): string[] =>
      service.answers().filter((answer) => !answer.startsWith("unreadable "));

    async function expectNothingChanged(): Promise<void> {
      expect(await service.revision()).toBe(revision);
      const cookies = await page().context().cookies();
      expect(cookies.map(({ name, value }) => `${name}=${value}`)).toEqual(["chat_profile=default"]);
    }

    test.each(READS)("it cannot read %s", async (_name, path) => {
      const url = service.url() + path;
      expect(await send(page(), url)).toEqual({ type: "failed" });
      await expect.poll(() => withheld).toContainEqual(expect.stringContaining(path));
      expect(await send(page(), url, { mode: "no-cors" })).toEqual({ type: "opaque" });
    });

    test("it cannot read what a POST resolves", async () => {
      const url = `${service.url()}/api/chat/resolve`;
      expect(await send(page(), url, { method: "POST" })).toEqual({ type: "failed" });
      expect(await send(page(), url, { method: "POST", json: {} })).toEqual({ type: "failed" });
      await expect.poll(() => withheld).toHaveLength(2);
    });

    test.each(SIMPLE_WRITES)("%s is refused", async (_name, path, sent, answer) => {
      const url = service.url() + path;
      expect(await send(page(), url, { method: "POST", ...sent })).toEqual({ type: "failed" });
      expect(await send(page(), url, { method: "POST", ...sent, mode: "no-cors" })).toEqual({
        type: "opaque",
      });
      await expect.poll(service.answers).toEqual([answer, answer]);
      await expectNothingChanged();
    });

    test.each(ASKED_WRITES)("%s is not even sent", async (_name, path, sent, route) => {
      expect(await send(page(), service.url() + path, sent)).toEqual({ type: "failed" });
      await expect.poll(() => withheld).toContainEqual(expect.stringContaining("preflight"));
      expect(service.answers()).toEqual([`204 OPTIONS ${route}`]);
      await expectNothingChanged();
    });

    test.each(CALLS)("%s over %s comes to nothing", async (method, protocol, request) => {
      const { code } = await call(page(), { baseUrl: service.url(), protocol, method, request });
      expect(code).toBe("Unknown");
      await expect.poll(() => withheld).toContainEqual(expect.stringContaining(method));
      expect(understood()).toEqual([]);
      await expectNothingChanged();
    });

    test.each(["text/plain", "application/x-www-form-urlencoded"])(
      "an RPC as %s is refused",
      async (type) => {
        const sent: Sent = { method: "POST", headers: { "content-type": type }, text: '{"slug":"agent"}' };
        expect(await send(page(), `${service.url()}${RPC}/DeleteProfile`, sent)).toEqual({ type: "failed" });
        expect(understood()).toEqual([]);
        await expectNothingChanged();
      },
    );

    test("a write as a Connect GET is refused", async () => {
      const message = encodeURIComponent('{"slug":"agent"}');
      const url = `${service.url()}${RPC}/DeleteProfile?connect=v1&encoding=json&message=${message}`;
      expect(await send(page(), url, { mode: "no-cors" })).toEqual({ type: "opaque" });
      expect(understood()).toEqual([]);
      await expectNothingChanged();
    });

    test.each([
      ["nothing", ""],
      ["text", `, ${JSON.stringify(TAKEOVER)}`],
      ["a form", ", new URLSearchParams('slug=taken')"],
    ])("a beacon of %s is refused", async (_name, data) => {
      const url = `${service.url()}/api/chat/profiles/agent/default`;
      expect(await page().evaluate(`navigator.sendBeacon("${url}"${data})`)).toBe(true);
      await expect.poll(service.answers).toEqual(["403 POST /api/chat/profiles/:slug/default"]);
      await expectNothingChanged();
    });

    test.each(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])(
      "a form sent as %s is refused",
      async (type) => {
        const form = `<form method="post" enctype="${type}" action="${service.url()}/api/chat/profiles/agent/default">`;
        const other = await open(
          pageWith(stranger.origin(), `${form}<button name="slug" value="a">Win</button>`),
        );
        await other.click("button");
        await expect.poll(service.answers).toEqual(["403 POST /api/chat/profiles/:slug/default"]);
        await expectNothingChanged();
      },
    );

    test("a form sent by way of an allowed origin is refused", async () => {
      const way = redirectTo(friend.origin(), `${service.url()}/api/chat/profiles/agent/default`);
      const form = `<form method="post" action="${way}"><button>Win</button></form>`;
      const other = await open(pageWith(stranger.origin(), form));
      await other.click("button");
      await expect.poll(service.answers).toEqual(["403 POST /api/chat/profiles/:slug/default"]);
      await expectNothingChanged();
    });
  });
});
