/** Values that protobuf has and JSON has not (spec 1.2). */
import { create } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { refusalOf, sharedRpc } from "../support/rpc.js";

const rpc = sharedRpc();

const extension = (kind: { case: "numberValue"; value: number } | { case: undefined }) => ({
  profile: { slug: "a", extensions: { "acme.a@v1": create(ValueSchema, { kind }) } },
});

describe("values that are no JSON are validation errors", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    test(`${value} in settings`, async () => {
      const runtime = { stepSettingsPatch: { chat: { n: [value] } } };
      expect(await refusalOf(rpc.registry.createProfile({ profile: { slug: "a", runtime } }))).toMatchObject({
        code: "InvalidArgument",
        violations: [{ field: "runtime", reason: "must be a finite number" }],
      });
    });

    test(`${value} in a config`, async () => {
      const runtime = { middlewares: [{ name: "sqlite", config: { max_rows: value } }] };
      expect(await refusalOf(rpc.registry.createProfile({ profile: { slug: "a", runtime } }))).toMatchObject({
        violations: [{ field: "runtime", reason: "must be a finite number" }],
      });
    });

    test(`${value} in an extension`, async () => {
      const request = extension({ case: "numberValue", value });
      expect(await refusalOf(rpc.registry.createProfile(request))).toMatchObject({
        violations: [{ field: "profile.extensions", reason: "must be a finite number" }],
      });
    });

    test(`${value} in a resolve`, async () => {
      const baseStepSettings = { chat: { n: value } };
      expect(await refusalOf(rpc.resolver.resolveProfile({ baseStepSettings }))).toMatchObject({
        violations: [{ field: "base_step_settings", reason: "must be a finite number" }],
      });
      const requestOverrides = { tools: value };
      expect(
        await refusalOf(rpc.resolver.resolveProfile({ profile: "agent", requestOverrides })),
      ).toMatchObject({
        violations: [{ field: "request_overrides", reason: "must be a finite number" }],
      });
    });
  }

  test("an unset Value as an extension", async () => {
    expect(await refusalOf(rpc.registry.createProfile(extension({ case: undefined })))).toMatchObject({
      code: "InvalidArgument",
      violations: [{ field: "profile.extensions[acme.a@v1]", reason: "must be a JSON value" }],
    });
  });

  test("an unset Value deep in an extension", async () => {
    const list = create(ValueSchema, { kind: { case: "listValue", value: { values: [{}] } } });
    const extensions = {
      "acme.a@v1": create(ValueSchema, { kind: { case: "structValue", value: { fields: { x: list } } } }),
    };
    expect(await refusalOf(rpc.registry.createProfile({ profile: { slug: "a", extensions } }))).toMatchObject(
      {
        violations: [{ field: "profile.extensions[acme.a@v1].x[0]", reason: "must be a JSON value" }],
      },
    );
  });

  test("unpaired surrogates, which only JSON can carry", async () => {
    const send = (member: string) =>
      fetch(`${rpc.url()}/profileregistry.v1.ProfileRegistryService/CreateProfile`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"profile":{"slug":"surrogate",${member}}}`,
      });
    for (const member of [
      '"displayName":"\\ud800"',
      '"runtime":{"stepSettingsPatch":{"a":{"b":"\\udc00"}}}',
    ]) {
      const answer = await send(member);
      expect([answer.status, await answer.json()], member).toMatchObject([400, { code: "invalid_argument" }]);
    }
  });
});
