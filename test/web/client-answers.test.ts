/** What the browser client makes of answers: kept, busy, lost, older, none of ours. */
import { describe, expect, test, vi } from "vitest";
import { createProfileClient } from "../../web/client/index.js";
import { newKey } from "../../web/client/new-key.js";
import { sharedServer } from "../support/rest.js";
import { standIn } from "./stand-in.js";
import { refusalOf, watchedClient } from "./watched-client.js";

const server = sharedServer();
const BUSY = { status: 503, headers: { "retry-after": "0" }, body: { code: "unavailable", detail: "busy" } };

describe("what was read", () => {
  test("is asked for with its ETag, and given again where it is the same", async () => {
    const { client, answers } = watchedClient({ baseUrl: server.url() });
    const first = await client.getProfile("agent");
    first.display_name = "changed by the page";
    expect((await client.getProfile("agent")).display_name).not.toBe("changed by the page");
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["200", "304"]);
  });

  test("is read anew where it was written", async () => {
    const { client, answers } = watchedClient({ baseUrl: server.url() });
    await client.createProfile({ slug: "moving" });
    await client.updateProfile(await client.getProfile("moving"), { description: "new" });
    expect((await client.getProfile("moving")).description).toBe("new");
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["201", "200", "200", "200"]);
  });

  test("keeps the link to the next page", async () => {
    const { client, answers } = watchedClient({ baseUrl: server.url() });
    const list = client.listProfiles({ pageSize: 1 });
    const { next } = await list.page();
    expect(await list.page()).toMatchObject({ next });
    expect(next).toContain("after=");
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["200", "304"]);
  });

  test("is kept of the last hundred addresses", async () => {
    const { url, headers } = await standIn(() => ({ headers: { etag: '"1"' }, body: [] }));
    const client = createProfileClient({ baseUrl: url });
    for (let i = 0; i <= 100; i += 1) await client.listProfiles({ tag: `t${i}` }).page();
    await client.listProfiles({ tag: "t100" }).page();
    await client.listProfiles({ tag: "t0" }).page();
    expect(headers.slice(-2).map((sent) => sent["if-none-match"])).toEqual(['"1"', undefined]);
  });
});

