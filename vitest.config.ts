import { configDefaults, defineConfig } from "vitest/config";

/** What starts browsers, foreign suites or many processes. QUICK leaves it out, where all of it runs another time anyway. */
const SLOW = ["browsers", "cli", "clients", "conformance", "docs", "e2e", "reliability"].map(
  (directory) => `test/${directory}/**`,
);

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
