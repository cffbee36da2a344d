/**
 * Connect's own conformance suite judges the server: Connect, gRPC and gRPC-Web over HTTP/1.1 and HTTP/2, in JSON and proto.
 * features.yaml says what of it applies, known-failing.txt what is answered otherwise, and why.
 */
import { fileURLToPath } from "node:url";
import { expect, type TestContext, test } from "vitest";
import { temporaryDirectory } from "../cli/program.js";
import { shell } from "../clients/shell.js";
import { missingTool, networkFailure } from "../clients/toolchain.js";
import { serveSuite } from "./servers.js";
import { obtainSuite, type Suite, typesOf } from "./suite.js";

const TOOLS = { "Go 1.26": "go version | grep -E 'go1\\.(2[6-9]|[3-9][0-9])'" };
/** With a cold cache the suite is downloaded and compiled, which may take minutes. Commands are ended sooner. */
const TIMEOUT_MS = 300_000;
const COMMANDS_TIMEOUT_MS = 270_000;
/** Few at once: what waits for too long misses deadlines. */
const AT_ONCE = "--max-servers 1 --parallel 4";

const FEATURES = fileURLToPath(new URL("features.yaml", import.meta.url));
const KNOWN_FAILING = fileURLToPath(new URL("known-failing.txt", import.meta.url));

async function suiteIn(directory: string, signal: AbortSignal, context: TestContext): Promise<Suite> {
  const missing = await missingTool(TOOLS);
  if (missing !== undefined) context.skip(`${missing} is missing`);
  const suite = await obtainSuite(directory, signal);
  if ("program" in suite) return suite;
  const output = `${suite.stdout}\n${suite.stderr}`;
  const unreachable = networkFailure(output);
  if (unreachable !== undefined) context.skip(`the conformance suite cannot be fetched: ${unreachable}`);
  throw new Error(output);
}

/** Answers how many cases have passed. Throws where one has failed that should not have. */
async function passed(
  context: TestContext,
  { unaryReads, options }: { unaryReads: boolean; options: string },
): Promise<number> {
  await using directory = await temporaryDirectory();
  const signal = AbortSignal.timeout(COMMANDS_TIMEOUT_MS);
  const suite = await suiteIn(directory.path(""), signal, context);
  await using servers = await serveSuite(typesOf(suite, { unaryReads }), directory.path("socket"));
  const command = servers.command.map((word) => `'${word}'`).join(" ");
  const { code, stdout, stderr } = await shell(
    `${suite.program} --mode server --conf ${FEATURES} ${AT_ONCE} ${options} -- ${command}`,
    { signal },
  );
  if (code !== 0) throw new Error(`${stdout}\n${stderr}`);
  return Number(/^(\d+) passed/m.exec(stdout)?.[1]);
}

// Patterns that match nothing would leave nothing to fail: hence the numbers.

test(
  "every case that applies passes",
  async (context) => {
    const options = `--known-failing @${KNOWN_FAILING}`;
    expect(await passed(context, { unaryReads: false, options })).toBeGreaterThan(2_000);
  },
  TIMEOUT_MS,
);

test(
  "the cases of unary calls pass on the lean path too",
  async (context) => {
    const options = "--run '**/unary/**'";
    expect(await passed(context, { unaryReads: true, options })).toBeGreaterThan(500);
  },
  TIMEOUT_MS,
);