describe("a server that is busy", () => {
  test("is asked again after the time that it names", async () => {
    const { url, asked } = await standIn((_, before) =>
      before === 0 ? { ...BUSY, headers: { "retry-after": "1" } } : { body: { slug: "a" } },
    );
    const begun = performance.now();
    expect(await createProfileClient({ baseUrl: url }).getProfile("a")).toEqual({ slug: "a" });
    expect(asked).toHaveLength(2);
    expect(performance.now() - begun).toBeGreaterThan(950);
  });

  test("gets a write again under the same key, which differs from write to write", async () => {
    const { url, headers } = await standIn((_, before) =>
      before === 1 ? { body: {} } : { ...BUSY, status: 429 },
    );
    const client = createProfileClient({ baseUrl: url });
    await client.createProfile({ slug: "a" });
    await refusalOf(client.createProfile({ slug: "a" }));
    const [first, again, other] = headers.map((sent) => sent["idempotency-key"]);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test("is given up after four tries", async () => {
    const { url, asked } = await standIn(() => BUSY);
    const refused = await refusalOf(createProfileClient({ baseUrl: url }).getProfile("a"));
    expect(refused).toMatchObject({ status: 503, code: "unavailable", detail: "busy" });
    expect(asked).toHaveLength(4);
  });

  test("is not waited for where it wants more than half a minute", async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const { url, asked } = await standIn(() => ({ ...BUSY, headers: { "retry-after": date } }));
    await refusalOf(createProfileClient({ baseUrl: url }).getProfile("a"));
    expect(asked).toHaveLength(1);
  });

  test("never gets outcomes twice", async () => {
    const { url, asked } = await standIn(() => BUSY);
    const refused = await refusalOf(createProfileClient({ baseUrl: url }).reportOutcomes([]));
    expect(refused).toMatchObject({ code: "unavailable" });
    expect(asked).toEqual(["POST /api/chat/rollouts/outcomes"]);
  });

  test("is not waited for once the caller has no more use for the answer", async () => {
    const { url } = await standIn(() => ({ ...BUSY, headers: { "retry-after": "20" } }));
    const caller = new AbortController();
    const call = createProfileClient({ baseUrl: url }).getProfile("a", { signal: caller.signal });
    const reason = new Error("another page is shown");
    setTimeout(() => caller.abort(reason), 50);
    expect(await refusalOf(call)).toBe(reason);
  });
});

describe("without an answer of ours", () => {
  test("the code is network where nobody is there", async () => {
    const client = createProfileClient({ baseUrl: "http://127.0.0.1:1" });
    expect(await refusalOf(client.getProfile("a"))).toMatchObject({
      name: "ProfileRegistryError",
      status: 0,
      code: "network",
      cause: expect.anything(),
    });
  });

  test("an aborted call rejects with the reason of its signal", async () => {
    const client = createProfileClient({ baseUrl: server.url() });
    const refused = await refusalOf(client.getProfile("agent", { signal: AbortSignal.abort() }));
    expect(refused).toMatchObject({ name: "AbortError" });
  });

  test.each([
    ["a proxy's page", 502, "<h1>Bad gateway</h1>", "the server answered with status 502"],
    ["a login page", 200, "<h1>Log in</h1>", "the answer is no JSON"],
    ["JSON that is no problem", 500, "null", "the server answered with status 500"],
  ])("the code is http for %s", async (_, status, body, detail) => {
    const { url } = await standIn(() => ({ status, body }));
    const refused = await refusalOf(createProfileClient({ baseUrl: url }).getProfile("a"));
    expect(refused).toMatchObject({ status, code: "http", detail });
  });
});

describe("an older server", () => {
  test("may send a list as an object with numeric keys, without pages", async () => {
    const items = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i, { slug: `p${i}` }]));
    const { url, asked } = await standIn(() => ({ body: items }));
    const slugs: string[] = [];
    for await (const { slug } of createProfileClient({ baseUrl: url }).listProfiles()) slugs.push(slug);
    expect(slugs).toEqual(Object.values(items).map(({ slug }) => slug));
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["a name", { profile: "agent" }],
    ["a document", { profile: { slug: "agent" } }],
  ])("may name the current profile under `profile`, as %s", async (_, body) => {
    const { url } = await standIn(() => ({ body }));
    const client = createProfileClient({ baseUrl: url, registry: "team" });
    const current = { slug: "agent", registry: "team", source: "cookie" };
    expect(await client.getCurrentProfile()).toEqual(current);
    expect(await client.chooseProfile("agent")).toEqual(current);
  });
});

describe("requests", () => {
  test("go where the API is mounted, with the page's own headers", async () => {
    const { url, asked, headers } = await standIn(() => ({ body: {} }));
    let token = 0;
    const client = createProfileClient({
      baseUrl: `${url}/`,
      prefix: "/chat-api",
      headers: async () => ({ authorization: `Bearer ${++token}` }),
    });
    await client.getProfile("a");
    await client.getServerInfo();
    expect(asked).toEqual(["GET /chat-api/profiles/a", "GET /version"]);
    expect(headers.map(({ authorization }) => authorization)).toEqual(["Bearer 1", "Bearer 2"]);
  });

  test("follow the link to the next page behind a proxy that takes part of the path away", async () => {
    const { url, asked } = await standIn((line) => ({
      body: [{ slug: line }],
      headers: line.includes("after=") ? {} : { link: '</profiles?limit=1&after=a>; rel="next"' },
    }));
    const list = createProfileClient({ baseUrl: `${url}/registry` }).listProfiles({ pageSize: 1 });
    for await (const _ of list);
    expect(asked[1]).toBe("GET /registry/api/chat/profiles?limit=1&after=a");
  });

  test("have keys also where browsers have no randomUUID", () => {
    const { getRandomValues } = crypto;
    vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });
    try {
      expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(newKey()).not.toBe(newKey());
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
