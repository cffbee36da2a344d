/** A list without `limit` is whole, streamed, and of one revision (spec 2.5). */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RestClient, restClient } from "../support/rest.js";
import { startServer, type TestServer } from "../support/server.js";

const COUNT = 450;
const slug = (i: number) => `p${String(i).padStart(3, "0")}`;
const all = Array.from({ length: COUNT }, (_, i) => slug(i));

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
const rest: RestClient = (...request) => restClient(server.url)(...request);

/** Where a registry is listed; its profiles are so large that a client which does not read holds the server up. */
async function largeRegistry(registry: string): Promise<string> {
  const { profiles, registries } = server.services;
  const caller = { actor: "test", source: "rest" } as const;
  await registries.createRegistry({ slug: registry, input: {} }, caller);
  const input = { display_name: "Before", extensions: { "acme.filler@v1": "x".repeat(20_000) } };
  for (const [i, name] of all.entries()) {
    await profiles.createProfile({ registry, slug: name, input, setDefault: i === 0 }, caller);
  }
  return `/profiles?registry=${registry}`;
}

async function respond(path: string): Promise<IncomingMessage> {
  const started = request(`${server.url}/api/chat${path}`).end();
  return new Promise((resolve, reject) => started.on("response", resolve).on("error", reject));
}

interface Item {
  slug: string;
  display_name: string;
  is_default?: boolean;
}

test("it holds every profile, however many", async () => {
  const list = await rest("GET", await largeRegistry("whole"));
  expect((list.json as Item[]).map((item) => item.slug)).toEqual(all);
  const registry = await rest("GET", "/registries/whole");
  for (const name of ["etag", "profile-registry-revision"]) {
    expect(list.headers.get(name), name).toBe(registry.headers.get(name));
  }
});

test("it shows what was there when it began, whatever is written meanwhile", async () => {
  const answer = await respond(await largeRegistry("moving"));
  // Nothing of the body has been read: most of the list is still to come.
  const body = { registry: "moving" };
  const after = { ...body, display_name: "After", set_default: true };
  await rest("PATCH", `/profiles/${slug(440)}`, { body: after });
  await rest("DELETE", `/profiles/${slug(441)}?registry=moving`);
  await rest("DELETE", `/profiles/${slug(442)}?registry=moving`);
  await rest("POST", "/profiles", { body: { ...after, slug: slug(442) } });
  await rest("POST", "/profiles", { body: { ...body, slug: "p440-new" } });
  const items = JSON.parse(await text(answer)) as Item[];
  expect(items.map((item) => item.slug)).toEqual(all);
  expect(new Set(items.map((item) => item.display_name))).toEqual(new Set(["Before"]));
  expect(items.filter((item) => item.is_default).map((item) => item.slug)).toEqual(["p000"]);
});

test("a HEAD of it, and a client that leaves in the middle, do not hold the server up", async () => {
  const path = await largeRegistry("left");
  expect(await rest("HEAD", path)).toMatchObject({ status: 200, text: "" });
  const answer = await respond(path);
  answer.on("error", () => {});
  await once(answer, "data");
  answer.destroy();
  expect((await rest("GET", `${path}&limit=1`)).status).toBe(200);
});
