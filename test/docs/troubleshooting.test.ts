/** What the troubleshooting table of docs/operations.md says that is seen, made to happen. */
import { chmodSync, copyFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Flags } from "../../src/config.js";
import { runHere } from "../cli/here.js";
import { run, TEST_DATA, temporaryDirectory } from "../cli/program.js";
import { edgesOf } from "../reliability/disk-edges.js";
import { smallDisk } from "../reliability/disk-machine.js";
import { startServer } from "../support/server.js";
import { readDocument, tableRows } from "./markdown.js";

/** The quoted texts of the first column, but for names of programs. */
const SYMPTOMS = tableRows(readDocument("docs/operations.md"), "what is seen").flatMap(([seen = ""]) =>
  [...seen.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text).filter((text) => text.includes(" ")),
);
const met = new Set<string>();

/** The statement that the table gives for a row that cannot be read. */
const [MENDING = ""] = /UPDATE profiles SET [^`]+/.exec(readDocument("docs/operations.md")) ?? [];

/** More than fit on the pages that a copy has. */
const SLUGS = Array.from({ length: 20 }, (_, i) => `other-${i}`);

/** The table has that symptom, and `text` too, where paths in `directory` are seen from there. */
function expectSymptom(symptom: string, text: string, directory?: string): void {
  expect(SYMPTOMS).toContain(symptom);
  expect(directory === undefined ? text : text.replaceAll(directory, "")).toContain(symptom);
  met.add(symptom);
}

async function makeDirectory(): Promise<string> {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  return directory.path("/");
}

/** A server on `profiles.db` of the directory, with the profile `support`. */
async function serveIn(directory: string, flags: Flags = {}) {
  const path = join(directory, "profiles.db");
  const server = await startServer({ "profile-registry-dsn": `file:${path}?_busy_timeout=100`, ...flags });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= server.stop());
  // One that cannot empty its log says so.
  onTestFinished(() => stop().catch(() => undefined));
  const edges = edgesOf(server.url);
  await edges.create("support");
  return { path, stop, url: server.url, ...edges, call: callOf(server.url) };
}

function callOf(url: string) {
  return async (path: string, body?: object): Promise<{ status: number; text: string }> => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${url}/api/chat${path}`, body === undefined ? {} : init);
    const text = await response.text();
    return {
      status: response.status,
      text: response.ok ? text : (JSON.parse(text) as { detail: string }).detail,
    };
  };
}

function withFile<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path, { timeout: 50 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

/** What a killed server leaves: the database and its log. */
function copyAsKilled(path: string, to: string): void {
  for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, to + suffix);
}

