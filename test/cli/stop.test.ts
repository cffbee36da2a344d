import { copyFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { run, serve, TEST_DATA, temporaryDirectory } from "./program.js";

const patch = (url: string, slug: string): Promise<Response> =>
  fetch(`${url}/api/chat/profiles/${slug}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: "{}",
  });

test("SIGTERM ends an idle server at once with exit code 0", async () => {
  await using server = await serve();
  await fetch(`${server.url}/healthz`);
  const start = performance.now();
  expect((await server.stop()).code).toBe(0);
  expect(performance.now() - start).toBeLessThan(5_000);
});

test("after a clean stop nothing is left in a write-ahead log, and a plain copy is a backup", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve([
    "--profile-registry-db",
    file,
    "--seed-file",
    `${TEST_DATA}registries.yaml`,
  ]);
  await patch(server.url, "analyst");
  await server.stop();
  await expect(stat(`${file}-wal`)).rejects.toThrow("ENOENT");
  await copyFile(file, directory.path("copy.db"));
  const { stdout } = await run(["resolve", "analyst", "--profile-registry-db", directory.path("copy.db")]);
  expect(JSON.parse(stdout)).toMatchObject({ profile: "analyst", profile_version: 2 });
});

test("a request whose body is still coming when SIGTERM arrives is answered", async () => {
  await using server = await serve();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  const body = JSON.stringify({ profile: "agent" });
  socket.write(
    `POST /api/chat/resolve HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const ended = server.stop();
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.write(body.slice(5));
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(answer).toContain('"profile":"agent"');
  expect((await ended).code).toBe(0);
});

test("a second SIGTERM ends the process although a request is under way", async () => {
  await using server = await serve();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(
    `POST /api/chat/resolve HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 200));
  const start = performance.now();
  await server.stop();
  expect(performance.now() - start).toBeLessThan(3_000);
  socket.destroy();
});
