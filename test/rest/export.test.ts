/** `GET /export`: all documents as a file that import takes (spec 2.5, 6.3). */
import { describe, expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest } = sharedServer({ "seed-file": REGISTRIES });
const secretive = sharedServer({ "serve-secrets": "true" });

describe.each([
  ["yaml", "application/yaml"],
  ["json", "application/json; charset=utf-8"],
])("as %s", (format, type) => {
  test("is imported as unchanged", async () => {
    const { text: raw, headers } = await rest("GET", `/export?format=${format}`);
    expect(headers.get("content-type")).toBe(type);
    expect(headers.get("content-disposition")).toBe(`attachment; filename="registries.${format}"`);
    const imported = await rest("POST", "/import?replace=true", { raw, headers: { "content-type": type } });
    expect(imported.json).toMatchObject({ changes: [] });
    expect((await rest("GET", `/export?format=${format}`)).text).toBe(raw);
  });
});

test("is YAML unless asked otherwise, and has the revision that it shows", async () => {
  const { text, headers } = await rest("GET", "/export?format=");
  expect(text).toMatch(/^registries:\n {2}default:\n/);
  expect(headers.get("profile-registry-revision")).toBe(
    (await rest("GET", "/registries")).headers.get("profile-registry-revision"),
  );
});

test("of one registry holds that alone, and is named after it", async () => {
  const { text, headers } = await rest("GET", "/export?registry=%20Team");
  expect(text).toMatch(/^registries:\n {2}team:\n/);
  expect(headers.get("content-disposition")).toBe('attachment; filename="team.yaml"');
});

test("never shows a secret, also where the server shows them over RPC", async () => {
  await secretive.rest("POST", "/import", {
    raw: "slug: hidden\nprofiles: { p: { runtime: { step_settings_patch: { ai: { api_key: s3cr3t } } } } }\n",
    headers: { "content-type": "text/yaml" },
  });
  const { text } = await secretive.rest("GET", "/export?registry=hidden&with_secrets=true");
  expect(text).toContain("api_key: <redacted>");
  expect(text).not.toContain("s3cr3t");
});

test("of many documents comes whole", async () => {
  const profiles = Array.from({ length: 500 }, (_, i) => `  p${i}: { description: ${"x".repeat(500)} }\n`);
  const raw = `slug: many\nprofiles:\n${profiles.join("")}`;
  await rest("POST", "/import", { raw, headers: { "content-type": "text/yaml" } });
  const { json } = await rest("GET", "/export?registry=many&format=json");
  const { registries } = json as { registries: { many: { profiles: object } } };
  expect(Object.keys(registries.many.profiles)).toHaveLength(500);
});

test("a registry that is unknown is 404, a name or a format that is none is malformed", async () => {
  expect(await rest("GET", "/export?registry=nope")).toMatchObject({
    status: 404,
    json: { code: "not_found", detail: "registry not found" },
  });
  expect(await rest("GET", "/export?registry=no+name")).toMatchObject({
    status: 400,
    json: { code: "malformed", detail: "invalid registry: no name" },
  });
  expect(await rest("GET", "/export?format=toml")).toMatchObject({
    status: 400,
    json: { code: "malformed", detail: 'query parameter format must be yaml or json, not "toml"' },
  });
});

test("HEAD has the headers of GET", async () => {
  const { status, headers, text } = await rest("HEAD", "/export");
  expect([status, text, headers.get("content-type")]).toEqual([200, "", "application/yaml"]);
});
