/** `constructor`, `__proto__` and their like are names as any other, where the rules for names allow them. */
import { expect, test } from "vitest";
import { restClient } from "../support/rest.js";
import { hostileTarget } from "./target.js";

const target = hostileTarget();
const rest: ReturnType<typeof restClient> = (...sent) => restClient(target.url())(...sent);

for (const slug of ["constructor", "prototype", "tostring", "then", "valueof", "hasownproperty"]) {
  test(`${slug} is a slug: created, read, resolved, chosen, changed and deleted`, async () => {
    const create = { slug, runtime: { system_prompt: slug }, extensions: { "acme.x@v1": { [slug]: 1 } } };
    expect(await rest("POST", "/profiles", { body: create })).toMatchObject({ status: 201, json: { slug } });
    expect(await rest("GET", `/profiles/${slug}`)).toMatchObject({ status: 200, json: { slug } });
    expect(await rest("GET", `/resolve/${slug}`)).toMatchObject({ status: 200, json: { profile: slug } });
    expect(await rest("POST", "/profile", { body: { slug } })).toMatchObject({ status: 200 });
    expect(await rest("PATCH", `/profiles/${slug}`, { body: { display_name: slug } })).toMatchObject({
      status: 200,
    });
    expect(await rest("DELETE", `/profiles/${slug}`)).toMatchObject({ status: 204 });
    expect(await rest("GET", `/profiles/${slug}`)).toMatchObject({ status: 404 });
  });

  test(`${slug} is the slug of a registry`, async () => {
    expect(await rest("GET", `/profiles?registry=${slug}`)).toMatchObject({ status: 404 });
    expect(await rest("POST", "/registries", { body: { slug } })).toMatchObject({ status: 201 });
    expect(await rest("GET", `/registries/${slug}`)).toMatchObject({ status: 200, json: { slug } });
    expect(await rest("DELETE", `/registries/${slug}`)).toMatchObject({ status: 204 });
  });
}

for (const name of ["__proto__", "constructor", "prototype", "toString"]) {
  test(`${name} is a member of settings like any other`, async () => {
    const settings = `{"chat":{"${name}":{"polluted":true}}}`;
    const raw = `{"profile":"analyst","base_step_settings":${settings}}`;
    const headers = { "content-type": "application/json" };
    const { status, text } = await rest("POST", "/resolve", { raw, headers });
    expect([status, text]).toEqual([200, expect.stringContaining(`"${name}":{"polluted":true}`)]);
  });

  test(`${name} as an unknown member of a body is ignored`, async () => {
    const raw = `{"profile":"analyst","${name}":{"registry":"no-such"}}`;
    const headers = { "content-type": "application/json" };
    expect((await rest("POST", "/resolve", { raw, headers })).status).toBe(200);
  });

  test(`${name} as a query, a header and a cookie is ignored`, async () => {
    const headers = { [name]: "x", cookie: `${name}=x` };
    expect((await rest("GET", `/resolve/analyst?${name}=x`, { headers })).status).toBe(200);
  });

  test(`${name} as an override is refused as any other that is not allowed`, async () => {
    const raw = `{"profile":"analyst","overrides":{"${name}":1}}`;
    const headers = { "content-type": "application/json" };
    const { status, text } = await rest("POST", "/resolve", { raw, headers });
    expect([status, text]).toEqual([403, expect.stringMatching(/override key .{1,20} is not allowed/)]);
  });
}

test("names that are no slugs are refused by name", async () => {
  for (const slug of ["__proto__", "..", ".", "a/b", "a:b", "\0", "\u202e", "a".repeat(300)]) {
    const { status, json } = await rest("GET", `/profiles/${encodeURIComponent(slug)}`);
    // Clients and Fastify take dots for steps in the path.
    if (slug === ".." || slug === ".") expect(status).not.toBeGreaterThanOrEqual(500);
    else expect([status, json], slug).toMatchObject([400, { detail: expect.stringMatching(/\w{3}/) }]);
  }
});

test("nothing of it has changed what every object has", async () => {
  const { json } = await rest("GET", "/resolve/analyst");
  expect(JSON.stringify(json)).not.toContain("polluted");
  await target.healthy();
});
