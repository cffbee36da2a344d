import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { run, serve, temporaryDirectory } from "../cli/program.js";
import { storedIn } from "./disk-database.js";
import { edgesOf } from "./disk-edges.js";
import { makeImmutable } from "./disk-machine.js";

test("files that may not be changed refuse writes with their reason, and are written again when they may", async (context) => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  await edges.write("agent", "before");
  {
    using _ = makeImmutable(context, [file, `${file}-wal`]);
    expect(await edges.write("agent", "lost")).toMatchObject({
      status: 503,
      detail: "store cannot be used: disk I/O error (SQLITE_IOERR_WRITE)",
      retryAfter: "1",
    });
    expect((await edges.writeRpc("agent", "lost"))[0]).toBe("Unavailable");
    expect(await edges.resolve("agent")).toMatchObject({ status: 200, json: { profile_version: 2 } });
    expect(await edges.resolve("default")).toMatchObject({ status: 200 });
  }
  expect(await edges.write("agent", "after")).toMatchObject({ json: { metadata: { version: 3 } } });
  server.child.kill("SIGKILL");
  await server.ended;
  expect(storedIn(file, "agent")).toEqual({ version: 3, text: "after" });
});

test("a database that may not be changed fails the start with one line, and starts when it may", async (context) => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const args = ["--profile-registry-db", file];
  {
    await using server = await serve(args);
    await server.stop();
    using _ = makeImmutable(context, [file]);
    const { code, stderr } = await run(["serve", "--port", "0", ...args]);
    expect(stderr).toMatch(new RegExp(`^profile-registry: ${file} cannot be (written|opened): .*\\n$`));
    expect(code).toBe(1);
  }
  await using server = await serve(args);
  expect(await edgesOf(server.url).write("agent", "after")).toMatchObject({ status: 200 });
});

test("a file whose permissions are taken away under the server is written on: it is open", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  for (const path of [file, `${file}-wal`, `${file}-shm`]) chmodSync(path, 0o400);
  chmodSync(dirname(file), 0o500);
  try {
    expect(await edgesOf(server.url).write("agent", "after")).toMatchObject({ status: 200 });
    server.child.kill("SIGKILL");
    await server.ended;
  } finally {
    chmodSync(dirname(file), 0o700);
  }
  for (const path of [file, `${file}-wal`, `${file}-shm`]) chmodSync(path, 0o600);
  expect(storedIn(file, "agent")).toEqual({ version: 2, text: "after" });
});
