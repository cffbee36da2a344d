/** The console as the server serves it (spec 7.4). */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { addConsole } from "../../src/server/console.js";
import { temporaryDirectory } from "../support/files.js";
import { serverForTest } from "../support/server.js";

async function served(): Promise<FastifyInstance> {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "assets"));
  writeFileSync(join(directory, "index.html"), "<!doctype html><title>Console</title>");
  writeFileSync(join(directory, "assets/main-abc123.js"), "run()");
  const app = Fastify();
  onTestFinished(() => app.close());
  await addConsole(app, directory);
  return app;
}

it("answers every view's URL with the page, which is asked for anew each time", async () => {
  const app = await served();
  for (const url of ["/console/", "/console/registries/default/profiles/a.b", "/console/log?registry=x"]) {
    const answer = await app.inject({ url });
    expect([answer.statusCode, answer.headers["cache-control"], answer.body]).toEqual([
      200,
      "no-cache",
      expect.stringContaining("Console"),
    ]);
  }
});

it("leads /console to /console/", async () => {
  const { statusCode, headers } = await (await served()).inject({ url: "/console" });
  expect([statusCode, headers.location]).toEqual([308, "/console/"]);
});

it("lets browsers keep assets for ever, and answers 404 for one that is not there", async () => {
  const app = await served();
  const asset = await app.inject({ url: "/console/assets/main-abc123.js" });
  expect([asset.statusCode, asset.headers["cache-control"]]).toEqual([
    200,
    "public, max-age=31536000, immutable",
  ]);
  expect((await app.inject({ url: "/console/assets/gone.js" })).statusCode).toBe(404);
});

it("serves nothing from outside its directory", async () => {
  const app = await served();
  for (const name of ["..%2f..%2fetc%2fpasswd", "%2e%2e%2findex.html", "..%5cindex.html"]) {
    const answer = await app.inject({ url: `/console/assets/${name}` });
    expect(answer.statusCode, name).toBeGreaterThanOrEqual(400);
  }
});

it("lets the page run nothing but its own files, and be framed by nobody", async () => {
  const { headers } = await (await served()).inject({ url: "/console/" });
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
});

describe("--console=false", () => {
  it("serves no console, and everything else", async () => {
    const { url } = await serverForTest({ console: "false" });
    expect((await fetch(`${url}/console/`)).status).toBe(404);
    expect((await fetch(`${url}/api/chat/profiles`)).status).toBe(200);
  });
});
