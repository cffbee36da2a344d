/** Bodies that are no documents, over both edges. */
import { afterAll, expect, test } from "vitest";
import { expectRefusal, hostileTarget } from "./target.js";

const target = hostileTarget();
afterAll(() => target.healthy());

const JSON_TYPE = { "content-type": "application/json" };
const WRITES: readonly [method: string, path: string][] = [
  ["POST", "/api/chat/profiles"],
  ["PATCH", "/api/chat/profiles/analyst"],
  ["POST", "/api/chat/profile"],
  ["POST", "/api/chat/registries"],
  ["PATCH", "/api/chat/registries/team"],
  ["POST", "/api/chat/resolve"],
  ["POST", "/profileregistry.v1.ProfileRegistryService/CreateProfile"],
  ["POST", "/profileregistry.v1.ResolverService/ResolveProfile"],
];

type Body = string | Buffer<ArrayBuffer>;

async function send(method: string, path: string, body: Body, headers: Record<string, string> = JSON_TYPE) {
  const answer = await fetch(target.url() + path, { method, body, headers });
  return { status: answer.status, text: await answer.text() };
}

const REFUSED: Record<string, Body> = {
  "half of JSON": '{"slug":"a"',
  "JSON and more": '{"slug":"a"} x',
  JavaScript: "{slug:'a'}",
  NaN: '{"expected_version":NaN,"expectedVersion":NaN}',
  "a list": "[]",
  "a text": '"text"',
  "a number": "1",
  "bytes that are no UTF-8": Buffer.from('{"slug":"\xff","profile":"\xff","display_name":"\xff"}', "latin1"),
  "UTF-16": Buffer.from('{"slug":"a"}', "utf16le"),
  "a member of the wrong type": '{"slug":{},"profile":[],"display_name":[],"registry":[]}',
  "100,000 lists in each other": `{"runtime":${"[".repeat(100_000)}${"]".repeat(100_000)},"slug":[],"profile":[],"registry":[],"display_name":[]}`,
  "100,000 lists that do not end": "[".repeat(100_000),
  "2 MiB": `{"slug":"${"x".repeat(2 * 1024 * 1024)}"}`,
};

for (const [name, body] of Object.entries(REFUSED)) {
  test(`${name} is refused with a text, wherever it is sent`, async () => {
    for (const [method, path] of WRITES) {
      const { status, text } = await send(method, path, body);
      expectRefusal(status, `${path} ${text}`);
      expect(text, path).toMatch(/"(detail|message)":"[^"]{3}/);
    }
  });
}

test("a member that is there twice counts as it is last, on both edges", async () => {
  const twice = '{"profile":"no-such","profile":"analyst"}';
  const rest = await send("POST", "/api/chat/resolve", twice);
  expect(JSON.parse(rest.text)).toMatchObject({ profile: "analyst" });
  const rpc = await send("POST", "/profileregistry.v1.ResolverService/ResolveProfile", twice);
  expect(JSON.parse(rpc.text)).toMatchObject({ profile: "analyst" });
});

test("a member that is there twice in proto counts as it is last", async () => {
  const field = (text: string) => Buffer.concat([Buffer.of(18, text.length), Buffer.from(text)]);
  const body = Buffer.concat([field("no-such"), field("analyst")]);
  const path = "/profileregistry.v1.ResolverService/ResolveProfile";
  const { status, text } = await send("POST", path, body, { "content-type": "application/proto" });
  expect([status, text]).toEqual([200, expect.stringContaining("analyst")]);
});

test("a content type that is none of ours is 415 with a text, wherever it is sent", async () => {
  for (const type of [
    "text/plain",
    "application/xml",
    "application/grpc-web-text",
    "x",
    "/",
    "a".repeat(5_000),
  ]) {
    for (const [method, path] of WRITES) {
      const { status, text } = await send(method, path, "{}", { "content-type": type });
      expect([status, text], `${path} ${type.slice(0, 30)}`).toEqual([
        415,
        expect.stringMatching(/"(detail|message)":"\w{3}/),
      ]);
    }
  }
});
