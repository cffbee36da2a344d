/** Profiles in the console: found, made, edited, merged. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { NewProfile } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
import {
  button,
  checked,
  consoleOf,
  expectGoodLooks,
  lines,
  listed,
  notice,
  part,
  problem,
  tabTo,
  write,
} from "./support/console.js";
import { sharedProgram } from "./support/program.js";

const HELPER: NewProfile = {
  slug: "helper",
  display_name: "Helper",
  description: "Helps.",
  runtime: { system_prompt: "You help.", tools: ["calculator"] },
};

describeInChromium("profiles in the console", (chromium) => {
  const program = sharedProgram();
  const { open, registryWith } = consoleOf(chromium, program);
  const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
  const goTo = (page: Page, section: RegExp) =>
    page
      .getByRole("navigation", { name: "Parts of the profile" })
      .getByRole("link", { name: section })
      .click();

  describe("the list", () => {
    test("searches, and has its search in its address", async () => {
      const page = await open("/registries/default");
      await page.getByRole("searchbox").fill("tool-first");
      await page.getByText("1 profile", { exact: true }).waitFor();
      expect(await listed(page)).toEqual(["Inventory"]);
      await page.reload();
      await page.getByText("1 profile", { exact: true }).waitFor();
      expect(await page.getByRole("searchbox").inputValue()).toBe("tool-first");
      await page.getByRole("searchbox").fill("nothing like it");
      await button(page, "Show all").click();
      await page.getByText("5 profiles").waitFor();
    });

    test("shows those with a tag", async () => {
      const page = await open("/registries/default");
      await page.getByRole("combobox", { name: "Tag" }).selectOption("finance");
      await page.getByText("1 profile", { exact: true }).waitFor();
      expect(await listed(page)).toEqual(["Analyst"]);
    });

    test("marks the default, and what is read-only", async () => {
      const page = await open("/registries/team");
      await page.getByRole("row", { name: /^Compliance preset locked default read-only/ }).waitFor();
    });

    test("sorts by name and by version, up and down", async () => {
      const client = await registryWith("sorted", { slug: "a" }, { slug: "b" }, { slug: "c" });
      await client.updateProfile(await client.getProfile("b"), { description: "Once more." });
      const page = await open("/registries/sorted");
      await page.getByText("3 profiles").waitFor();
      expect(await listed(page)).toEqual(["a", "b", "c"]);
      await button(page, "Version").click();
      await page
        .getByRole("columnheader", { name: "Version" })
        .and(page.locator("[aria-sort=ascending]"))
        .waitFor();
      expect(await listed(page)).toEqual(["a", "c", "b"]);
      await button(page, "Version").click();
      await page.locator("[aria-sort=descending]", { hasText: "Version" }).waitFor();
      expect(await listed(page)).toEqual(["b", "a", "c"]);
      expect(page.url()).toContain("sort=-version");
    });

    test("holds 2,000 profiles, of which only those in sight exist, and comes to the last one", async () => {
      const slugs = Array.from({ length: 2_000 }, (_, i) => `p${String(i).padStart(4, "0")}`);
      const profiles = Object.fromEntries(slugs.map((slug) => [slug, { runtime: {} }]));
      await program.client().importRegistries(JSON.stringify({ registries: { many: { profiles } } }));
      const page = await open("/registries/many");
      await page.getByText("100+ profiles").waitFor();
      await page.getByRole("link", { name: "p0000" }).waitFor();
      const comeToTheEnd = () => page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await expect
        .poll(async () => [await comeToTheEnd(), await page.getByText("2,000 profiles").isVisible()][1], {
          timeout: 10_000,
        })
        .toBe(true);
      await comeToTheEnd();
      await page.getByRole("link", { name: "p1999" }).waitFor();
      expect(await page.getByRole("row").count()).toBeLessThan(80);
      await page.getByRole("searchbox").fill("p1234");
      await page.getByText("1 profile", { exact: true }).waitFor();
      expect(await listed(page)).toEqual(["p1234"]);
    });
  });

  describe("a new profile", () => {
    test("is made with a prompt, a tool and a middleware of the catalogue", async () => {
      const client = await registryWith("made");
      const page = await open("/registries/made");
      await page.getByRole("link", { name: "New profile" }).first().click();
      await field(page, "Slug").fill("support");
      await field(page, "Name").fill("Customer support");
      await goTo(page, /^Prompt/);
      await write(lines(page, "System prompt"), "You help.\nBe brief.");
      await goTo(page, /^Tools/);
      await write(lines(page, "Tools"), "orders.search");
      await goTo(page, /^Middlewares/);
      await button(page, "Add middleware").click();
      await page.getByRole("dialog").getByRole("button", { name: "SQLite Tool" }).click();
      await part(page, "1. SQLite Tool").getByLabel("max_rows").fill("50");
      await checked(page, "Fits all rules").waitFor();
      await button(page, "Create profile").click();
      await page.getByRole("heading", { name: "Customer support" }).waitFor();
      const { runtime, extensions } = await client.getProfile("support");
      expect(runtime).toEqual({
        system_prompt: "You help.\nBe brief.",
        tools: ["orders.search"],
        middlewares: [{ name: "sqlite", id: "sqlite" }],
      });
      expect(extensions).toEqual({
        "middleware.sqlite_config@v1": { instances: { "id:sqlite": { max_rows: 50 } } },
      });
    });

    test.each([
      ["Not a slug", /profile slug "Not a slug" is invalid/],
      ["inventory", "There is a profile of this name already."],
    ])("called %j is refused at its field", async (slug, reason) => {
      const page = await open("/registries/default/new");
      await field(page, "Slug").fill(slug);
      await problem(page, reason).waitFor();
      expect(await field(page, "Slug").getAttribute("aria-invalid")).toBe("true");
    });
  });

  describe("an edit", () => {
    test("outlasts a look elsewhere, is saved as the next version, and can be discarded", async () => {
      const client = await registryWith("edited", HELPER);
      const page = await open("/registries/edited/profiles/helper");
      await field(page, "Name").fill("Helper, new");
      await page.getByRole("link", { name: "Log" }).first().click();
      await page.getByRole("table", { name: "Log entries" }).waitFor();
      await page.goBack();
      expect(await field(page, "Name").inputValue()).toBe("Helper, new");
      await button(page, "Save v2").click();
      await notice(page, "Saved as version 2").waitFor();
      expect(await client.getProfile("helper")).toMatchObject({ ...HELPER, display_name: "Helper, new" });
      await field(page, "Description").fill("Never mind.");
      await button(page, "Discard").click();
      expect(await field(page, "Description").inputValue()).toBe("Helps.");
      expect((await client.getProfile("helper")).metadata.version).toBe(2);
    });

    test("shows what is wrong with a middleware's config at its field, and is not saved with it", async () => {
      const page = await open("/registries/default/profiles/inventory/middlewares");
      const card = part(page, "1. SQLite Tool");
      await card.getByRole("button", { expanded: false }).click();
      await card.getByLabel("max_rows").fill("0");
      await checked(page, "must be >= 1").waitFor();
      const cell = card
        .locator(".field")
        .filter({ has: page.getByLabel("max_rows") })
        .last();
      await cell.getByText("must be >= 1").waitFor();
      expect(await card.getByLabel("max_rows").getAttribute("aria-invalid")).toBe("true");
      expect(await button(page, "Save v2").isDisabled()).toBe(true);
      await expectGoodLooks(page);
      await card.getByLabel("max_rows").fill("1");
      await checked(page, "Fits all rules").waitFor();
      expect(await button(page, "Save v2").isEnabled()).toBe(true);
    });

    test("of the JSON is the same edit: what cannot be read is not taken over, what breaks a rule says so", async () => {
      const page = await open("/registries/default/profiles/analyst/json");
      const json = lines(page, "Profile as JSON");
      await write(json, "{");
      await problem(page, "Not taken over yet").waitFor();
      await write(json, '{"display_name": "Analyst", "colour": "red"}');
      await problem(page, 'a profile has no member "colour"').waitFor();
      await write(json, '{"runtime": {"tools": ["", "calculator"]}}');
      await problem(page, "runtime.tools[0]").waitFor();
      await goTo(page, /^Tools/);
      await problem(page, "Tool 1").waitFor();
    });

    test("keeps members that no field shows, even those that are called as prototypes are", async () => {
      const client = await registryWith("kept");
      const kept = JSON.parse('{"__proto__": {"a": 1}, "constructor": {"b": 2}}');
      await client.createProfile({ slug: "kept", extensions: { "app.kept@v1": kept } });
      const stored = async () => JSON.stringify((await client.getProfile("kept")).extensions);
      const before = await stored();
      expect(before).toContain("__proto__");
      const page = await open("/registries/kept/profiles/kept");
      await field(page, "Name").fill("Kept");
      await button(page, "Save v2").click();
      await notice(page, "Saved as version 2").waitFor();
      expect(await stored()).toBe(before);
    });

    test("is not possible where it is read-only, and the page says who can unlock it", async () => {
      const page = await open("/registries/team/profiles/locked");
      await page.getByText("profile-registry profile unlock locked --registry team").waitFor();
      expect(await field(page, "Name").isEditable()).toBe(false);
      expect(await button(page, "Delete").count()).toBe(0);
      await goTo(page, /^Prompt/);
      await lines(page, "System prompt").press("X");
      expect(await lines(page, "System prompt").innerText()).toBe(
        "You answer from the approved handbook only.",
      );
    });

    test("is made and saved by keyboard alone", async () => {
      const client = await registryWith("by-keyboard", { slug: "usual" }, HELPER);
      const page = await open("/registries/by-keyboard");
      const { keyboard } = page;
      await page.getByText("2 profiles").waitFor();
      await keyboard.press("/");
      await keyboard.type("help");
      await page.getByText("1 profile", { exact: true }).waitFor();
      await tabTo(page, page.getByRole("link", { name: "Helper" }));
      await keyboard.press("Enter");
      await field(page, "Name").waitFor();
      await tabTo(page, page.getByRole("link", { name: "Prompt" }));
      await keyboard.press("Enter");
      await lines(page, "System prompt").waitFor();
      await tabTo(page, lines(page, "System prompt"));
      await keyboard.press("Control+End");
      await keyboard.type(" Briefly.");
      // Out of the editor again.
      await tabTo(page, button(page, "Discard"));
      await checked(page, "Fits all rules").waitFor();
      await keyboard.press("Control+s");
      await notice(page, "Saved as version 2").waitFor();
      expect((await client.getProfile("helper")).runtime.system_prompt).toBe("You help. Briefly.");
    });
  });

  describe("what somebody else saved meanwhile", () => {
    const changeBoth = async (registry: string) => {
      const client = await registryWith(registry, HELPER);
      const page = await open(`/registries/${registry}/profiles/helper`);
      await field(page, "Name").fill("Mine");
      await field(page, "Description").fill("My words.");
      const read = await client.getProfile("helper");
      await client.updateProfile(read, { display_name: "Theirs", runtime: { tools: ["clock"] } });
      return { client, page };
    };
    const merge = (page: Page) => page.getByRole("dialog", { name: "It has changed since you read it" });

    test("is merged: base, theirs and mine, field by field, and the choice where both changed one", async () => {
      const { client, page } = await changeBoth("merged");
      await button(page, "Save v2").click();
      const dialog = merge(page);
      const both = part(page, "Changed by both").getByRole("group", { name: "display_name" });
      await both.waitFor();
      expect((await both.locator("pre").allInnerTexts()).map((text) => text.trim())).toEqual([
        "Helper",
        "Theirs",
        "Mine",
      ]);
      const taken = part(page, "Changed by one").getByRole("group");
      expect(await taken.evaluateAll((groups) => groups.map((one) => one.ariaLabel))).toEqual(
        expect.arrayContaining(["description", "runtime › tools"]),
      );
      await expectGoodLooks(page);
      expect(await button(dialog, "Save the merge as v3").isDisabled()).toBe(true);
      await both.getByRole("radio", { name: "Mine" }).check();
      await button(dialog, "Save the merge as v3").click();
      await notice(page, "Saved as version 3").waitFor();
      await dialog.waitFor({ state: "detached" });
      expect(await client.getProfile("helper")).toMatchObject({
        display_name: "Mine",
        description: "My words.",
        runtime: { tools: ["clock"] },
      });
    });

    test("is told before it is saved, once the page has seen it", async () => {
      const { page } = await changeBoth("told");
      await field(page, "Description").fill("My words, again.");
      await checked(page, "Changed by others meanwhile").waitFor();
    });

    test("can be taken, and mine written on before it is saved", async () => {
      const { client, page } = await changeBoth("written-on");
      await button(page, "Save v2").click();
      await merge(page).getByRole("radio", { name: "Theirs" }).check();
      await button(merge(page), "Edit the merge").click();
      expect(await field(page, "Name").inputValue()).toBe("Theirs");
      await field(page, "Description").fill("Our words.");
      await button(page, "Save v3").click();
      await notice(page, "Saved as version 3").waitFor();
      expect(await client.getProfile("helper")).toMatchObject({
        display_name: "Theirs",
        description: "Our words.",
      });
    });
  });

  test("is deleted only after a question that names it", async () => {
    const client = await registryWith("deleted", { slug: "usual" }, HELPER);
    const page = await open("/registries/deleted/profiles/helper");
    await button(page, "Delete").click();
    const dialog = page.getByRole("dialog", { name: "Delete helper?" });
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect((await client.getProfile("helper")).slug).toBe("helper");
    await button(page, "Delete").click();
    await button(dialog, "Delete helper").click();
    await page.getByText("1 profile", { exact: true }).waitFor();
    expect(await listed(page)).toEqual(["usual"]);
  });
});
