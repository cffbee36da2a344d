/** Which profile a chat's page shows as selected, and what its turns send (spec 7.2). */
import { describe, expect, test } from "vitest";
import { createProfileClient, type ProfileClient } from "../../web/client/index.js";
import { sharedServer } from "../support/rest.js";
import { standIn } from "./stand-in.js";
import { browser, seen } from "./tab.js";

const server = sharedServer();

/** A registry with these profiles, the first of which is its default where that is said. */
async function registryWith(registry: string, slugs: string[], withDefault = true): Promise<ProfileClient> {
  const client = createProfileClient({ baseUrl: server.url(), registry });
  await client.createRegistry({ slug: registry });
  for (const slug of slugs) {
    await client.createProfile({ slug, set_default: withDefault && slug === slugs[0] });
  }
  return client;
}

const at = (registry: string) => ({ baseUrl: server.url(), registry });

describe("what is selected", () => {
  test("is the registry's default, where nothing was chosen", async () => {
    await registryWith("by-default", ["usual", "other"]);
    const tab = await browser().open(at("by-default"));
    expect(seen(tab)).toMatchObject({ status: "ready", selected: "usual", source: "default" });
  });

  test("is the browser's current profile before the default", async () => {
    await registryWith("by-cookie", ["usual", "other"]);
    const opened = browser();
    await (await opened.open(at("by-cookie"))).client.chooseProfile("other");
    expect(seen(await opened.open(at("by-cookie")))).toMatchObject({ selected: "other", source: "cookie" });
  });

  test("is the choice made here before the current profile", async () => {
    await registryWith("by-choice", ["usual", "other", "third"]);
    const opened = browser();
    const tab = await opened.open(at("by-choice"));
    await tab.selection.select("other");
    const elsewhere = await opened.open(at("by-choice"));
    await elsewhere.client.chooseProfile("third");
    await tab.selection.refresh();
    expect(seen(tab)).toMatchObject({ selected: "other", source: "choice" });
  });

  test("is the choice also where the browser takes no cookie", async () => {
    await registryWith("no-cookie", ["usual", "other"]);
    const opened = browser();
    opened.blocksCookies = true;
    const tab = await opened.open(at("no-cookie"));
    await tab.selection.select("other");
    await tab.selection.refresh();
    expect(tab.selection.turn()).toEqual({ profile: "other", registry: "no-cookie" });
  });

  test("is a profile named default, or else the first, of a registry without a default", async () => {
    await registryWith("without", ["beta", "alpha"], false);
    expect(seen(await browser().open(at("without")))).toMatchObject({ selected: "alpha", source: "first" });
    await createProfileClient(at("without")).createProfile({ slug: "default" });
    expect(seen(await browser().open(at("without")))).toMatchObject({
      selected: "default",
      source: "default",
    });
  });

  test("is none where there are no profiles", async () => {
    await registryWith("empty", []);
    const tab = await browser().open(at("empty"));
    expect(seen(tab)).toMatchObject({ status: "ready", selected: undefined, source: undefined });
    expect(tab.selection.turn()).toEqual({ registry: "empty" });
  });

  test("is not the namesake of a current profile of another registry", async () => {
    await registryWith("namesakes", ["usual", "agent"]);
    const opened = browser();
    await (await opened.open(at("namesakes"))).selection.select("agent");
    // The server's default registry has an agent too.
    expect(seen(await opened.open({ baseUrl: server.url() }))).toMatchObject({ selected: "default" });
  });
});

describe("a choice", () => {
  test("is shown at once, then saved", async () => {
    await registryWith("saves", ["usual", "other"]);
    const opened = browser();
    const tab = await opened.open(at("saves"));
    const saved = tab.selection.select("other");
    expect(seen(tab)).toMatchObject({ status: "saving", selected: "other" });
    expect(tab.selection.turn().profile).toBe("other");
    await saved;
    expect(seen(tab)).toMatchObject({ status: "ready", selected: "other", source: "choice" });
    expect(await tab.client.getCurrentProfile()).toMatchObject({ slug: "other", source: "cookie" });
  });

  test("that is refused goes back, with the server's own text", async () => {
    const client = await registryWith("refuses", ["usual", "going"]);
    const tab = await browser().open(at("refuses"));
    await createProfileClient(at("refuses")).deleteProfile(await client.getProfile("going"));
    await tab.selection.select("going");
    expect(seen(tab)).toMatchObject({ selected: "usual", notice: "profile not found: going" });
    await tab.until(({ profiles }) => profiles.length === 1);
    expect(seen(tab).notice).toBe("profile not found: going");
    tab.selection.dismissNotice();
    expect(seen(tab).notice).toBeUndefined();
  });

  test.each([
    [403, "forbidden"],
    [409, "failed_precondition"],
  ])("that is refused with %i goes back too", async (status, code) => {
    const registry = `refuses-${status}`;
    await registryWith(registry, ["usual", "other"]);
    const opened = browser();
    const tab = await opened.open(at(registry));
    opened.intercept = async (method) =>
      method === "POST" ? Response.json({ code, detail: "not today" }, { status }) : undefined;
    await tab.selection.select("other");
    expect(seen(tab)).toMatchObject({ selected: "usual", notice: "not today" });
  });

  test("that reaches nobody goes back, and the page is offline until it can read again", async () => {
    await registryWith("unplugged", ["usual", "other"]);
    const opened = browser();
    const tab = await opened.open(at("unplugged"));
    opened.intercept = () => Promise.reject(new TypeError("unplugged"));
    await tab.selection.select("other");
    expect(seen(tab)).toEqual({
      status: "offline",
      selected: "usual",
      source: "default",
      notice: "the server cannot be reached",
    });
    delete opened.intercept;
    await tab.selection.refresh();
    expect(seen(tab)).toMatchObject({ status: "ready", selected: "usual" });
  });

  test("made while another is saved is saved after it, so that the last one counts", async () => {
    await registryWith("quick", ["usual", "one", "two"]);
    const opened = browser();
    const tab = await opened.open(at("quick"));
    let first: (() => void) | undefined;
    opened.intercept = (method) =>
      method === "POST" && first === undefined
        ? new Promise((resolve) => {
            first = () => resolve(undefined);
          })
        : Promise.resolve(undefined);
    const saved = tab.selection.select("one");
    void tab.selection.select("two");
    await expect.poll(() => first).toBeDefined();
    first?.();
    await saved;
    expect(seen(tab)).toMatchObject({ status: "ready", selected: "two" });
    expect(await tab.client.getCurrentProfile()).toMatchObject({ slug: "two" });
  });
});

