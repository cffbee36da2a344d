/** The console of a program, and what people do in it. */
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { NewProfile, NewRegistry, ProfileClient } from "../../../web/client/index.js";
import type { Chromium } from "../../browsers/chromium.js";
import { violations } from "../../web/selector-page.js";
import { openPage, overflow, PHONE } from "./page.js";
import type { Program } from "./program.js";

export interface Console {
  /** A view, by its path below `/console`. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** A registry of a test's own, whose first profile is the default; somebody else, who works on it too. */
  registryWith(registry: string | NewRegistry, ...profiles: NewProfile[]): Promise<ProfileClient>;
}

export function consoleOf(chromium: Chromium, program: Program): Console {
  return {
    open: (path, options) => openPage(chromium, `${program.url()}/console${path}`, options),
    async registryWith(registry, ...profiles) {
      const made = typeof registry === "string" ? { slug: registry } : registry;
      const client = program.client(made.slug);
      await client.createRegistry(made);
      for (const [i, profile] of profiles.entries()) {
        await client.createProfile({ ...profile, ...(i === 0 && { set_default: true }) });
      }
      return client;
    },
  };
}

/** The part of a view, or the card, that is called so. */
export function part(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

export function button(within: Page | Locator, name: string | RegExp): Locator {
  return within.getByRole("button", { name, exact: true });
}

/** The names of the rows of a list, as far as they are in sight. */
export function listed(page: Page, table = "Profiles"): Promise<string[]> {
  return page.getByRole("table", { name: table }).getByRole("link").allInnerTexts();
}

/** What the server's check says of what is not saved yet. */
export function checked(page: Page, text: string | RegExp): Locator {
  return part(page, "Unsaved changes").getByRole("status").filter({ hasText: text });
}

/** The short word about what has just been done. */
export function notice(page: Page, text: string | RegExp): Locator {
  return page.getByRole("status", { name: "Notices" }).getByText(text);
}

/** What went wrong, as it is shown. */
export function problem(within: Page | Locator, text: string | RegExp): Locator {
  return within.getByRole("alert").filter({ hasText: text });
}

/** What the lines of an editor or a difference say. */
export function lines(within: Page | Locator, label: string): Locator {
  return within.getByRole("textbox", { name: label, exact: true });
}

/** All of an editor's text, as a person does it: Chromium's own replacing of marked lines would style them inline. */
export async function write(editor: Locator, text: string): Promise<void> {
  await editor.press("Control+a");
  await editor.press("Delete");
  await editor.page().keyboard.insertText(text);
}

/** With the keyboard alone. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const focused = () =>
    target.evaluate((element) => (element.getRootNode() as Document | ShadowRoot).activeElement === element);
  for (let i = 0; i < 80 && !(await focused()); i += 1) await page.keyboard.press("Tab");
  expect(await focused()).toBe(true);
}

const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** Colours that fade into each other are neither. What moves for ever is not waited for. */
function settled(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1);
    return Promise.all(ending.map(({ finished }) => finished.catch(() => {})));
  });
}

/** Light and dark, axe finds nothing; on a small phone nothing is wider than it. */
export async function expectGoodLooks(page: Page): Promise<void> {
  const wide = page.viewportSize()!;
  await settled(page);
  expect(await violations(page), "light").toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await settled(page);
  expect(await violations(page, ...OF_COLOURS), "dark").toEqual([]);
  await page.setViewportSize(PHONE.viewport);
  // Charts follow a frame later.
  await expect.poll(() => overflow(page), { message: "px wider than a phone" }).toBe(0);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(wide);
}
