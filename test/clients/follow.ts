/** Follows a section of the guide in an empty directory, against a server of its own. */
import { cp } from "node:fs/promises";
import type { TestContext } from "vitest";
import { serve, temporaryDirectory } from "../cli/program.js";
import { ROOT } from "../docs/markdown.js";
import type { Step } from "./guide.js";
import { type Outcome, shell } from "./shell.js";
import { missingTool, networkFailure, type Tools } from "./toolchain.js";

/** For a test: cold caches may take minutes. The commands are ended sooner, so that nothing is left behind. */
export const TIMEOUT_MS = 300_000;
const COMMANDS_TIMEOUT_MS = 270_000;

const SERVER = "127.0.0.1:8080";

export interface Reader {
  steps: readonly Step[];
  tools: Tools;
  /** The folder beside this file with what the reader writes. */
  folder?: string;
  /** Done before the first step. */
  prepare?: (directory: string) => Promise<void>;
}

export interface Taken extends Outcome {
  step: Step;
}

/** Takes the steps one by one, also after one that failed. Skips the test where a tool is missing. */
export async function* takeSteps(reader: Reader, context: TestContext): AsyncGenerator<Taken> {
  const missing = await missingTool(reader.tools);
  if (missing !== undefined) context.skip(`${missing} is missing`);
  const signal = AbortSignal.timeout(COMMANDS_TIMEOUT_MS);
  await using directory = await temporaryDirectory();
  const cwd = directory.path("");
  await cp(`${ROOT}proto`, directory.path("proto"), { recursive: true });
  if (reader.folder !== undefined) {
    await cp(`${ROOT}test/clients/${reader.folder}`, cwd, { recursive: true });
  }
  await reader.prepare?.(cwd);
  await using server = await serve();
  const { host } = new URL(server.url);
  for (const step of reader.steps) {
    const outcome = await shell(step.command.replaceAll(SERVER, host), { cwd, signal });
    yield { step, ...outcome };
  }
}

/** What the last step prints. Each must succeed; only the last talks to our server, the others may lack a network. */
export async function followSteps(reader: Reader, context: TestContext): Promise<string> {
  let printed = "";
  for await (const { step, code, stdout, stderr } of takeSteps(reader, context)) {
    printed = stdout;
    if (code === 0) continue;
    const output = `${stdout}\n${stderr}`;
    const unreachable = step === reader.steps.at(-1) ? undefined : networkFailure(output);
    if (unreachable !== undefined) context.skip(`packages cannot be fetched: ${unreachable}`);
    throw new Error(`exit code ${code} of\n${step.command}\n\n${output}`);
  }
  return printed;
}
