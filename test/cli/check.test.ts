import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES, serverForTest } from "../support/server.js";
import { jsonOf, runHere } from "./here.js";
import { start } from "./program.js";

const { rest, url } = sharedServer({ "seed-file": REGISTRIES });

const STEPS = [
  "readiness",
  "list",
  "catalogues",
  "registry created",
  "unknown middleware refused",
  "invalid config refused",
  "create",
  "patch",
  "stale version refused",
  "set default",
  "cookie set",
  "cookie switched",
  "resolve",
  "delete",
  "cleaned up",
];

const registries = async (): Promise<string[]> =>
  ((await rest("GET", "/registries")).json as { slug: string }[]).map(({ slug }) => slug);

test("a server that is well passes every step, and keeps nothing of it", async () => {
  const before = await rest("GET", "/profiles");
  expect(await runHere(["check", "--server", url()])).toEqual({
    code: 0,
    stdout: STEPS.map((name) => `ok ${name}\n`).join(""),
    stderr: "",
  });
  expect(await registries()).toEqual(["default", "team"]);
  expect((await rest("GET", "/profiles")).text).toBe(before.text);
});

test("a server that requires expected versions passes too", async () => {
  const server = await serverForTest({ "require-expected-version": "true" });
  expect((await runHere(["check", "--server", server.url])).code).toBe(0);
});

test("with --read-only nothing is written", async () => {
  const before = (await rest("GET", "/registries")).headers.get("profile-registry-revision");
  const { code, stdout } = await runHere(["check", "--read-only", "--server", url()]);
  expect(stdout).toBe("ok readiness\nok list\nok catalogues\nok resolve\n");
  expect(code).toBe(0);
  expect((await rest("GET", "/registries")).headers.get("profile-registry-revision")).toBe(before);
});

test("--json tells the same", async () => {
  const steps = STEPS.map((name) => ({ name, ok: true }));
  expect(await jsonOf(["check", "--server", url()])).toEqual({ server: url(), ok: true, steps });
});

test("the variable PROFILE_REGISTRY_SERVER names the server", async () => {
  const env = { PROFILE_REGISTRY_SERVER: url() };
  expect((await runHere(["check", "--read-only"], env)).code).toBe(0);
});

test("a step that fails is named with its reason, and what was written is taken back", async () => {
  const broken = await inFrontOf(url(), (method) => (method === "PATCH" ? 500 : undefined));
  const { code, stdout, stderr } = await runHere(["check", "--server", broken]);
  expect(stdout).toMatch(
    /^FAILED patch: PATCH \/api\/chat\/profiles\/one-\w+\?registry=check-\w+ answered 500, not 200$/m,
  );
  expect(stdout).toMatch(/^ok cleaned up$/m);
  expect(stderr).toMatch(/^profile-registry: \d of 15 steps failed\n$/);
  expect(code).toBe(1);
  expect(await registries()).toEqual(["default", "team"]);
});

test("a server that is not ready is asked nothing more", async () => {
  const starting = await inFrontOf(url(), () => 503);
  const { code, stdout } = await runHere(["check", "--server", starting]);
  expect(stdout).toBe("FAILED readiness: GET /readyz answered 503, not 200\n");
  expect(code).toBe(1);
});

test("a server that cannot be reached is named", async () => {
  const { code, stdout } = await runHere(["check", "--server", "http://127.0.0.1:1"]);
  expect(stdout).toMatch(/^FAILED readiness: http:\/\/127\.0\.0\.1:1 cannot be reached: .*\n$/);
  expect(code).toBe(1);
});

test("a check that is interrupted takes back what it wrote", async () => {
  let interrupt = (): void => {};
  const slow = await inFrontOf(url(), (method) => {
    if (method === "PATCH") interrupt();
    return undefined;
  });
  const { child, outcome } = start(["check", "--server", slow]);
  interrupt = () => child.kill("SIGINT");
  const { code, stdout, stderr } = await outcome;
  expect([code, stderr]).toEqual([1, "profile-registry: interrupted\n"]);
  expect(stdout).toMatch(/^ok cleaned up$/m);
  expect(await registries()).toEqual(["default", "team"]);
});

/** What answers instead of a server where `status` gives one. Returns its URL. */
async function inFrontOf(server: string, status: (method: string) => number | undefined): Promise<string> {
  const front = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const instead = status(method);
    if (instead !== undefined) return response.writeHead(instead).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { cookie = "", "content-type": type = "" } = headers;
    const answer = await fetch(server + path, {
      method,
      headers: { ...(cookie ? { cookie } : {}), ...(type ? { "content-type": type } : {}) },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    const set = answer.headers.get("set-cookie");
    response.writeHead(answer.status, set === null ? {} : { "set-cookie": set }).end(await answer.text());
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  onTestFinished(() => {
    front.closeAllConnections();
    front.close();
  });
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
}
