import { once } from "node:events";
import { connect, constants } from "node:http2";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { url } = sharedServer();

async function send(headers: Record<string, string>, body?: string) {
  const session = connect(url());
  onTestFinished(() => session.close());
  const stream = session.request(
    { ":path": "/api/chat/profiles", ...headers },
    { endStream: body === undefined },
  );
  if (body !== undefined) stream.end(body);
  const [answer] = (await once(stream, "response")) as [Record<string, unknown>];
  return { status: answer[constants.HTTP2_HEADER_STATUS], headers: answer, text: await text(stream) };
}

test("REST is served over HTTP/2 without TLS too", async () => {
  const { status, text: body } = await send({ ":method": "GET" });
  expect([status, JSON.parse(body)]).toMatchObject([200, [{ slug: "agent" }, { slug: "default" }]]);
});

test("an origin is compared with :authority", async () => {
  const write = (origin: string) =>
    send({ ":method": "POST", "content-type": "application/json", origin }, JSON.stringify({ slug: "h2" }));
  expect((await write("https://evil.example")).status).toBe(403);
  expect((await write(url())).status).toBe(201);
});

test("a body that is too large is 413 over HTTP/2 too", async () => {
  const headers = { ":method": "POST", "content-type": "application/json" };
  expect((await send(headers, " ".repeat(1024 * 1024 + 1))).status).toBe(413);
  const length = { "content-length": String(2 * 1024 * 1024) };
  expect((await send({ ...headers, ...length }, " ".repeat(2 * 1024 * 1024))).status).toBe(413);
});
