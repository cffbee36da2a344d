/** Members of a body: their types, null, names that are unknown, doubled or odd (spec 2.5). */
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest } = sharedServer();
const post = (raw: string) =>
  rest("POST", "/profiles", { raw, headers: { "content-type": "application/json" } });

/** The problem's detail. */
const detail = async (body: unknown) =>
  ((await rest("POST", "/profiles", { body })).json as { detail: string }).detail;

test("members of the wrong type are named", async () => {
  expect(await detail({ slug: 1 })).toBe("slug must be a string");
  expect(await detail({ slug: "a", set_default: "yes" })).toBe("set_default must be a boolean");
  expect(await detail({ slug: "a", expected_version: -1 })).toBe(
    "expected_version must be a non-negative integer",
  );
  expect(await detail({ slug: "a", expected_version: 1.5 })).toContain("expected_version");
  expect(await detail({ slug: "a", registry: {} })).toBe("registry must be a string");
  expect(await detail({ slug: "a", runtime: [] })).toBe("runtime must be an object");
  expect(await detail({ slug: "a", runtime: { tools: "t" } })).toBe("runtime.tools must be an array");
  expect(await detail({ slug: "a", runtime: { tools: ["t", 1] } })).toBe("runtime.tools[1] must be a string");
  expect(await detail({ slug: "a", runtime: { middlewares: [null] } })).toBe(
    "runtime.middlewares[0] must be an object",
  );
  expect(await detail({ slug: "a", runtime: { middlewares: [{ name: "sqlite", enabled: 1 }] } })).toBe(
    "runtime.middlewares[0].enabled must be a boolean",
  );
  expect(await detail({ slug: "a", policy: { read_only: 0 } })).toBe("policy.read_only must be a boolean");
  expect(await detail({ slug: "a", metadata: { tags: [{}] } })).toBe("metadata.tags[0] must be a string");
  expect(await detail({ slug: "a", extensions: "x" })).toBe("extensions must be an object");
});

test("members of the wrong type come before names and all else", async () => {
  expect(await detail({ slug: "No!", registry: "ghost", runtime: 1 })).toBe("runtime must be an object");
});

test("what validation reports is no matter of types: a config or a section that is no object", async () => {
  const runtime = { middlewares: [{ name: "sqlite", config: [] }], step_settings_patch: { chat: 1 } };
  expect((await rest("POST", "/profiles", { body: { slug: "a", runtime } })).json).toMatchObject({
    errors: [
      { field: "runtime.middlewares[0].config", reason: "must be an object" },
      { field: "runtime.step_settings_patch.chat", reason: "must be an object" },
    ],
  });
});

test("null counts as absent", async () => {
  const body = {
    slug: "nulls",
    display_name: null,
    runtime: null,
    policy: null,
    metadata: null,
    extensions: null,
  };
  expect(
    await rest("POST", "/profiles", { body: { ...body, registry: null, expected_version: null } }),
  ).toMatchObject({
    status: 201,
  });
});

test("null in a PATCH keeps what is stored", async () => {
  await rest("POST", "/profiles", {
    body: { slug: "kept", display_name: "Kept", metadata: { tags: ["t"] } },
  });
  const { json } = await rest("PATCH", "/profiles/kept", {
    body: { display_name: null, metadata: { tags: null } },
  });
  expect(json).toMatchObject({ display_name: "Kept", metadata: { tags: ["t"] } });
});

test("unknown members are ignored", async () => {
  const { status, json } = await rest("POST", "/profiles", {
    body: { slug: "unknown", nope: 1, runtime: { nope: 2 }, is_default: true, registry_version: 9 },
  });
  expect([status, json]).toMatchObject([201, { is_default: false }]);
  expect(json).not.toHaveProperty("nope");
});

test("of a member given twice the last one counts", async () => {
  const { json } = await post('{"slug":"first","slug":"last","display_name":"A","display_name":"B"}');
  expect(json).toMatchObject({ slug: "last", display_name: "B" });
});

test("__proto__ is a member like any other", async () => {
  const raw =
    '{"slug":"proto","__proto__":{"display_name":"no"},"extensions":{"acme.p@v1":{"__proto__":{"a":1}}}}';
  const { status, text, json } = await post(raw);
  expect(status).toBe(201);
  expect(json).not.toHaveProperty("display_name");
  expect(text).toContain('{"__proto__":{"a":1}}');
  const { text: read } = await rest("GET", "/profiles/proto");
  expect(read).toContain('{"__proto__":{"a":1}}');
});
