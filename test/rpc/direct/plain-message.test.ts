/** Requests read without the library are what the library reads. `PLAIN_RUNS` says how many of each form (default 500). */
import { fromJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ResolveProfileRequestSchema } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { plainRequest } from "../../../src/rpc/direct/plain-message.js";
import { STRICT_JSON } from "../../../src/rpc/strict-router.js";
import { json, memberName, objectOf } from "../../domain/arbitraries.js";
import { hostileJsonText, hostileMessageJson } from "../../hostile/arbitraries.js";
import { withStrictProtobuf } from "./strict-protobuf.js";

const RUNS = Number(process.env.PLAIN_RUNS ?? 500);

withStrictProtobuf();

/** Fails where it is read, and not as the library reads it. Answers whether it is. */
function compare(text: string): boolean {
  const plain = plainRequest(text);
  if (plain === undefined) return false;
  const {
    $typeName: _,
    processing,
    ...message
  } = fromJsonString(ResolveProfileRequestSchema, text, STRICT_JSON);
  const { $typeName: _name, ...mode } = processing ?? {};
  expect(plain, text).toEqual({ ...message, ...(processing ? { processing: mode } : {}) });
  return true;
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

test("an ordinary request is read without the library", () => {
  const overrides = {
    system_prompt: 'Be "brief".\n',
    step_settings_patch: { "ai-chat": { temperature: 0.5 } },
  };
  for (const request of [
    {},
    { registry: "r", profile: "p", conv_id: "c", targetingKey: "t", explain: true, knownFingerprint: "f" },
    { runtimeKey: "k", aiEngine: "e", ai_api_type: "t", baseStepSettings: { s: { f: [null, 1, {}] } } },
    { requestOverrides: overrides },
    { processing: { mode: "fast", profile: "p", reason: "r" } },
  ])
    expect(compare(JSON.stringify(request)), JSON.stringify(request)).toBe(true);
});

test("what is not plain is left to the library", () => {
  for (const text of [
    "",
    "null",
    "[]",
    '"text"',
    "{",
    '{"profile":null}',
    '{"profile":1}',
    '{"explain":"true"}',
    '{"nobodyKnows":1}',
    '{"__proto__":{}}',
    '{"convId":"a","conv_id":"b"}',
    '{"deployment":"DEPLOYMENT_CLOUD"}',
    '{"requestOverrides":[]}',
    '{"requestOverrides":null}',
    '{"processing":{"mode":1}}',
    '{"profile":"\\ud800"}',
    `{"profile":"${"p".repeat(5_000)}"}`,
  ])
    expect(plainRequest(text), text).toBeUndefined();
});

test("a request is read as the library reads it, whatever its structs hold", () => {
  const struct = objectOf(memberName, json);
  fc.assert(
    fc.property(struct, struct, (base, overrides) => {
      const text = JSON.stringify({ profile: "p", base_step_settings: base, requestOverrides: overrides });
      if (isAscii(text)) compare(text);
    }),
    { numRuns: RUNS },
  );
});

test("a hostile request is read as the library reads it, or left to it", () => {
  fc.assert(
    fc.property(hostileJsonText(hostileMessageJson(ResolveProfileRequestSchema)), (text) => {
      if (isAscii(text)) compare(text);
    }),
    { numRuns: RUNS },
  );
});
