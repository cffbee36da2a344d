/** What the example chat shows of its profiles, in a real browser and over the program as it is started. */
import { describe, expect, test } from "vitest";
import type { NewProfile, ProfileClient } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
import { pageWith, sharedSite } from "../browsers/site.js";
import { violations } from "../web/selector-page.js";
import { answered, choose, lookAgain, notice, say, selected, sharedChat } from "./support/chat.js";
import { openPage, openTab, overflow, PHONE } from "./support/page.js";
import { sharedProgram } from "./support/program.js";

const HELPER: NewProfile = { slug: "helper", display_name: "Helper" };

describeInChromium("the example chat", (chromium) => {
  const program = sharedProgram();
  const chat = sharedChat(program);
  const site = sharedSite();

  const open = (path = "/", options = {}) => openPage(chromium, `${chat()}${path}`, options);
  /** A registry of its own, with a default that is called so. */
  const registryWith = async (registry: string, ...profiles: NewProfile[]): Promise<ProfileClient> => {
    const client = program.client(registry);
    await client.createRegistry({ slug: registry });
    await client.createProfile({ slug: "usual", display_name: "Usual", set_default: true });
    for (const profile of profiles) await client.createProfile(profile);
    return client;
  };

  test("a first load shows the default profile, and the first turn runs with it", async () => {
    const page = await open();
    await selected(page, "Default").waitFor();
    await page.getByRole("log", { name: "Conversation" }).waitFor();
    expect(await say(page, "Hello")).toEqual({
      text: "You said “Hello”. This turn ran with default v1, no engine.",
      note: "default v1 · new runtime",
    });
  });

  test("after a switch the next turn runs with the other profile, on a new runtime that is then held", async () => {
    const page = await open();
    expect((await say(page, "One")).note).toBe("default v1 · new runtime");
    expect((await say(page, "Two")).note).toBe("default v1 · held runtime");
    await choose(page, "Analyst");
    const { text, note } = await say(page, "Three");
    expect(text).toContain("analyst v1, gpt-5");
    expect(note).toBe("analyst v1 · new runtime");
    expect((await say(page, "Four")).note).toBe("analyst v1 · held runtime");
  });

  test("another registry has its own profiles", async () => {
    const page = await open("/?registry=team");
    await selected(page, "Compliance preset").click();
    expect(await page.getByRole("option").allInnerTexts()).toEqual([expect.stringContaining("Read-only")]);
    await page.keyboard.press("Escape");
    expect((await say(page, "Hello")).note).toBe("locked v1 · new runtime");
  });

  test("a reload keeps the choice", async () => {
    const page = await open();
    await choose(page, "Inventory");
    await say(page, "Hello");
    await page.reload();
    await selected(page, "Inventory").waitFor();
    expect((await say(page, "Again")).note).toBe("inventory v1 · new runtime");
  });

  test("what a profile suggests to begin with is offered until something is said", async () => {
    const page = await open();
    await choose(page, "Inventory");
    await page.getByRole("button", { name: "Count the blue widgets" }).waitFor();
    await choose(page, "Analyst");
    await page.getByRole("button", { name: "Count the blue widgets" }).waitFor({ state: "detached" });
    await choose(page, "Inventory");
    await page.getByRole("button", { name: "What is low on stock?" }).click();
    expect((await answered(page)).text).toContain("You said “What is low on stock?”");
    expect(await page.getByRole("button", { name: "Count the blue widgets" }).isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("text");
  });

  describe("a selected profile that somebody else", () => {
    test("edits stays selected: the next turn runs with the edit, and its name follows", async () => {
      const client = await registryWith("edited", HELPER);
      const page = await open("/?registry=edited");
      await choose(page, "Helper");
      await say(page, "Hello");
      const read = await client.getProfile("helper");
      await client.updateProfile(read, { display_name: "Helper, new", runtime: { tools: ["calculator"] } });
      const { text, note } = await say(page, "And now?");
      expect(note).toBe("helper v2 · new runtime");
      expect(text).toContain("It could use calculator.");
      await lookAgain(page);
      await selected(page, "Helper, new").waitFor();
      expect((await say(page, "Still?")).note).toBe("helper v2 · held runtime");
    });

    test("deletes is refused once, and what was said can be sent again, to the default", async () => {
      const client = await registryWith("deleted", HELPER);
      const page = await open("/?registry=deleted");
      await choose(page, "Helper");
      await say(page, "Hello");
      await client.deleteProfile(await client.getProfile("helper"));
      expect(await say(page, "Are you there?")).toEqual({ text: "Profile not found: helper", note: "" });
      await notice(page, "The profile “Helper” is no longer there.").waitFor();
      await selected(page, "Usual").waitFor();
      await page.getByRole("button", { name: "Send" }).click();
      expect(await answered(page)).toEqual({
        text: expect.stringContaining("You said “Are you there?”"),
        note: "usual v1 · new runtime",
      });
    });

    test("deletes is gone when the page is looked at again, before anything is said", async () => {
      const client = await registryWith("looked-at", HELPER);
      const page = await open("/?registry=looked-at");
      await choose(page, "Helper");
      await client.deleteProfile(await client.getProfile("helper"));
      await lookAgain(page);
      await notice(page, "The profile “Helper” is no longer there.").waitFor();
      await page.getByRole("button", { name: "Dismiss" }).click();
      expect((await say(page, "Hello")).note).toBe("usual v1 · new runtime");
    });

    test("makes read-only can be chatted with, and is marked", async () => {
      const client = await registryWith("made-read-only", HELPER);
      const page = await open("/?registry=made-read-only");
      await choose(page, "Helper");
      await client.updateProfile(await client.getProfile("helper"), { policy: { read_only: true } });
      expect((await say(page, "Hello")).note).toBe("helper v2 · new runtime");
      await lookAgain(page);
      await selected(page, "Helper").click();
      await page.getByRole("option", { name: "Helper Read-only", selected: true }).waitFor();
    });
  });

  describe("two tabs", () => {
    test("show the choice that was made in one, and each has a conversation of its own", async () => {
      const page = await open();
      await say(page, "Hello");
      const other = await openTab(page);
      await choose(other, "Inventory");
      await selected(page, "Inventory").waitFor();
      expect((await say(page, "Again")).note).toBe("inventory v1 · new runtime");
      expect((await say(other, "Hello")).note).toBe("inventory v1 · new runtime");
      expect((await say(page, "Again")).note).toBe("inventory v1 · held runtime");
    });

    test("keep different choices, whatever the cookie says", async () => {
      const page = await open();
      await choose(page, "Analyst");
      const other = await openTab(page);
      await choose(other, "Inventory");
      expect((await say(page, "Hello")).note).toBe("analyst v1 · new runtime");
      expect((await say(other, "Hello")).note).toBe("inventory v1 · new runtime");
    });
  });

  describe("where cookies are blocked", () => {
    test("the choice counts for the turns of the page", async () => {
      const page = await chromium.open(pageWith(site.localhost(), `<iframe src="${chat()}/"></iframe>`));
      const frame = page.frameLocator("iframe");
      await choose(frame, "Inventory");
      expect((await say(frame, "Hello")).note).toBe("inventory v1 · new runtime");
      expect(await page.context().cookies(chat())).toEqual([]);
    });

    test("the page also does without the channel to other tabs, which some browsers then refuse", async () => {
      const page = await open();
      await page.addInitScript(() => {
        globalThis.BroadcastChannel = class {
          constructor() {
            throw new DOMException("The operation is insecure.", "SecurityError");
          }
        } as unknown as typeof BroadcastChannel;
      });
      await page.reload();
      await choose(page, "Inventory");
      expect((await say(page, "Hello")).note).toBe("inventory v1 · new runtime");
    });
  });

  test("names, descriptions and suggestions of a hostile profile are text", async () => {
    const hostile = '"><img src=x onerror="document.title=1"><script>document.title=2</script>\u202E';
    await registryWith("hostile", {
      slug: "hostile",
      display_name: hostile,
      description: hostile,
      extensions: { "webchat.starter_suggestions@v1": { items: [hostile] } },
    });
    const page = await open("/?registry=hostile");
    await page.getByRole("button", { name: "Profile Usual" }).click();
    await page.getByRole("option", { name: "img src" }).click();
    await page.locator("#suggestions button").click();
    expect((await answered(page)).text).toContain("<script>document.title=2</script>");
    expect(await page.locator("img, script:not([src])").count()).toBe(0);
    expect(await page.title()).toBe("Example chat");
  });

  describe("lost connections", () => {
    test("a restart of the server: what could not be sent is sent again, to the runtime that is held", async () => {
      const page = await open();
      await choose(page, "Inventory");
      await say(page, "Hello");
      await program.stop();
      const refused = await say(page, "Are you there?");
      expect(refused.text).toBe("The profile registry cannot be reached");
      await page.getByRole("button", { name: /^Profile / }).click();
      await page.getByRole("option", { name: "Analyst" }).click();
      await notice(page, "the profile registry cannot be reached").waitFor();
      await selected(page, "Inventory").waitFor();

      await program.start();
      await page.getByRole("button", { name: "Send" }).click();
      expect((await answered(page)).note).toBe("inventory v1 · held runtime");
      await notice(page, "the profile registry cannot be reached").waitFor({ state: "detached" });
      await choose(page, "Analyst");
      expect((await say(page, "And you?")).note).toBe("analyst v1 · new runtime");
    });

    test("a page that is back on line goes on by itself", async () => {
      const page = await open();
      await selected(page, "Default").waitFor();
      await page.context().setOffline(true);
      expect((await say(page, "Hello")).text).toBe("The chat cannot be reached");
      await lookAgain(page);
      await notice(page, "the server cannot be reached").waitFor();
      await page.context().setOffline(false);
      await notice(page, "the server cannot be reached").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Send" }).click();
      expect((await answered(page)).note).toBe("default v1 · new runtime");
    });
  });

  test("all of it is done by keyboard alone", async () => {
    const page = await open();
    await selected(page, "Default").waitFor();
    const { keyboard } = page;
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id);
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await keyboard.type("inv");
    await keyboard.press("Enter");
    await selected(page, "Inventory").waitFor();
    const order = [];
    for (let i = 0; i < 4; i += 1) {
      await keyboard.press("Tab");
      order.push(await focused());
    }
    expect(order).toEqual(["view", "", "", "text"]);
    await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    expect((await answered(page)).text).toContain("You said “Count the blue widgets”");
    await keyboard.type("And the red ones?");
    await keyboard.press("Enter");
    await page.getByText("You said “And the red ones?”").waitFor();
    expect((await answered(page)).note).toBe("inventory v1 · held runtime");
  });

  describe("looks", () => {
    const LONG = `A long message, ${"with many words, ".repeat(20)}and an${"other".repeat(40)} one.`;

    test.each([
      ["light", {}],
      ["dark, on a phone", { colorScheme: "dark", ...PHONE }],
    ])("%s: axe finds nothing, and nothing is wider than the page", async (_, options) => {
      const page = await open("/", options);
      const fine = async () => {
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
      };
      await choose(page, "Inventory");
      await fine();
      await selected(page, "Inventory").click();
      await fine();
      await page.keyboard.press("Escape");
      for (let i = 0; i < 4; i += 1) await say(page, LONG);
      await page.route("**/turn", (route) => route.abort());
      await page.route("**/api/chat/**", (route) => route.abort());
      await say(page, "Hello");
      await lookAgain(page);
      await notice(page, "the server cannot be reached").waitFor();
      await fine();
      const rowOf = async (name: string) =>
        (await page.getByRole("button", { name, exact: true }).boundingBox())!.y;
      expect(Math.abs((await rowOf("Try again")) - (await rowOf("Dismiss")))).toBeLessThan(10);
      // What came last is in view, and so is where one writes.
      for (const seen of ["#turns > :last-child", "#say"]) {
        const { y, height } = (await page.locator(seen).boundingBox())!;
        expect(y + height).toBeLessThanOrEqual(page.viewportSize()!.height);
        expect(y).toBeGreaterThan(0);
      }
    });
  });
});
