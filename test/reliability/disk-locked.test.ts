import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { serve, temporaryDirectory } from "../cli/program.js";
import { edgesOf } from "./disk-edges.js";

for (const mode of ["IMMEDIATE", "EXCLUSIVE"]) {
  test(`a lock (${mode}) held past the timeout makes writes busy, and no read waits for it`, async () => {
    await using directory = await temporaryDirectory();
    const file = directory.path("profiles.db");
    await using server = await serve(["--profile-registry-dsn", `file:${file}?_busy_timeout=1000`]);
    const edges = edgesOf(server.url);
    const holder = new Database(file);
    holder.exec(`BEGIN ${mode}`);

    const start = performance.now();
    const writes = [edges.write("agent", "late"), edges.create("late")];
    const refused = edges.writeRpc("agent", "late");
    // Also those that are read for the first time, while the writes wait.
    for (const slug of ["agent", "default"]) expect(await edges.resolve(slug)).toMatchObject({ status: 200 });
    expect(await edges.ready()).toMatchObject({ status: 200 });
    expect(performance.now() - start).toBeLessThan(950);
    for (const write of await Promise.all(writes)) {
      expect(write).toMatchObject({ status: 503, detail: "store is busy", retryAfter: "1" });
    }
    expect(await refused).toEqual(["Unavailable", "store is busy"]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);

    const waiting = edges.write("agent", "in time");
    setTimeout(() => holder.close(), 100);
    expect(await waiting, "no restart").toMatchObject({ status: 200, json: { metadata: { version: 2 } } });
  });
}
