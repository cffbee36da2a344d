import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { run, serve, temporaryDirectory } from "./program.js";

/** The pids of a server's workers, told by the system. */
async function workersOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.trim().split(" ").filter(Boolean).map(Number);
}

/** Over a connection of its own, so that another worker may answer the next one. */
function get(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += String(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    asked.on("error", reject).end();
  });
}

const served = async (directory: { path: (name: string) => string }, workers: string) =>
  serve(["--profile-registry-db", directory.path("profiles.db"), "--workers", workers]);

test("workers share one port and one file: each answers alike, and sees at once what another has written", async () => {
  await using directory = await temporaryDirectory();
  await using server = await served(directory, "3");
  expect(await workersOf(server.child.pid!)).toHaveLength(3);
  for (let version = 2; version < 8; version++) {
    const patched = await fetch(`${server.url}/api/chat/profiles/agent`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ description: `version ${version}` }),
    });
    expect(patched.status).toBe(200);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => get(`${server.url}/api/chat/resolve/agent`)),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(answers[0]!.body)).toMatchObject({ profile_version: version });
  }
  expect((await server.stop()).code).toBe(0);
});

test("a worker that dies is replaced, and the others serve meanwhile", async () => {
  await using directory = await temporaryDirectory();
  await using server = await served(directory, "2");
  const pid = server.child.pid!;
  const [first, second] = await workersOf(pid);
  process.kill(first!, "SIGKILL");
  for (let i = 0; i < 5; i++) expect((await get(`${server.url}/healthz`)).status).toBe(200);
  let workers = await workersOf(pid);
  for (let tries = 0; workers.length < 2 && tries < 100; tries++) {
    await sleep(50);
    workers = await workersOf(pid);
  }
  expect(workers).toHaveLength(2);
  expect(workers).toContain(second);
  expect(workers).not.toContain(first);
  const { code, stdout } = await server.stop();
  expect(code).toBe(0);
  expect(stdout).toContain('"signal":"SIGKILL","msg":"a worker ended and is started again"');
});

test("/metrics adds up over the workers, whichever is asked", async () => {
  await using directory = await temporaryDirectory();
  await using server = await served(directory, "2");
  for (let i = 0; i < 10; i++) await get(`${server.url}/api/chat/resolve/agent`);
  for (let i = 0; i < 4; i++) {
    const { body } = await get(`${server.url}/metrics`);
    const resolves = [...body.matchAll(/^profile_registry_resolves_total{.*} (\d+)$/gm)].map(([, n]) =>
      Number(n),
    );
    expect(resolves.reduce((a, b) => a + b, 0)).toBe(10);
    expect(body).toMatch(/^profile_registry_store_revision 3$/m);
  }
});

test("a stop ends all workers and leaves nothing in the write-ahead log", async () => {
  await using directory = await temporaryDirectory();
  await using server = await served(directory, "2");
  const workers = await workersOf(server.child.pid!);
  await fetch(`${server.url}/api/chat/profiles/agent`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect((await server.stop()).code).toBe(0);
  for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  await expect(readFile(directory.path("profiles.db-wal"))).rejects.toThrow("ENOENT");
});

test("workers end when their first process is killed", async () => {
  await using directory = await temporaryDirectory();
  await using server = await served(directory, "2");
  const workers = await workersOf(server.child.pid!);
  server.child.kill("SIGKILL");
  await server.ended;
  const alive = (): number[] =>
    workers.filter((pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    });
  for (let tries = 0; alive().length > 0 && tries < 100; tries++) await sleep(50);
  expect(alive()).toEqual([]);
});

test("a server whose first worker cannot serve ends with its exit code and its reason", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const { code, stderr } = await run([
    ...["serve", "--port", "0", "--workers", "2", "--profile-registry-db", file],
    ...["--default-registry", "nowhere"],
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain('default registry "nowhere" does not exist');
});

test("more than one worker needs a file to share", async () => {
  const refused = await run(["serve", "--workers", "2"]);
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--workers above 1 needs an SQLite file that they share"),
  });
  expect((await run(["serve", "--workers", "0"])).stderr).toContain(
    '--workers must be a positive integer up to 999 or auto, not "0"',
  );
});
