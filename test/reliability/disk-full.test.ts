import { rmSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Running, serve, temporaryDirectory } from "../cli/program.js";
import { storedIn, withDatabase } from "./disk-database.js";
import { type Edges, edgesOf } from "./disk-edges.js";
import { limitFileSize, smallDisk } from "./disk-machine.js";

const LONG = "x".repeat(2_000);
const FULL = "store cannot be used: database or disk is full (SQLITE_FULL)";

/** Writes until the disk refuses, which it must. Answers the last version that was acknowledged. */
async function writeUntilRefused({ write }: Edges): Promise<number> {
  let version = 0;
  for (let i = 0; i < 2_000; i++) {
    const { status, json } = await write("agent", `${i} ${LONG}`);
    if (status === 503) return version;
    expect(status).toBe(200);
    version = (json.metadata as { version: number }).version;
  }
  throw new Error("the disk was never full");
}

async function killed(server: Running): Promise<void> {
  server.child.kill("SIGKILL");
  await server.ended;
}

/** As much as fits. */
function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(64 * 1024 * 1024));
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  }
}

test("a full disk refuses writes with its reason, keeps what was acknowledged, and is written again when there is room", async (context) => {
  using disk = smallDisk(context, 2);
  const file = disk.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  fill(disk.path("other-things"));
  const acknowledged = await writeUntilRefused(edges);

  expect(await edges.write("agent", "lost")).toMatchObject({ status: 503, detail: FULL, retryAfter: "1" });
  expect(await edges.writeRpc("agent", "lost")).toEqual(["Unavailable", FULL]);
  expect(await edges.resolve("agent"), "known").toMatchObject({ status: 200 });
  expect(await edges.resolve("default"), "not yet known").toMatchObject({ status: 200 });
  expect(await edges.ready()).toMatchObject({ status: 200 });
  rmSync(disk.path("other-things"));
  const { json } = await edges.write("agent", "after");
  expect(json).toMatchObject({ metadata: { version: Math.max(acknowledged, 1) + 1 } });
  await killed(server);
  expect(storedIn(file, "agent")).toMatchObject({ text: "after" });
});

test("what was acknowledged before the disk was full is there after a crash", async (context) => {
  using disk = smallDisk(context, 2);
  const file = disk.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const acknowledged = await writeUntilRefused(edgesOf(server.url));
  expect(acknowledged).toBeGreaterThan(10);
  await killed(server);
  rmSync(`${file}-shm`);
  expect(storedIn(file, "agent")?.version).toBe(acknowledged);
});

test("a stop on a full disk says where the last writes are, and the next start finds them", async (context) => {
  using disk = smallDisk(context, 2);
  const file = disk.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  await edges.write("agent", "acknowledged");
  fill(disk.path("other-things"));
  const { code, stderr } = await server.stop();
  expect(code).toBe(1);
  expect(stderr).toBe(`profile-registry: ${file}-wal keeps what was written last: ${FULL}\n`);
  rmSync(disk.path("other-things"));
  await using next = await serve(["--profile-registry-db", file]);
  expect((await edgesOf(next.url).get("agent")).json).toMatchObject({
    runtime: { system_prompt: "acknowledged" },
  });
});

test("a database that may not grow refuses writes, and is written again when it may", async (context) => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  const limit = (bytes: number | "unlimited"): void => limitFileSize(context, server.child.pid ?? 0, bytes);
  limit(statSync(`${file}-wal`).size + 50_000);
  const acknowledged = await writeUntilRefused(edges);
  expect(acknowledged).toBeGreaterThan(1);
  expect(await edges.write("agent", LONG)).toMatchObject({
    status: 503,
    detail: "store cannot be used: disk I/O error (SQLITE_IOERR_WRITE)",
  });
  expect(await edges.resolve("default")).toMatchObject({ status: 200 });
  limit("unlimited");
  expect(await edges.write("agent", "after")).toMatchObject({
    json: { metadata: { version: acknowledged + 1 } },
  });
  await killed(server);
  expect(storedIn(file, "agent")).toEqual({ version: acknowledged + 1, text: "after" });
  expect(withDatabase(file, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
});
