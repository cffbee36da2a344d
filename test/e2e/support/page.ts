/** Pages of a real browser, in which nothing may go wrong unseen. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { Chromium } from "../../browsers/chromium.js";

/** A page in a browser profile of its own. The test fails where a script of it failed, its policy was broken, or it asked for anything elsewhere. */
export async function openPage(
  chromium: Chromium,
  url: string,
  options?: BrowserContextOptions,
): Promise<Page> {
  const page = await chromium.open("about:blank", options);
  watch(page, new URL(url).origin);
  await page.goto(url);
  return page;
}

/** Another tab of the same browser. */
export async function openTab(page: Page, url = page.url()): Promise<Page> {
  const tab = await page.context().newPage();
  watch(tab, new URL(url).origin);
  await tab.goto(url);
  return tab;
}

/** Less than a test may take, so that a failure says what was waited for. */
const PATIENCE_MS = 10_000;

/** What Chromium says of every request that is refused, or not answered. */
const REFUSED = /^Failed to load resource|Failed to fetch dynamically imported module/;

/** `origin`: where it may send requests to. */
function watch(page: Page, origin: string): void {
  page.setDefaultTimeout(PATIENCE_MS);
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !REFUSED.test(message.text())) wrong.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith("http") && asked !== origin) wrong.push(`asked for ${request.url()}`);
  });
  onTestFinished(() => expect(wrong).toEqual([]));
}

/** A small phone. */
export const PHONE = { viewport: { width: 360, height: 640 } };

/** How far the page is wider than its window, in px. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}
