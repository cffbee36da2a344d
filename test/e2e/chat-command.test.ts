/** `npm run example:chat`, and the commands of docs/example-chat.md against what it has started. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bash, openBash } from "../docs/bash.js";
import { differences } from "../docs/expected-json.js";
import { blocksOf, ROOT, readDocument } from "../docs/markdown.js";

const blocks = blocksOf(readDocument("docs/example-chat.md"));
const commands = blocks
  .map((block, i) => ({
    ...block,
    answer: blocks[i + 1]?.language === "json" ? blocks[i + 1]?.text : undefined,
  }))
  .filter(({ language, text }) => language === "bash" && !text.startsWith("npm run"));

let started: ChildProcess;
let bash: Bash;
let chat = "";
let registry = "";

beforeAll(async () => {
  started = spawn(process.execPath, [join(ROOT, "examples/chat/start.mjs")], {
    env: { PATH: process.env.PATH, PORT: "0", REGISTRY_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(started.stdout!), "line")) as [string];
  [chat = "", registry = ""] = line.match(/http:\/\/[\d.:]+/g) ?? [];
  bash = openBash(tmpdir());
});
afterAll(async () => {
  bash.close();
  if (started.exitCode === null && started.kill("SIGTERM")) await once(started, "exit");
});

const post = (path: string, body: string) =>
  fetch(`${chat}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body });

describe("npm run example:chat", () => {
  test.each(commands)("docs/example-chat.md:$line $text", async ({ text, answer }) => {
    const script = text
      .replaceAll("http://127.0.0.1:8090", chat)
      .replaceAll("http://127.0.0.1:8080", registry);
    const printed = await bash.run(script);
    if (answer !== undefined) expect(differences(JSON.parse(answer), JSON.parse(printed))).toEqual([]);
  });

  test.each([
    ["a turn that is not JSON", "{", 400, "the turn is not JSON"],
    ["a turn of nobody", '{"text": "Hello"}', 400, "a turn needs a conversation and a text"],
    ["a turn that is too large", `"${"x".repeat(2_000_000)}"`, 413, "the turn is too large"],
    [
      "a profile that there is not",
      '{"conversation": "c", "text": "", "profile": "no"}',
      404,
      "profile not found: no",
    ],
  ])("refuses %s", async (_, body, status, detail) => {
    const answered = await post("/turn", body);
    expect([answered.status, await answered.json()]).toEqual([status, { detail }]);
  });

  test.each([
    "//",
    "/../package.json",
    "/modules/../src/main.js",
    "/%2e%2e/start.mjs",
    "/modules/client",
    "/page",
  ])("serves nothing at %s", async (path) => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      // `fetch` would tidy the path.
      const request = get(chat, { path }, ({ statusCode }) => resolve(statusCode));
      request.once("error", reject);
    });
    expect(answer).toBe(404);
  });

  test("ends with its registry", async () => {
    started.kill("SIGTERM");
    await once(started, "exit");
    await expect
      .poll(() =>
        fetch(registry).then(
          () => "runs",
          () => "ended",
        ),
      )
      .toBe("ended");
  });
});
