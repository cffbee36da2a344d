/** Where the focus is, and what is not lost, while somebody writes in the console (spec 7.4: everything by keyboard). */
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../browsers/chromium.js";
import { button, checked, consoleOf, lines, notice, part, problem } from "./support/console.js";
import { sharedProgram } from "./support/program.js";

describeInChromium("hands on the console", (chromium) => {
  const program = sharedProgram();
  const { open, registryWith } = consoleOf(chromium, program);
  const focused = (page: Page) => page.locator(":focus");
  // As hands do it: what `fill` puts over several lines, Chromium would style inline.
  const write = async (editor: Locator, text: string) => {
    await editor.press("Control+a");
    await editor.press("Delete");
    await editor.pressSequentially(text);
  };

  test("a dialog begins at what is to be filled in", async () => {
    const page = await open("/registries");
    await button(page, "New registry").press("Enter");
    await page.keyboard.type("by hand");
    expect(await page.getByRole("textbox", { name: "Slug" }).inputValue()).toBe("by hand");
  });

  test("a dialog that only asks begins at the button that does nothing", async () => {
    const page = await open("/registries/default/profiles/analyst");
    await button(page, "Delete").press("Enter");
    expect(await focused(page).innerText()).toBe("Cancel");
    await page.keyboard.press("Enter");
    expect(await focused(page).innerText()).toBe("Delete");
  });

  test("where a middleware is removed the focus goes to the next one, and at last to the button that adds one", async () => {
    const middlewares = ["one", "two"].map((id) => ({ name: "agentmode", id, config: {} }));
    await registryWith("focus", { slug: "helper", runtime: { middlewares } });
    const page = await open("/registries/focus/profiles/helper/middlewares");
    await button(part(page, "2. Agent Mode"), "Remove Agent Mode").press("Enter");
    expect(await focused(page).innerText()).toContain("one");
    await button(part(page, "1. Agent Mode"), "Remove Agent Mode").press("Enter");
    expect(await focused(page).innerText()).toBe("Add middleware");
  });

  test("text that is no document yet is neither saved around nor lost", async () => {
    const client = await registryWith("unfinished", { slug: "helper", display_name: "Helper" });
    const page = await open("/registries/unfinished/profiles/helper/json");
    const json = lines(page, "Profile as JSON");
    await write(json, '{"display_name": "Changed"}');
    await checked(page, "Fits all rules").waitFor();
    await write(json, '{"display_name": "Changed again"');
    await checked(page, "Not all text is taken over yet").waitFor();
    expect(await button(page, "Save v2").isDisabled()).toBe(true);
    await json.press("Control+s");
    expect(await json.innerText()).toContain("Changed again");
    expect((await client.getProfile("helper")).metadata.version).toBe(1);
    await write(json, '{"display_name": "Changed again"}');
    await button(page, "Save v2").click();
    await notice(page, "Saved as version 2").waitFor();
    expect((await client.getProfile("helper")).display_name).toBe("Changed again");
  });

  test("to discard ends what is said of text that is no document", async () => {
    await registryWith("discarded", { slug: "helper", display_name: "Helper" });
    const page = await open("/registries/discarded/profiles/helper/json");
    const json = lines(page, "Profile as JSON");
    await write(json, '{"display_name": "Changed"}');
    await write(json, "{");
    await problem(page, "Not taken over yet").waitFor();
    await button(page, "Discard").click();
    await problem(page, "Not taken over yet").waitFor({ state: "detached" });
    expect(await json.innerText()).toContain('"Helper"');
  });

  test("a registry's processing modes are saved only as JSON, and what is wrong with them is said", async () => {
    await registryWith("modes-by-hand");
    const page = await open("/registries/modes-by-hand/settings");
    const settings = part(page, "Settings");
    await settings.getByRole("textbox", { name: "Name" }).fill("Renamed");
    await write(lines(page, "Processing modes"), "{");
    expect(await button(settings, "Save").isDisabled()).toBe(true);
    await write(lines(page, "Processing modes"), '["fast"]');
    await button(settings, "Save").click();
    await problem(settings, "processing_modes").first().waitFor();
  });
});
