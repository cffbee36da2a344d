import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest, url } = sharedServer();

const ALLOWED: Record<string, string[]> = {
  "/profiles": ["GET", "HEAD", "POST"],
  "/profiles/a": ["GET", "HEAD", "PATCH", "DELETE"],
  "/profiles/a/default": ["POST"],
  "/profile": ["GET", "HEAD", "POST", "DELETE"],
  "/registries": ["GET", "HEAD", "POST"],
  "/registries/a": ["GET", "HEAD", "PATCH", "DELETE"],
  "/resolve": ["GET", "HEAD", "POST"],
  "/resolve/a": ["GET", "HEAD", "POST"],
  "/schemas/middlewares": ["GET", "HEAD"],
  "/schemas/extensions": ["GET", "HEAD"],
  "/features": ["GET", "HEAD"],
  "/rollouts": ["GET", "HEAD"],
  "/rollouts/outcomes": ["POST"],
  "/rollouts/fast": ["GET", "HEAD", "PATCH"],
  "/rollouts/fast/advance": ["POST"],
  "/rollouts/fast/rollback": ["POST"],
  "/rollouts/fast/report": ["GET", "HEAD"],
};
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

for (const [path, allowed] of Object.entries(ALLOWED)) {
  test(`${path} answers 405 with Allow to what it does not offer`, async () => {
    for (const method of METHODS.filter((one) => !allowed.includes(one))) {
      for (const at of [path, `${path}/`]) {
        const { status, headers, json } = await rest(method, at);
        expect(status, `${method} ${at}`).toBe(405);
        expect(headers.get("allow")?.split(", ")).toEqual([...allowed, "OPTIONS"]);
        if (method !== "HEAD") expect(json).toMatchObject({ code: "method_not_allowed" });
      }
    }
  });

  test(`${path} tells in OPTIONS what it offers`, async () => {
    const { status, headers } = await rest("OPTIONS", path);
    expect([status, headers.get("allow")]).toEqual([204, [...allowed, "OPTIONS"].join(", ")]);
  });
}

test("TRACE is not allowed either", async () => {
  // fetch refuses to send it.
  const trace = request(`${url()}/api/chat/profiles`, { method: "TRACE" }).end();
  const answer = await new Promise<{ status: number | undefined; allow: string | undefined }>((resolve) =>
    trace.on("response", (response) => {
      void text(response);
      resolve({ status: response.statusCode, allow: response.headers.allow });
    }),
  );
  expect(answer).toEqual({ status: 405, allow: "GET, HEAD, POST, OPTIONS" });
});

test("a method is refused before the body is looked at", async () => {
  const { status } = await rest("PUT", "/profiles/a", {
    raw: "{",
    headers: { "content-type": "text/plain" },
  });
  expect(status).toBe(405);
});

test("a method that nobody knows is refused", async () => {
  const socket = connect(Number(new URL(url()).port), "127.0.0.1");
  socket.end("BREW /api/chat/profiles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
});

test.each([
  [
    "GET",
    /^application\/problem\+json/,
    /"status":431,"detail":"the request line and the headers are too long"/,
  ],
  ["HEAD", /^application\/problem\+json/, /^$/],
])("headers that are too long are refused, to %s with the body it can have", async (method, type, body) => {
  const sent = request(`${url()}/api/chat/profiles`, { method, headers: { "x-long": "a".repeat(20_000) } });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(431);
  expect(answer.headers["content-type"]).toMatch(type);
  expect(await text(answer)).toMatch(body);
});
