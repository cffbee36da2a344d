/** The browser client's methods for documents, against the server. */
import { describe, expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { refusalOf, watchedClient } from "./watched-client.js";

const server = sharedServer();
const clientOf = (registry?: string) =>
  watchedClient({ baseUrl: server.url(), ...(registry === undefined ? {} : { registry }) });

async function registryFor(name: string) {
  const { client } = clientOf(name);
  await client.createRegistry({ slug: name });
  return clientOf(name);
}

describe("profiles", () => {
  test("are created, read, changed and deleted", async () => {
    const { client } = await registryFor("crud");
    const created = await client.createProfile({ slug: "support", display_name: "Support" });
    expect(created).toMatchObject({ slug: "support", registry: "crud", metadata: { version: 1 } });
    const changed = await client.updateProfile(created, {
      description: "Helps.",
      metadata: { tags: ["beta"] },
    });
    expect(changed).toMatchObject({ description: "Helps.", metadata: { version: 2, tags: ["beta"] } });
    expect(await client.getProfile("support")).toEqual(changed);
    expect(await client.deleteProfile(changed)).toBeUndefined();
    expect(await refusalOf(client.getProfile("support"))).toMatchObject({ status: 404, code: "not_found" });
  });

  test("a write is refused where the profile has changed since it was read", async () => {
    const { client } = await registryFor("conflicts");
    const read = await client.createProfile({ slug: "support" });
    await client.updateProfile(read, { description: "theirs" });
    for (const late of [
      client.updateProfile(read, { description: "mine" }),
      client.deleteProfile(read),
      client.rollbackProfile(read, 1),
    ]) {
      expect(await refusalOf(late)).toMatchObject({
        status: 409,
        code: "version_conflict",
        detail: 'profile "support" version conflict: expected=1 actual=2',
      });
    }
  });

  test("an item of the list is enough to write", async () => {
    const { client } = await registryFor("items");
    await client.createProfile({ slug: "support" });
    const { items } = await client.listProfiles().page();
    await client.deleteProfile(items[0]!);
    expect((await client.listProfiles().page()).items).toEqual([]);
  });

  test("one becomes the default, unless the registry has changed since", async () => {
    const { client } = await registryFor("defaults");
    const first = await client.createProfile({ slug: "first" });
    const second = await client.createProfile({ slug: "second" });
    expect(await refusalOf(client.setDefaultProfile(first))).toMatchObject({ code: "version_conflict" });
    expect(await client.setDefaultProfile(second)).toMatchObject({ is_default: true });
  });

  test("a name that paths read as a direction is refused before anything is asked", async () => {
    const { client, answers } = clientOf();
    for (const name of ["", " ", ".", ".."]) {
      expect(await refusalOf(client.getProfile(name))).toMatchObject({ code: "malformed" });
    }
    expect(await refusalOf(client.getProfile("a/b?c#d"))).toMatchObject({ code: "validation" });
    expect(answers).toEqual(["400 GET /api/chat/profiles/a%2Fb%3Fc%23d"]);
  });

  test("what is not valid comes back with every violation", async () => {
    const { client } = clientOf();
    const refused = client.createProfile({ slug: "wrong", runtime: { tools: [" ", ""] } });
    expect(await refusalOf(refused)).toMatchObject({
      name: "ProfileRegistryError",
      status: 400,
      code: "validation",
      errors: [
        { field: "runtime.tools[0]", reason: "must not be empty" },
        { field: "runtime.tools[1]", reason: "must not be empty" },
      ],
      requestId: expect.stringMatching(/./),
    });
  });

  test("a dry run answers as if written, and nobody is told of it", async () => {
    const { client } = await registryFor("dry");
    let writes = 0;
    client.onWrite(() => {
      writes += 1;
    });
    await client.createProfile({ slug: "support" }, { validateOnly: true });
    expect([writes, (await client.listProfiles().page()).items]).toEqual([0, []]);
    await client.createProfile({ slug: "support" });
    expect(writes).toBe(1);
  });

  test("a write sent again under its key is written once", async () => {
    const { client } = await registryFor("keys");
    const read = await client.createProfile({ slug: "support" });
    for (const _ of ["first", "second"]) {
      const written = await client.updateProfile(read, {}, { idempotencyKey: "the-same" });
      expect(written.metadata.version).toBe(2);
    }
  });
});

describe("lists", () => {
  test("are read page by page, as far as they are looked at", async () => {
    const { client, answers } = await registryFor("pages");
    for (const slug of ["a", "b", "c", "d", "e"]) await client.createProfile({ slug });
    answers.length = 0;
    const seen: string[] = [];
    for await (const { slug } of client.listProfiles({ pageSize: 2 })) {
      seen.push(slug);
      if (slug === "c") break;
    }
    expect(seen).toEqual(["a", "b", "c"]);
    expect(answers).toEqual([
      "200 GET /api/chat/profiles?registry=pages&limit=2",
      "200 GET /api/chat/profiles?registry=pages&limit=2&after=b",
    ]);
  });

  test("give a page at a time to those who ask for pages", async () => {
    const { client } = await registryFor("by-page");
    for (const slug of ["a", "b", "c"]) await client.createProfile({ slug, metadata: { tags: [slug] } });
    const list = client.listProfiles({ pageSize: 2 });
    const first = await list.page();
    const second = await list.page(first.next);
    expect([first, second].map(({ items }) => items.map(({ slug }) => slug))).toEqual([["a", "b"], ["c"]]);
    expect(second.next).toBeUndefined();
    const tagged = await client.listProfiles({ tag: "b" }).page();
    expect(tagged.items.map(({ slug }) => slug)).toEqual(["b"]);
  });

  test("are searched by text, and shown in brief", async () => {
    const { client } = await registryFor("searched");
    await client.createProfile({ slug: "a", runtime: { system_prompt: "long" } });
    await client.createProfile({ slug: "b", description: "Café" });
    const { items } = await client.listProfiles({ text: "CAF", view: "summary" }).page();
    expect(items).toMatchObject([{ slug: "b", updated_by: "anonymous", updated_at_ms: expect.any(Number) }]);
    const full = await client.listProfiles({ text: "a" }).page();
    expect(full.items.map(({ default_prompt }) => default_prompt)).toEqual(["long", undefined]);
  });

  test("of versions and of the log go on in the same way", async () => {
    const { client } = await registryFor("history");
    let read = await client.createProfile({ slug: "support", description: "1" });
    for (const description of ["2", "3"]) read = await client.updateProfile(read, { description });
    const versions: number[] = [];
    for await (const { version } of client.listProfileVersions("support", { pageSize: 1 }))
      versions.push(version);
    expect(versions).toEqual([3, 2, 1]);
    const operations: string[] = [];
    for await (const entry of client.listLog({ registry: "history", profile: "support", pageSize: 2 })) {
      operations.push(entry.operation);
    }
    expect(operations).toEqual(["create_profile", "update_profile", "update_profile"]);
  });
});

test("a version is read and written again, also of a profile that was deleted", async () => {
  const { client } = await registryFor("rollbacks");
  const first = await client.createProfile({ slug: "support", description: "1" });
  const second = await client.updateProfile(first, { description: "2" });
  expect(await client.getProfileVersion("support", 1)).toMatchObject({ description: "1" });
  const third = await client.rollbackProfile(second, 1);
  expect(third).toMatchObject({ description: "1", metadata: { version: 3 } });
  await client.deleteProfile(third);
  const back = await client.rollbackProfile({ slug: "support", registry: "rollbacks", version: 0 }, 2);
  expect(back).toMatchObject({ description: "2", metadata: { version: 4 } });
});

test("registries are created, changed and deleted by what was read of them", async () => {
  const { client } = clientOf();
  const created = await client.createRegistry({ slug: "labs", display_name: "Labs" });
  const changed = await client.updateRegistry(created, { description: "Try things out." });
  expect(await client.getRegistry("labs")).toEqual(changed);
  expect((await client.listRegistries()).map(({ slug }) => slug)).toContain("labs");
  expect(await refusalOf(client.deleteRegistry(created))).toMatchObject({ code: "version_conflict" });
  await clientOf("labs").client.createProfile({ slug: "support" });
  const now = await client.getRegistry("labs");
  expect(await refusalOf(client.deleteRegistry(now))).toMatchObject({ code: "failed_precondition" });
  await client.deleteRegistry(now, { force: true });
  expect(await refusalOf(client.getRegistry("labs"))).toMatchObject({ code: "not_found" });
});

test("a turn is resolved by the body of a chat request", async () => {
  const { client } = clientOf();
  const body = { conv_id: "c-1", profile: "agent", prompt: "Hello", explain: true };
  expect(await client.resolve(body)).toMatchObject({
    conv_id: "c-1",
    profile: "agent",
    fingerprint: expect.stringMatching(/^sha256:/),
    trace: expect.any(Array),
  });
});

test("the current profile is read, chosen and forgotten", async () => {
  const { client } = clientOf();
  expect(await client.getCurrentProfile()).toEqual({
    slug: "default",
    registry: "default",
    source: "default",
  });
  expect(await client.chooseProfile("agent")).toEqual({
    slug: "agent",
    registry: "default",
    source: "cookie",
  });
  expect(await client.forgetProfile()).toBeUndefined();
});

test("the catalogue and the server say what they are", async () => {
  const { client } = clientOf();
  expect((await client.listMiddlewareSchemas()).map(({ name }) => name)).toContain("agentmode");
  expect((await client.listExtensionSchemas()).map(({ key }) => key)).toContain(
    "webchat.starter_suggestions@v1",
  );
  expect(await client.getServerInfo()).toMatchObject({ capabilities: expect.arrayContaining(["log"]) });
});
