/**
 * Runs the `sh` blocks of a document from top to bottom, as a reader would, against one server and in one directory.
 *
 * - Lines with `npm start` (re)start the server with the flags they give; `npm ci` and `npm test` are the reader's.
 * - `# => TEXT` lines say what a block prints. A `json` block right behind it says so too (see expected-json.ts).
 * - `<!-- file: PATH -->` above a block is a file that the reader is told to write.
 * - A server with default settings runs before the first `npm start`.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Block, blocksOf, ROOT, readDocument } from "./markdown.js";
import { flagsOf, type RunningServer, startServer } from "./running-server.js";

export interface Example {
  /** `README.md:42`, and the first command. */
  name: string;
  block: Block;
  /** What the block prints, as text. */
  expectedText: string | undefined;
  /** What it prints, as JSON. */
  expectedJson: string | undefined;
}

export function examplesOf(path: string): Example[] {
  const blocks = blocksOf(readDocument(path));
  return blocks.flatMap((block, i) => {
    if (block.language !== "sh" && block.file === undefined) return [];
    const next = blocks[i + 1];
    const [first = ""] = block.text.split("\n");
    const says = [...block.text.matchAll(/^# => ?(.*)$/gm)].map((match) => match[1]);
    return {
      name: `${path}:${block.line} ${block.file ?? first}`.slice(0, 110),
      block,
      expectedText: says.length > 0 ? says.join("\n") : undefined,
      expectedJson: next?.language === "json" && next.line <= block.end + 1 ? next.text : undefined,
    };
  });
}

export interface Output {
  text: string;
  /** What stands in the way of running the block here. */
  skipped?: string;
}

export interface Reader {
  run(block: Block): Promise<Output>;
  leave(): Promise<void>;
}

const SERVER = /(?:127\.0\.0\.1|localhost):8080/g;
const PROGRAM = join(ROOT, "dist/src/main.js");
const BUF = join(ROOT, "node_modules/.bin/buf");

const TOOLS: readonly { uses: RegExp; missing: () => string | undefined }[] = [
  { uses: /^\s*curl /m, missing: () => (onPath("curl") ? undefined : "curl is not installed") },
  { uses: /^\s*grpcurl /m, missing: () => (onPath("grpcurl") ? undefined : "grpcurl is not installed") },
  { uses: /npx buf /, missing: () => (existsSync(BUF) ? undefined : "buf is not installed (npm ci)") },
  {
    uses: /npx profile-registry/,
    missing: () => (existsSync(PROGRAM) ? undefined : "the program is not built (npm run build)"),
  },
];

export async function openReader(): Promise<Reader> {
  const directory = mkdtempSync(join(tmpdir(), "profile-registry-docs-"));
  mkdirSync(join(directory, "test"));
  symlinkSync(join(ROOT, "test/data"), join(directory, "test/data"));
  let server: RunningServer = await startServer();
  const restart = async (line: string): Promise<void> => {
    await server.stop();
    server = await startServer(flagsOf(line, directory));
  };
  return {
    async run({ text, file }) {
      if (file !== undefined) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), `${text}\n`);
        return { text: "" };
      }
      const skipped = TOOLS.find((tool) => tool.uses.test(text))?.missing();
      if (skipped !== undefined) return { text: "", skipped };
      const lines = text.split("\n");
      for (const line of lines.filter((one) => one.includes("npm start"))) await restart(line);
      const script = lines
        .filter((line) => !/^(?:#|npm (?:ci|start|test))/.test(line))
        .join("\n")
        .replaceAll(SERVER, server.host)
        .replaceAll("npx profile-registry", `${process.execPath} ${PROGRAM}`)
        .replaceAll("npx buf", BUF);
      const output = await bash(script, directory);
      return { text: output.replaceAll(server.host, "127.0.0.1:8080") };
    },
    async leave() {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The server runs in this process, so that the shell must not block it. */
async function bash(script: string, cwd: string): Promise<string> {
  if (script.trim() === "") return "";
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd,
    timeout: 20_000,
  });
  return stdout.replaceAll("\r", "").trimEnd();
}

function onPath(tool: string): boolean {
  return spawnSync("bash", ["-c", `command -v ${tool}`]).status === 0;
}
