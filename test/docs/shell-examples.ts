/**
 * Runs the `sh` blocks of a document from top to bottom, as a reader would, against one server and in one directory.
 *
 * - Lines with `npm start` (re)start the server with the flags they give; `npm ci` and `npm test` are the reader's.
 * - A server with default settings runs before the first `npm start`. A document with `profile-registry serve` starts its
 *   servers itself, on ports 8080 and 8081, which are others here; those it leaves are ended.
 * - `# => TEXT` lines say what a block prints, with `…` for what is left out. A `json` block right behind it says so too
 *   (see expected-json.ts).
 * - Lines that begin with `export` hold for the blocks behind them too.
 * - `<!-- file: PATH -->` above a block is a file that the reader is told to write; `PATH.db` above an `sql` block is the
 *   database that it makes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { findFreePort } from "../support/free-port.js";
import { openBash, PROGRAM } from "./bash.js";
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

/** What was printed, with `…` where the example has it. */
export function likeExample(printed: string, example: string): string {
  const lines = printed.split("\n");
  return lines
    .map((line, i) => {
      const shown = example.split("\n")[i] ?? "";
      const parts = shown.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      return new RegExp(`^${parts.join(".+")}$`).test(line) ? shown : line;
    })
    .join("\n");
}

const ADDRESS = /(?:127\.0\.0\.1|localhost):(808[01])/g;
const PORT = /--port (808[01])/g;
const BUF = join(ROOT, "node_modules/.bin/buf");
const SERVES = /^profile-registry serve/m;

const TOOLS: readonly { uses: RegExp; missing: () => string | undefined }[] = [
  { uses: /^\s*curl /m, missing: () => (onPath("curl") ? undefined : "curl is not installed") },
  { uses: /^\s*grpcurl /m, missing: () => (onPath("grpcurl") ? undefined : "grpcurl is not installed") },
  { uses: /^\s*sqlite3 /m, missing: () => (onPath("sqlite3") ? undefined : "sqlite3 is not installed") },
  { uses: /npx buf /, missing: () => (existsSync(BUF) ? undefined : "buf is not installed (npm ci)") },
  {
    uses: /profile-registry /,
    missing: () => (existsSync(PROGRAM) ? undefined : "the program is not built (npm run build)"),
  },
];

/** `examples` are all of the document's. */
export async function openReader(examples: readonly Example[]): Promise<Reader> {
  const directory = mkdtempSync(join(tmpdir(), "profile-registry-docs-"));
  mkdirSync(join(directory, "test"));
  symlinkSync(join(ROOT, "test/data"), join(directory, "test/data"));
  mkdirSync(join(directory, "docs"));
  symlinkSync(join(ROOT, "docs/examples"), join(directory, "docs/examples"));
  const servesItself = examples.some(({ block }) => SERVES.test(block.text));
  let server: RunningServer | undefined = servesItself ? undefined : await startServer();
  const freePorts = servesItself ? [await findFreePort(), await findFreePort()] : [];
  const restart = async (line: string): Promise<void> => {
    await server?.stop();
    server = await startServer(flagsOf(line, directory));
  };
  const portFor = (shown: string): string | undefined =>
    shown === "8080" && server !== undefined ? server.host.split(":")[1] : freePorts[Number(shown) - 8080];
  const bash = openBash(directory);
  const exported: string[] = [];
  return {
    async run({ text, file }) {
      if (file !== undefined) {
        writeExample(join(directory, file), text);
        return { text: "" };
      }
      const skipped = TOOLS.find((tool) => tool.uses.test(text))?.missing();
      if (skipped !== undefined) return { text: "", skipped };
      const lines = text.split("\n");
      for (const line of lines.filter((one) => one.includes("npm start"))) await restart(line);
      const commands = lines.filter((line) => !/^(?:#|npm (?:ci|start|test))/.test(line));
      const script = [...exported, ...commands]
        .join("\n")
        .replace(ADDRESS, (_, shown: string) => `127.0.0.1:${portFor(shown) ?? shown}`)
        .replace(PORT, (_, shown: string) => `--port ${portFor(shown) ?? shown}`)
        .replaceAll("npx profile-registry", "profile-registry")
        .replaceAll("npx buf", BUF);
      exported.push(...commands.filter((line) => line.startsWith("export ")));
      const port = portFor("8080");
      const output = await bash.run(script, port === undefined ? {} : { PROFILE_REGISTRY_PORT: port });
      const shown = ["8080", "8081"].reduce(
        (all, one) => all.replaceAll(`127.0.0.1:${portFor(one)}`, `127.0.0.1:${one}`),
        output,
      );
      return { text: shown };
    },
    async leave() {
      await server?.stop();
      bash.close();
      rmSync(directory, { recursive: true });
    },
  };
}

function writeExample(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!path.endsWith(".db")) {
    writeFileSync(path, `${text}\n`);
    return;
  }
  const db = new Database(path);
  db.exec(text);
  db.close();
}

function onPath(tool: string): boolean {
  return spawnSync("bash", ["-c", `command -v ${tool}`]).status === 0;
}
