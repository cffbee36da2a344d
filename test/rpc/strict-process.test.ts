/** What only the program can promise, since the protobuf library is told once per process. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningProgram, startProgram } from "../support/program.js";

const CREATE = "/profileregistry.v1.ProfileRegistryService/CreateProfile";
const RESOLVE = "/profileregistry.v1.ResolverService/ResolveProfile";

let program: RunningProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.stop());

async function send(path: string, body: string | Buffer<ArrayBuffer>, type: string) {
  const answer = await fetch(program.url + path, { method: "POST", headers: { "content-type": type }, body });
  return { status: answer.status, text: await answer.text() };
}

/** A field of bytes, text or a message, shorter than 128 bytes. */
function field(no: number, content: Buffer<ArrayBuffer> | string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(no << 3) | 2, bytes.length]), bytes]);
}

/** Of a Struct: one member, whose value is a text. */
const member = (name: string, value: Buffer<ArrayBuffer>) =>
  field(1, Buffer.concat([field(1, name), field(2, value)]));

test("__proto__ is a member like any other, in JSON and in proto, over RPC and REST", async () => {
  const settings = '{"section":{"__proto__":{"a":1},"constructor":2}}';
  const json = `{"profile":{"slug":"json","runtime":{"stepSettingsPatch":${settings}}}}`;
  const created = await send(CREATE, json, "application/json");
  expect([created.status, created.text]).toEqual([
    200,
    expect.stringContaining(`"stepSettingsPatch":${settings}`),
  ]);

  const section = member("__proto__", field(3, "text"));
  const struct = member("section", field(5, section));
  const proto = field(2, Buffer.concat([field(1, "proto"), field(4, field(2, struct))]));
  expect((await send(CREATE, proto, "application/proto")).status).toBe(200);
  const answer = await fetch(`${program.url}/api/chat/profiles/proto`);
  expect(await answer.text()).toContain('"step_settings_patch":{"section":{"__proto__":"text"}}');

  const resolved = await send(RESOLVE, '{"profile":"json"}', "application/json");
  expect(resolved.text).toContain(`"stepSettings":${settings}`);
  const overRest = await fetch(`${program.url}/api/chat/resolve/json`);
  expect(await overRest.text()).toContain(`"step_settings":${settings}`);
});

test("an extension key __proto__ is refused like any other that is malformed", async () => {
  const proto = field(
    2,
    Buffer.concat([field(1, "a"), field(7, Buffer.concat([field(1, "__proto__"), field(2, field(3, "x"))]))]),
  );
  const { status, text } = await send(CREATE, proto, "application/proto");
  expect([status, JSON.parse(text)]).toMatchObject([
    400,
    {
      message:
        'validation error (profile.extensions[__proto__]): extension key "__proto__" is invalid (expected namespace.feature@vN)',
    },
  ]);
});

test("text that is not UTF-8 is refused, not repaired", async () => {
  const proto = field(2, Buffer.concat([field(1, "a"), field(2, Buffer.from([0xff, 0xfe]))]));
  expect((await send(CREATE, proto, "application/proto")).status).toBeGreaterThanOrEqual(400);
  expect((await fetch(`${program.url}/api/chat/profiles/a`)).status).toBe(404);
});

test("a message that quotes an unpaired surrogate still arrives", async () => {
  const json = '{"profile":"agent","requestOverrides":{"\\ud800":1}}';
  const { status, text } = await send(RESOLVE, json, "application/json");
  expect([status, JSON.parse(text)]).toMatchObject([400, { code: "invalid_argument" }]);
});
