import { configDefaults, defineConfig } from "vitest/config";

/** What takes long and needs a browser, or a suite of others. QUICK leaves it out, where it runs another time anyway. */
const SLOW = ["test/browsers/**", "test/conformance/**", "test/e2e/**", "test/clients/**"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: process.env.QUICK ? [...configDefaults.exclude, ...SLOW] : configDefaults.exclude,
    // Tests start real servers and processes; two cores share the machine with them.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A process for each of so many files would take longer than most of them do.
    isolate: false,
    maxWorkers: 2,
  },
});
