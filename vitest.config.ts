import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Tests start real servers and processes; two cores share the machine with them.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A process for each of so many files would take longer than most of them do.
    isolate: false,
    maxWorkers: 2,
  },
});
