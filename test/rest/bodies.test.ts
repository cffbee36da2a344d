/** Bodies are strict JSON (spec 2.5). */
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest, url } = sharedServer();
const JSON_TYPE = { "content-type": "application/json" };
const post = (raw: string | Uint8Array<ArrayBuffer>, headers = JSON_TYPE) =>
  rest("POST", "/profiles", { raw, headers });

test("a body that is not JSON is malformed, and says where", async () => {
  for (const raw of [
    "{",
    "{'slug':'a'}",
    '{"slug":"a",}',
    "NaN",
    "undefined",
    '{"slug":"a"} x',
    '{"a":\u00a01}',
  ]) {
    const { status, json } = await post(raw);
    expect([status, json], raw).toMatchObject([
      400,
      { code: "malformed", detail: expect.stringContaining("the request body is not valid JSON") },
    ]);
  }
});

test("a body that is not UTF-8 is malformed", async () => {
  const { status, json } = await post(Buffer.from('{"slug":"\xe9"}', "latin1"));
  expect([status, json]).toMatchObject([
    400,
    { code: "malformed", detail: "the request body is not valid UTF-8" },
  ]);
});

test("a body that is no object is malformed", async () => {
  for (const raw of ["[]", '"text"', "1", "true", "[{}]"]) {
    expect((await post(raw)).json, raw).toMatchObject({ detail: "the request body must be a JSON object" });
  }
});

test("no body, and null, have no members", async () => {
  for (const sent of [{}, { raw: "", headers: JSON_TYPE }, { raw: "null", headers: JSON_TYPE }]) {
    const { json } = await rest("POST", "/profiles", sent);
    expect(json).toMatchObject({ detail: "validation error (profile.slug): profile slug cannot be empty" });
  }
});

test("unpaired surrogates are a validation error", async () => {
  const { json } = await post('{"slug":"surrogate","runtime":{"system_prompt":"\\ud800"}}');
  expect(json).toMatchObject({
    errors: [{ field: "runtime", reason: "must not contain unpaired surrogates" }],
  });
});

test("numbers that JSON cannot hold are a validation error", async () => {
  const { json } = await post('{"slug":"infinite","extensions":{"acme.n@v1":1e999}}');
  expect(json).toMatchObject({
    errors: [{ field: "profile.extensions", reason: "must be a finite number" }],
  });
});

test("JSON that nests without end is refused", async () => {
  const depth = 100_000;
  const { json } = await post(
    `{"slug":"deep","extensions":{"acme.d@v1":${"[".repeat(depth)}${"]".repeat(depth)}}}`,
  );
  expect(json).toMatchObject({ detail: expect.stringContaining("must not nest deeper than 32 levels") });
});

test("another content type than JSON is 415", async () => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/merge-patch+json",
    "text/json",
  ]) {
    const { status, json } = await rest("POST", "/profiles", {
      raw: '{"slug":"a"}',
      headers: { "content-type": type },
    });
    expect([status, json], type).toMatchObject([415, { code: "unsupported_media_type" }]);
  }
});

test("a content type may say the charset", async () => {
  const { status } = await post('{"slug":"charset"}', { "content-type": "Application/JSON; charset=utf-8" });
  expect(status).toBe(201);
});

test("a body over 1 MiB is 413", async () => {
  const { status, json } = await rest("POST", "/profiles", {
    body: { slug: "big", note: "x".repeat(1024 * 1024) },
  });
  expect([status, json]).toMatchObject([413, { code: "too_large", detail: "the request body is too large" }]);
});

test("a body over 1 MiB that does not say its length is 413 too", async () => {
  const chunks = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(256 * 1024).fill(32));
    },
  });
  const answer = await fetch(`${url()}/api/chat/profiles`, {
    method: "POST",
    headers: JSON_TYPE,
    body: chunks,
    duplex: "half",
  } as RequestInit);
  expect(answer.status).toBe(413);
});
