import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { type Running, run, serve, temporaryDirectory } from "../cli/program.js";
import { createRandom } from "./history-random.js";
import {
  createNames,
  servedDocuments,
  statusOfPatch,
  storedDocuments,
  storedRevision,
  workOn,
} from "./restore-drill.js";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
/** How long clients write between the steps of the drill. */
const WRITING_MS = Number(process.env.DRILL_MS ?? 300);
const KILLS = Number(process.env.DRILL_KILLS ?? 4);

test("after a restore the state is exactly the copy's, and no version or revision is given again", {
  timeout: 60_000 + 20 * WRITING_MS,
}, async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const args = ["--profile-registry-db", file];
  const names = createNames();
  const random = createRandom(SEED);
  const copies: Record<string, string> = {
    backup: directory.path("backup.db"),
    live: directory.path("live.db"),
    plain: directory.path("plain.db"),
  };
  const writing = (server: Running, during: () => Promise<unknown>) =>
    workOn(server.url, { names, random, during });

  let server = await serve(args);
  try {
    await writing(server, () => sleep(WRITING_MS));
    await writing(server, async () => {
      const { code } = await run(["backup", ...args, "--output", copies.backup!]);
      expect(code).toBe(0);
    });
    await writing(server, async () => {
      // What `sqlite3 FILE ".backup COPY"` does.
      const db = new Database(file);
      await db.backup(copies.live!);
      db.close();
    });
    await writing(server, () => sleep(WRITING_MS));
    expect((await server.stop()).code).toBe(0);
    copyFileSync(file, copies.plain!);
    let revision = storedRevision(file);

    for (const copy of ["backup", "live", "plain", "backup"]) {
      const before = storedDocuments(file);
      const outcome = await run(["restore", copies[copy]!, ...args, "--yes", "--json"]);
      expect(outcome, copy).toMatchObject({ code: 0, stderr: "" });
      expect(storedDocuments(file)).toEqual(storedDocuments(copies[copy]!));

      server = await serve(args);
      const served = await servedDocuments(server.url);
      expect(served).toEqual(storedDocuments(copies[copy]!));
      for (const [slug, { version }] of before) {
        const now = served.get(slug)?.version;
        if (now === undefined || now === version) continue;
        expect(await statusOfPatch(server.url, slug, version), `${slug} ${version}`).toBe(409);
      }
      await writing(server, () => sleep(WRITING_MS));
      expect((await server.stop()).code).toBe(0);
      expect(storedRevision(file)).toBeGreaterThan(revision);
      revision = storedRevision(file);
      expect(await run(["verify", ...args])).toMatchObject({ code: 0 });
    }
    expect(names.contradictions, `seed ${SEED}`).toEqual([]);
    expect(names.size).toBeGreaterThan(30);
  } finally {
    await server[Symbol.asyncDispose]();
  }
});

test("a restore that is killed leaves the old database or the new one, whole", {
  timeout: 60_000 + KILLS * 5_000,
}, async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const args = ["--profile-registry-db", file];
  const backup = directory.path("backup.db");
  const random = createRandom(SEED);
  await using server = await serve(args);
  const names = createNames();
  await workOn(server.url, { names, random, during: () => sleep(WRITING_MS) });
  await run(["backup", ...args, "--output", backup]);
  await workOn(server.url, { names, random, during: () => sleep(WRITING_MS) });
  server.child.kill("SIGKILL");
  await server.ended;
  // What was written last is only in the log.
  const crashed = directory.path("crashed.db");
  for (const suffix of ["", "-wal"]) copyFileSync(file + suffix, crashed + suffix);

  const [old, restored] = [storedDocuments(file), storedDocuments(backup)];
  const outcomes = { old: 0, new: 0 };
  /** Of one that is left alone. */
  let tookMs: number | undefined;
  for (let kill = 0; kill < KILLS; kill++) {
    await using round = await temporaryDirectory();
    const target = round.path("profiles.db");
    for (const suffix of ["", "-wal"]) copyFileSync(crashed + suffix, target + suffix);
    const onTarget = ["--profile-registry-db", target];
    const child = spawn(process.execPath, [MAIN, "restore", backup, ...onTarget, "--yes"], {
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    // Before it has begun there is nothing to break.
    while (child.exitCode === null && readdirSync(round.path("")).length < 4) await sleep(1);
    const begun = performance.now();
    if (tookMs === undefined) {
      await ended;
      tookMs = performance.now() - begun;
    }
    await sleep(random.next() * tookMs);
    child.kill("SIGKILL");
    await ended;

    const found = storedDocuments(target);
    const isOld = isDeepStrictEqual(found, old);
    outcomes[isOld ? "old" : "new"]++;
    if (!isOld) expect(found, `seed ${SEED}`).toEqual(restored);
    expect(await run(["verify", ...onTarget]), `seed ${SEED}`).toMatchObject({
      stdout: expect.stringMatching(/^sound/),
    });
    expect(await run(["restore", backup, ...onTarget, "--yes"])).toMatchObject({ code: 0 });
    expect(storedDocuments(target)).toEqual(restored);
  }
  if (process.env.DRILL_KILLS !== undefined) console.log(outcomes);
});
