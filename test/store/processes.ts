/** Real processes that run `other-process.ts`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Tasks } from "./other-process.js";
import { makeTempDirectory } from "./temp.js";

export interface OtherProcess {
  run<T extends keyof Tasks>(task: T, ...args: Parameters<Tasks[T]>): ReturnType<Tasks[T]>;
  /** What it told without being asked. */
  readonly told: unknown[];
  /** Without any chance to finish. */
  kill(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES = ["src/domain", "src/store", "test/store"];

/** Call it once in a file of tests; it returns what starts a process for the test that is running. */
export function otherProcesses(): () => Promise<OtherProcess> {
  const compiled = { path: "", remove: () => {} };
  beforeAll(() => {
    Object.assign(compiled, makeTempDirectory());
    compileInto(compiled.path);
  });
  afterAll(() => compiled.remove());
  return () => start(join(compiled.path, "test/store/other-process.js"));
}

/** Node reads no TypeScript, and a build may be missing or old. */
function compileInto(directory: string): void {
  for (const folder of SOURCES) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
      const { outputText } = ts.transpileModule(readFileSync(join(ROOT, folder, file), "utf8"), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      const output = join(directory, folder, file.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, outputText);
    }
  }
  const imports = { "#sqlite-writer": "./src/store/sqlite/writer-thread.js" };
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module", imports }));
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
}

async function start(script: string): Promise<OtherProcess> {
  const child = fork(script, { execArgv: [] });
  const exited = once(child, "exit");
  const told: unknown[] = [];
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(kill);
  child.on("message", (message: { told?: unknown; id?: number; value?: never; error?: string }) => {
    if (message.told !== undefined) told.push(message.told);
    const asked = waiting.get(message.id ?? -1);
    if (message.error !== undefined) asked?.reject(new Error(message.error));
    else asked?.resolve(message.value as never);
  });
  child.on("exit", () => {
    for (const asked of waiting.values()) asked.reject(new Error("the process ended"));
  });
  await Promise.race([once(child, "message"), exited]);
  if (told[0] !== "ready") throw new Error("the process did not start");
  told.length = 0;

  let lastId = 0;
  return {
    told,
    kill,
    run(task, ...args) {
      const id = ++lastId;
      const answer = new Promise<never>((resolve, reject) => waiting.set(id, { resolve, reject }));
      child.send({ id, task, args });
      return answer as ReturnType<Tasks[typeof task]>;
    },
  };
}
