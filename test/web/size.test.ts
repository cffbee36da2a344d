/** What a page has to load (spec 7.1, 7.3). */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundleOf } from "./selector-page.js";

test.each([
  ["the client and the selection", "client/index.ts", 6],
  ["the selector, with all that it needs", "selector/index.ts", 12],
])("%s: %s is at most %i kB, compressed", async (_, entry, most) => {
  const code = await bundleOf(entry);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(most * 1_000);
});
