/** The program as hostile clients meet it, and a healthy client beside them who must not notice. */
import { afterAll, beforeAll, expect } from "vitest";
import { type Running, serve, TEST_DATA } from "../cli/program.js";

/** How long a healthy resolve may take right after, or during, whatever others do. It takes milliseconds; machines may be busy. */
const BYSTANDER_MS = 5_000;

/** What hostile requests do not name: they may well delete what they do. */
const BYSTANDER = "fast-v1";

export interface Target {
  url: () => string;
  port: () => number;
  pid: () => number;
  /** Fails unless the process lives and a healthy resolve is answered in time. Answers how long that took, in ms. */
  healthy(): Promise<number>;
}

/** One process per test file, with little memory, so that what grows without end ends it. */
export function hostileTarget(...flags: string[]): Target {
  let running: Running | undefined;
  beforeAll(async () => {
    running = await serve(["--seed-file", `${TEST_DATA}registries.yaml`, ...flags], {
      env: { NODE_OPTIONS: "--max-old-space-size=192" },
    });
  });
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
  });
  const url = () => running?.url ?? "";
  return {
    url,
    port: () => Number(new URL(url()).port),
    pid: () => running?.child.pid ?? 0,
    async healthy() {
      expect(running?.child.exitCode, "the process lives").toBe(null);
      const start = performance.now();
      const answer = await fetch(`${url()}/api/chat/resolve/${BYSTANDER}`, {
        signal: AbortSignal.timeout(BYSTANDER_MS),
      });
      expect([answer.status, await answer.json()]).toMatchObject([200, { profile: BYSTANDER }]);
      return performance.now() - start;
    },
  };
}

/** What the program answers to hostile input. */
export function expectRefusal(status: number, what: string): void {
  expect(status, what).toBeGreaterThanOrEqual(400);
  expect(status, what).toBeLessThan(500);
}
