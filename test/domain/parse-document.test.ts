import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import {
  parseProfileInput,
  parseRegistryInput,
  parseStoredProfile,
  parseStoredRegistry,
  readMembers,
} from "../../src/domain/parse-document.js";
import { aProfile, aRegistry } from "./documents.js";
import { refusalOf } from "./refusal.js";

const profile = (body: JsonObject) => parseProfileInput(readMembers(body));

describe("a profile of a write", () => {
  test("is read member by member", () => {
    const body = {
      display_name: "D",
      description: "d",
      runtime: {
        system_prompt: "s",
        step_settings_patch: { a: { b: 1 } },
        middlewares: [{ name: "m", id: "i", enabled: false, config: { c: 1 } }],
        tools: ["t"],
      },
      policy: {
        allow_overrides: true,
        allowed_override_keys: ["a"],
        denied_override_keys: ["b"],
        read_only: true,
      },
      extensions: { "a.b@v1": null },
    };
    expect(profile({ ...body, metadata: { tags: ["x"] } })).toEqual({ ...body, tags: ["x"] });
  });

  test("ignores unknown and server-managed members", () => {
    const body = { slug: "p", registry: "r", prompt: "hi", metadata: { version: 9, created_by: "me" } };
    expect(profile(body)).toEqual({});
  });

  test("takes null for absent", () => {
    const body = {
      display_name: null,
      runtime: { system_prompt: null, middlewares: [{ name: "m", id: null, enabled: null, config: null }] },
      policy: null,
      extensions: null,
      metadata: null,
    };
    expect(profile(body)).toEqual({ runtime: { middlewares: [{ name: "m" }] } });
  });

  test("keeps null inside free-form members", () => {
    expect(profile({ extensions: { "a.b@v1": null } }).extensions).toEqual({ "a.b@v1": null });
  });

  test("is not read from a prototype", () => {
    expect(profile(JSON.parse('{"__proto__":{"display_name":"x"}}') as JsonObject)).toEqual({});
  });

  test.each<[JsonObject, string]>([
    [{ display_name: 1 }, "display_name must be a string"],
    [{ runtime: [] }, "runtime must be an object"],
    [{ runtime: { system_prompt: {} } }, "runtime.system_prompt must be a string"],
    [{ runtime: { tools: "t" } }, "runtime.tools must be an array"],
    [{ runtime: { tools: ["t", 1] } }, "runtime.tools[1] must be a string"],
    [{ runtime: { middlewares: {} } }, "runtime.middlewares must be an array"],
    [{ runtime: { middlewares: ["m"] } }, "runtime.middlewares[0] must be an object"],
    [{ runtime: { middlewares: [{ name: 1 }] } }, "runtime.middlewares[0].name must be a string"],
    [{ runtime: { middlewares: [{ name: "m", id: 1 }] } }, "runtime.middlewares[0].id must be a string"],
    [
      { runtime: { middlewares: [{ name: "m", enabled: 1 }] } },
      "runtime.middlewares[0].enabled must be a boolean",
    ],
    [{ policy: "open" }, "policy must be an object"],
    [{ policy: { allow_overrides: "true" } }, "policy.allow_overrides must be a boolean"],
    [{ policy: { denied_override_keys: [null] } }, "policy.denied_override_keys[0] must be a string"],
    [{ extensions: [] }, "extensions must be an object"],
    [{ metadata: { tags: [1] } }, "metadata.tags[0] must be a string"],
  ])("%j is malformed", (body, message) => {
    expect(refusalOf(() => profile(body))).toMatchObject({ code: "malformed", message });
  });

  test.each<[JsonObject]>([
    [{ runtime: { step_settings_patch: [] } }],
    [{ runtime: { step_settings_patch: { a: 1 } } }],
    [{ runtime: { middlewares: [{ name: "m", config: 1 }] } }],
  ])("%j is left to validation", (body) => {
    expect(profile(body)).toEqual(body);
  });

  test("that names no middleware's name leaves that to validation", () => {
    expect(profile({ runtime: { middlewares: [{}] } })).toEqual({ runtime: { middlewares: [{ name: "" }] } });
  });
});

test("a registry of a write is read member by member", () => {
  const body = { display_name: "D", description: "d", default_profile_slug: "p" };
  expect(parseRegistryInput(readMembers({ ...body, slug: "r", metadata: { tags: ["x"] } }))).toEqual({
    ...body,
    tags: ["x"],
  });
});

describe("a count", () => {
  const count = (value: JsonObject[string]) => readMembers({ n: value }, "at").count("n");

  test.each([0, 1, Number.MAX_SAFE_INTEGER])("may be %d", (n) => {
    expect(count(n)).toBe(n);
  });

  test.each([-1, 0.5, "1", true, 2 ** 53])("may not be %j", (n) => {
    expect(refusalOf(() => count(n)).message).toBe("at.n must be a non-negative integer");
  });
});

describe("a stored document", () => {
  test("comes back as it was stored", () => {
    const stored = aProfile({
      display_name: "D",
      runtime: { middlewares: [{ name: "m", enabled: false }], step_settings_patch: { a: {} } },
      extensions: { "a.b@v1": { c: [] } },
      metadata: { ...aProfile().metadata, tags: ["x"] },
    });
    expect(parseStoredProfile(JSON.parse(JSON.stringify(stored)) as JsonObject)).toEqual(stored);
    const registry = aRegistry({ default_profile_slug: "p", processing_modes: { fast: {} } });
    expect(parseStoredRegistry(JSON.parse(JSON.stringify(registry)) as JsonObject)).toEqual(registry);
  });

  test("without policy allows nothing special", () => {
    const { policy: _, ...stored } = aProfile();
    expect(parseStoredProfile(stored as unknown as JsonObject).policy).toEqual({
      allow_overrides: false,
      read_only: false,
    });
  });

  test.each<[JsonObject, string]>([
    [{}, "metadata must be an object"],
    [
      { metadata: { source: "fax" } },
      "metadata.source must be one of rest, rpc, cli, import, seed, upgrade, auto",
    ],
  ])("%j is malformed", (document, message) => {
    expect(refusalOf(() => parseStoredRegistry({ slug: "r", ...document })).message).toBe(message);
  });
});
