import { mkdirSync, renameSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { serve, temporaryDirectory } from "../cli/program.js";
import { storedIn } from "./disk-database.js";
import { edgesOf } from "./disk-edges.js";

const REFUSAL = "was deleted or moved away: nothing is written until it is back";

test("a deleted file is noticed before the next write is acknowledged, and documents go on being resolved", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  await edges.resolve("agent");
  rmSync(file);

  expect(await edges.write("agent", "lost")).toMatchObject({
    status: 503,
    detail: `${file} ${REFUSAL}`,
    retryAfter: "1",
  });
  expect(await edges.writeRpc("agent", "lost")).toEqual(["Unavailable", `${file} ${REFUSAL}`]);
  expect(await edges.ready()).toMatchObject({
    status: 200,
    json: { store: { problem: `${file} ${REFUSAL}` } },
  });
  expect(await edges.resolve("agent"), "known").toMatchObject({ status: 200, json: { profile_version: 1 } });
  expect(await edges.resolve("default"), "not yet known").toMatchObject({ status: 200 });
  expect((await server.stop()).code).toBe(0);
});

test("a file that was moved away and comes back is written again without a restart, and has lost nothing", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  expect(await edges.write("agent", "before")).toMatchObject({ status: 200 });
  mkdirSync(directory.path("aside"));
  renameSync(file, directory.path("aside/profiles.db"));
  expect(await edges.write("agent", "meanwhile")).toMatchObject({ status: 503 });
  renameSync(directory.path("aside/profiles.db"), file);

  expect(await edges.ready()).toMatchObject({ status: 200 });
  expect(await edges.write("agent", "after")).toMatchObject({
    status: 200,
    json: { metadata: { version: 3 } },
  });
  server.child.kill("SIGKILL");
  await server.ended;
  expect(storedIn(file, "agent")).toEqual({ version: 3, text: "after" });
});

test("a file that was moved away has all that was acknowledged once the server has noticed", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  await edges.write("agent", "acknowledged");
  renameSync(file, directory.path("moved.db"));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  server.child.kill("SIGKILL");
  await server.ended;
  expect(storedIn(directory.path("moved.db"), "agent")).toEqual({ version: 2, text: "acknowledged" });
});

for (const suffix of ["-wal", "-shm"]) {
  test(`a deleted ${suffix} stops writes until a restart, which finds all that was acknowledged`, async () => {
    await using directory = await temporaryDirectory();
    const file = directory.path("profiles.db");
    const args = ["--profile-registry-db", file];
    await using server = await serve(args);
    const edges = edgesOf(server.url);
    await edges.write("agent", "acknowledged");
    rmSync(file + suffix);
    expect(await edges.write("agent", "lost")).toMatchObject({
      status: 503,
      detail: `${file}${suffix} was deleted or replaced: nothing is written until this server is restarted`,
    });
    expect(await edges.problem()).toContain("was deleted or replaced");
    expect(await edges.resolve("agent")).toMatchObject({ status: 200, json: { profile_version: 2 } });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    server.child.kill("SIGKILL");
    await server.ended;

    await using next = await serve(args);
    expect(await edgesOf(next.url).write("agent", "after")).toMatchObject({
      status: 200,
      json: { metadata: { version: 3 } },
    });
  });
}
