/** A real, headless Chromium. Tests that need it are skipped where there is none. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";

/** Where Debian's package puts it. */
const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Chromium {
  /** A page in a browser profile of its own, which goes with the test. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** The same for all tests of a `describe`. */
  shared(url: () => string): () => Page;
}

export function describeInChromium(name: string, tests: (chromium: Chromium) => void): void {
  const missing = !existsSync(PROGRAM);
  if (missing) console.warn(`skipped: ${name}, since there is no Chromium at ${PROGRAM}`);
  describe.skipIf(missing)(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      // Root, which containers run as, has no sandbox.
      browser = await chromium.launch({ executablePath: PROGRAM, chromiumSandbox: false, args: QUIET });
    });
    afterAll(() => browser?.close());

    const openPage = async (url: string, options?: BrowserContextOptions): Promise<Page> => {
      if (browser === undefined) throw new Error("Chromium did not start");
      const page = await (await browser.newContext(options)).newPage();
      await page.goto(url);
      return page;
    };
    tests({
      async open(url, options) {
        const page = await openPage(url, options);
        onTestFinished(() => page.context().close());
        return page;
      },
      shared(url) {
        let page: Page | undefined;
        beforeAll(async () => {
          page = await openPage(url());
        });
        afterAll(() => page?.context().close());
        return () => page!;
      },
    });
  });
}