describe("everything is read again", () => {
  test("after a write through the same client", async () => {
    await registryWith("writes", ["usual"]);
    const tab = await browser().open(at("writes"));
    await tab.client.createProfile({ slug: "new", display_name: "New" });
    expect((await tab.until(({ profiles }) => profiles.length === 2)).profiles[0]?.display_name).toBe("New");
  });

  test("when another tab selects", async () => {
    await registryWith("tabs", ["usual", "other"]);
    const opened = browser();
    const [here, there] = [await opened.open(at("tabs")), await opened.open(at("tabs"))];
    await there.selection.select("other");
    expect(await here.until(({ selected }) => selected?.slug === "other")).toMatchObject({
      source: "cookie",
    });
  });

  test("when a turn answers 404, and not for any other answer", async () => {
    const client = await registryWith("turns", ["usual"]);
    const tab = await browser().open(at("turns"));
    await client.createProfile({ slug: "new" });
    await tab.selection.turnAnswered(200);
    expect(tab.selection.getSnapshot().profiles).toHaveLength(1);
    await tab.selection.turnAnswered(404);
    expect(tab.selection.getSnapshot().profiles).toHaveLength(2);
  });
});

test("a selection that was deleted falls back, with a notice, and does not come back by itself", async () => {
  const client = await registryWith("deletes", ["usual", "going"]);
  const tab = await browser().open(at("deletes"));
  await tab.selection.select("going");
  await client.deleteProfile(await client.getProfile("going"));
  await tab.selection.turnAnswered(404);
  expect(seen(tab)).toMatchObject({
    selected: "usual",
    source: "default",
    notice: "The profile “going” is no longer there.",
  });
  await client.createProfile({ slug: "going" });
  await tab.selection.refresh();
  expect(seen(tab)).toMatchObject({ selected: "usual" });
});

test("a selection that was edited stays, as it is now", async () => {
  const client = await registryWith("edits", ["usual", "edited"]);
  const tab = await browser().open(at("edits"));
  await tab.selection.select("edited");
  await client.updateProfile(await client.getProfile("edited"), { display_name: "Edited" });
  await tab.selection.refresh();
  expect(seen(tab)).toMatchObject({ selected: "edited", notice: undefined });
  expect(tab.selection.getSnapshot().selected?.display_name).toBe("Edited");
});

test("what was read stays while nothing can be read", async () => {
  await registryWith("stays", ["usual"]);
  const opened = browser();
  const tab = await opened.open(at("stays"));
  opened.intercept = () => Promise.reject(new TypeError("unplugged"));
  await tab.selection.refresh();
  expect(seen(tab)).toMatchObject({ status: "offline", selected: "usual" });
  expect(tab.selection.turn()).toEqual({ profile: "usual", registry: "stays" });
});

test("what was selected stays while only a part can be read", async () => {
  await registryWith("partly", ["usual", "other"]);
  const opened = browser();
  await (await opened.open(at("partly"))).client.chooseProfile("other");
  const tab = await opened.open(at("partly"));
  opened.intercept = async (_, path) =>
    path.endsWith("/profile")
      ? Response.json({ code: "internal", detail: "broken" }, { status: 500 })
      : undefined;
  await tab.selection.refresh();
  expect(seen(tab)).toEqual({ status: "offline", selected: "other", source: "cookie", notice: "broken" });
});

test("a server of the first generation, without registries and modes, is enough", async () => {
  const { url } = await standIn((line) => {
    if (line.includes("/profiles")) return { body: { 0: { slug: "agent" }, 1: { slug: "default" } } };
    return line.endsWith("/profile") ? { body: { profile: "agent" } } : { status: 404, body: "no such page" };
  });
  const tab = await browser().open({ baseUrl: url });
  expect(seen(tab)).toMatchObject({ status: "ready", selected: "agent", source: "cookie" });
  expect(tab.selection.turn()).toEqual({ profile: "agent" });
});

describe("an observer", () => {
  test("is called at once and after changes, with the same snapshot as long as nothing has changed", async () => {
    await registryWith("observed", ["usual", "other"]);
    const { selection } = await browser().open(at("observed"));
    expect(selection.getSnapshot()).toBe(selection.getSnapshot());
    const told: unknown[] = [];
    const end = selection.subscribe((snapshot) => told.push(snapshot));
    expect(told).toEqual([selection.getSnapshot()]);
    const saved = selection.select("other");
    expect(told.at(-1)).toBe(selection.getSnapshot());
    end();
    const { length } = told;
    await saved;
    expect(told).toHaveLength(length);
  });

  test("hears nothing of a selection that was closed", async () => {
    await registryWith("closed", ["usual"]);
    const { selection } = await browser().open(at("closed"));
    let told = -1;
    selection.subscribe(() => {
      told += 1;
    });
    selection.close();
    await selection.refresh();
    expect(told).toBe(0);
  });
});