describe("a command", () => {
  test("on a file that holds nothing", async () => {
    const directory = await makeDirectory();
    const file = join(directory, "profiles.db");
    expectSymptom(
      "no such table: profile_registries",
      failureOf(() => withFile(file, (db) => db.prepare("SELECT slug FROM profile_registries"))),
    );
    const { stderr } = await runHere(["profile", "list", "--profile-registry-db", file]);
    expectSymptom("profiles.db holds no profile registry", stderr, directory);
  });

  test("on a file that does not exist", async () => {
    const directory = await makeDirectory();
    const { stderr } = await runHere(["verify", "--profile-registry-db", join(directory, "profiles.db")]);
    expectSymptom("profiles.db does not exist", stderr, directory);
  });

  test("restores under a server", async () => {
    const directory = await makeDirectory();
    const { path } = await serveIn(directory);
    const flags = ["--profile-registry-db", path];
    await runHere(["backup", "--output", join(directory, "copy.db"), ...flags]);
    const { stderr } = await runHere(["restore", "--yes", join(directory, "copy.db"), ...flags]);
    expectSymptom("profiles.db is in use: stop every process that has it open first", stderr, directory);
  });

  test("checks something else than this server", async () => {
    const other = createServer((request, response) => {
      response.end(request.url === "/readyz" ? '{"status":"ready"}' : "[]");
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { stdout, code } = await runHere(["check", "--read-only", "--server", url]);
    expectSymptom("FAILED catalogues: the catalogue of middlewares is empty", stdout);
    expect(code).toBe(1);
  });
});

describe("a server", () => {
  test("whose file is locked", async () => {
    const { path, write, resolve } = await serveIn(await makeDirectory());
    const shell = new Database(path);
    onTestFinished(() => void shell.close());
    shell.exec("BEGIN IMMEDIATE");
    const { status, detail } = await write("support", "x");
    expectSymptom("store is busy", detail);
    expect(status).toBe(503);
    expect((await resolve("support")).status).toBe(200);
    expectSymptom(
      "database is locked",
      failureOf(() => withFile(path, (other) => other.exec("BEGIN IMMEDIATE"))),
    );
  });

  test("whose disk is full", async (context) => {
    const full = "store cannot be used: database or disk is full (SQLITE_FULL)";
    // Also where there can be no small disk.
    met.add(full);
    using disk = smallDisk(context, 1);
    const { write, resolve } = await serveIn(disk.path("/"));
    let detail = "";
    for (let i = 0; i < 500 && detail === ""; i++)
      ({ detail } = await write("support", `${i}${"x".repeat(9_000)}`));
    expectSymptom(full, detail);
    expect((await resolve("support")).status).toBe(200);
  });

  test("whose file was moved away, or replaced", async () => {
    const directory = await makeDirectory();
    const { path, problem, url } = await serveIn(directory);
    renameSync(path, `${path}.aside`);
    expectSymptom(
      "profiles.db was deleted or moved away: nothing is written until it is back",
      (await problem()) ?? "",
      directory,
    );
    const { stdout } = await runHere(["export", "--server", url]);
    expect(stdout).toContain("support");
    copyFileSync(`${TEST_DATA}registries.yaml`, path);
    expectSymptom(
      "profiles.db was replaced by another file: nothing is written until that is open",
      (await problem()) ?? "",
      directory,
    );
  });

  test("with a row that was written by hand", async () => {
    const { path, write, call, resolve } = await serveIn(await makeDirectory());
    await write("support", "before");
    withFile(path, (db) => db.exec("UPDATE profiles SET payload_json = '{' WHERE slug = 'support'"));
    const { status, text } = await call("/resolve/support");
    expectSymptom('the stored document of profile "support" of registry "default" cannot be read', text);
    expect(status).toBe(500);
    expect((await resolve("default")).status).toBe(200);
    const { stdout } = await runHere(["verify", "--profile-registry-db", path]);
    expect(stdout).toContain('profile "support" of registry "default": the stored document cannot be read');
    withFile(path, (db) => db.exec(MENDING));
    expect(await resolve("support")).toMatchObject({ status: 200, json: { profile_version: 2 } });
    expect((await runHere(["verify", "--profile-registry-db", path])).stdout).toContain("sound");
  });

  test("that lacks a middleware, or gets a config that does not fit", async () => {
    const directory = await makeDirectory();
    writeFileSync(
      join(directory, "web-search.json"),
      JSON.stringify({
        kind: "middleware",
        name: "web-search",
        version: 1,
        display_name: "Web search",
        description: "Searches.",
        schema: { type: "object" },
      }),
    );
    const before = await serveIn(directory, { "catalog-dir": directory });
    const runtime = { middlewares: [{ name: "web-search" }] };
    expect((await before.call("/profiles", { slug: "searcher", runtime })).status).toBe(201);
    await before.stop();
    const { call } = await serveIn(directory);
    const { warnings } = JSON.parse((await call("/resolve/searcher")).text) as { warnings: string[] };
    expectSymptom('middleware "web-search" is not in the catalogue of this server', warnings.join());
    const create = (middleware: object) =>
      call("/profiles", { slug: "new", runtime: { middlewares: [middleware] } });
    const unknown = await create({ name: "web-search" });
    expectSymptom('unknown middleware "web-search"', unknown.text);
    const unfit = await create({ name: "sqlite", config: { max_rows: "many" } });
    expectSymptom("validation error (runtime.middlewares[0].config): /max_rows must be integer", unfit.text);
    expect([unknown.status, unfit.status]).toEqual([400, 400]);
  });
});

describe("after a copy by hand over a database with a log", () => {
  test("what was to be undone is still there", async () => {
    const directory = await makeDirectory();
    const { path, write, stop } = await serveIn(directory);
    const copy = join(directory, "copy.db");
    await runHere(["backup", "--output", copy, "--profile-registry-db", path]);
    for (let i = 0; i < 10; i++) await write("support", `oops ${i}`);
    const killed = join(directory, "killed.db");
    copyAsKilled(path, killed);
    await stop();
    copyFileSync(copy, killed);
    const { stdout } = await runHere(["resolve", "support", "--profile-registry-db", killed]);
    expect(stdout).toContain("oops 9");
  });

  test("under the server, what it reads is damaged, and restore mends it", async () => {
    const directory = await makeDirectory();
    const first = await serveIn(directory);
    const { path } = first;
    const [copy, flags] = [join(directory, "copy.db"), ["--profile-registry-db", path]];
    await runHere(["backup", "--output", copy, ...flags]);
    for (const slug of SLUGS) await first.create(slug).then(() => first.write(slug, "x".repeat(9_000)));
    await first.stop();
    const { call, stop } = await serveIn(directory);
    copyFileSync(copy, path);
    const answers = await Promise.all(SLUGS.map((slug) => call(`/resolve/${slug}`)));
    const [damaged] = answers.filter(({ status }) => status === 500);
    expectSymptom("store is damaged: database disk image is malformed", damaged?.text ?? "");
    await stop().catch(() => undefined);

    truncateSync(path, 9_000);
    const { stderr } = await runHere(["serve", ...flags]);
    expectSymptom(
      "profiles.db cannot be opened: store is damaged: database disk image is malformed",
      stderr,
      directory,
    );
    expect((await runHere(["verify", ...flags])).code).toBe(1);
    await runHere(["restore", "--yes", copy, ...flags]);
    expect(await runHere(["verify", ...flags])).toMatchObject({ code: 0 });
  });
});

test("after a restore, a client with a later version", async () => {
  const directory = await makeDirectory();
  const { path, write, stop } = await serveIn(directory);
  const copy = join(directory, "copy.db");
  await runHere(["backup", "--output", copy, "--profile-registry-db", path]);
  for (const text of ["one", "two"]) await write("support", text);
  await stop();
  await runHere(["restore", "--yes", copy, "--profile-registry-db", path]);
  const { call } = await serveIn(directory);
  const { status, text } = await call("/profiles/support/rollback", { version: 2, expected_version: 3 });
  expectSymptom('profile "support" version conflict: expected=3 actual=1', text);
  expect(status).toBe(409);
});

describe("a start", () => {
  test("with a setting that cannot be read", async () => {
    const { stderr, code } = await runHere(["serve", "--port", "x"]);
    expectSymptom('--port must be a non-negative integer, not "x"', stderr);
    expect(code).toBe(2);
  });

  test("without its default registry", async () => {
    const { stderr } = await runHere(["serve", "--default-registry", "web"]);
    expectSymptom('default registry "web" does not exist (there are: default)', stderr);
  });

  test("on a port that is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once("listening", resolve));
    const { stderr } = await run(["serve", "--port", String((taken.address() as AddressInfo).port)]);
    expectSymptom("listen EADDRINUSE: address already in use", stderr);
  });

  test("on a file of a later schema, or one that others can read", async () => {
    const directory = await makeDirectory();
    const { path, stop } = await serveIn(directory);
    await stop();
    chmodSync(path, 0o644);
    const said = await run([
      "serve",
      "--port",
      "0",
      "--profile-registry-db",
      path,
      "--default-registry",
      "web",
    ]);
    expectSymptom(
      "profiles.db can be read by others than its owner; profiles may hold credentials (chmod 600)",
      said.stdout,
      directory,
    );
    withFile(path, (db) => db.exec("INSERT INTO schema_migrations VALUES (4, 'later', 4, 0)"));
    const { stderr } = await runHere(["serve", "--profile-registry-db", path]);
    expectSymptom(
      "profiles.db has schema 4, which needs a program of schema 4 or later; this one has 3",
      stderr,
      directory,
    );
  });
});

test("the table says nothing else", () => {
  expect(SYMPTOMS.filter((symptom) => !met.has(symptom))).toEqual([]);
});
