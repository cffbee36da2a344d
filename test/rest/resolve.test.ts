import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest } = sharedServer({ "seed-file": REGISTRIES });
const post = (body: unknown, path = "/resolve") => rest("POST", path, { body });

test("it answers what a chat turn runs with", async () => {
  const { status, json } = await post({ conv_id: "c1", profile: "analyst" });
  expect(status).toBe(200);
  expect(json).toEqual({
    conv_id: "c1",
    registry: "default",
    profile: "analyst",
    profile_version: 1,
    revision: expect.any(Number),
    runtime_key: "analyst",
    runtime: {
      system_prompt: "You are an analyst assistant.\nShow your working, cite the table you read from.\n",
      middlewares: [
        { name: "agentmode", id: "default", enabled: true, config: { default_mode: "financial_analyst" } },
      ],
    },
    step_settings: {
      "ai-chat": { "ai-engine": "gpt-5", "ai-api-type": "openai-responses" },
      "ai-inference": { "inference-reasoning-effort": "high" },
    },
    fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    selection: { source: "body" },
    processing: { requested_mode: "default", applied_mode: "default", outcome: "not_requested" },
    warnings: [],
    metadata: {
      "profile.registry": "default",
      "profile.slug": "analyst",
      "profile.version": 1,
      "profile.source": "seed",
    },
  });
});

test("GET and POST of the same answer the same", async () => {
  const got = (await rest("GET", "/resolve/inventory?conv_id=c1&explain=true")).json;
  expect((await post({ conv_id: "c1", explain: true }, "/resolve/inventory")).json).toEqual(got);
});

test("POST echoes conv_id as it came, and makes a UUID where there is none", async () => {
  expect((await post({ conv_id: " c 1 " })).json).toMatchObject({ conv_id: " c 1 " });
  const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const body of [{}, { conv_id: "" }, { conv_id: "  " }, { conv_id: null }]) {
    expect((await post(body)).json).toMatchObject({ conv_id: uuid });
  }
});

test("GET echoes conv_id and makes none", async () => {
  expect((await rest("GET", "/resolve?conv_id=c1")).json).toMatchObject({ conv_id: "c1" });
  expect((await rest("GET", "/resolve")).json).not.toHaveProperty("conv_id");
});

test("a chat client's own body is taken unchanged", async () => {
  const body = { prompt: "Hello", text: "Hello", messages: [{}], stream: true, profile: "analyst" };
  expect((await post(body)).json).toMatchObject({ profile: "analyst" });
});

test("whatever processing holds is ignored where no mode has its contract on", async () => {
  const ignored = { requested_mode: "default", applied_mode: "default", outcome: "contract_disabled" };
  for (const processing of [{ mode: "fast" }, { mode: 5 }, [], "fast", 0]) {
    const { status, json } = await post({ processing, deployment: "cloud", targeting_key: "k" });
    expect([status, json]).toMatchObject([200, { profile: "default", processing: ignored }]);
  }
  const { json } = await rest("GET", "/resolve?mode=fast&deployment=local&targeting_key=k");
  expect(json).toMatchObject({ processing: ignored });
});

test("processing that is null or not there is no wish, and neither is a blank mode of GET", async () => {
  const none = { processing: { outcome: "not_requested" } };
  expect((await post({})).json).toMatchObject(none);
  expect((await post({ processing: null })).json).toMatchObject(none);
  expect((await rest("GET", "/resolve?mode=%20")).json).toMatchObject(none);
});

test("a deployment that is none is malformed", async () => {
  const refused = [400, { code: "malformed", detail: 'deployment must be one of "local", "cloud"' }];
  const posted = await post({ deployment: "d" });
  expect([posted.status, posted.json]).toMatchObject(refused);
  const got = await rest("GET", "/resolve?deployment=d");
  expect([got.status, got.json]).toMatchObject(refused);
});

test("overrides is another name of request_overrides", async () => {
  const overrides = { systemPrompt: "Mine" };
  for (const body of [
    { overrides },
    { request_overrides: overrides },
    { overrides, request_overrides: null },
  ]) {
    expect((await post(body, "/resolve/analyst")).json).toMatchObject({ runtime: { system_prompt: "Mine" } });
  }
});

test("both names of the overrides at once are malformed", async () => {
  const { status, json } = await post({ overrides: {}, request_overrides: {} });
  expect([status, json]).toMatchObject([
    400,
    { code: "malformed", detail: expect.stringContaining("overrides") },
  ]);
});

test("members of the wrong type are named", async () => {
  for (const [member, value] of Object.entries({
    conv_id: 1,
    profile: {},
    registry: [],
    overrides: "x",
    request_overrides: [],
    ai_engine: 5,
    runtime_key: false,
    base_step_settings: "x",
    explain: "yes",
  })) {
    const { status, json } = await post({ [member]: value });
    expect([status, json], member).toMatchObject([
      400,
      { detail: expect.stringContaining(`${member} must be`) },
    ]);
  }
});

test("GET is tagged by the fingerprint, weakly, and not shared", async () => {
  const { headers, json } = await rest("GET", "/resolve/analyst");
  expect(headers.get("etag")).toBe(`W/"${(json as { fingerprint: string }).fingerprint}"`);
  expect(headers.get("vary")).toBe("Cookie");
  expect(headers.get("cache-control")).toBe("private, no-cache");
});

test("GET with the fingerprint that the client has is 304, until the answer changes", async () => {
  await rest("POST", "/profiles", { body: { slug: "changing" } });
  const get = (headers: Record<string, string>) => rest("GET", "/resolve/changing", { headers });
  const etag = (await get({})).headers.get("etag") ?? "";
  for (const tag of [etag, etag.replace("W/", ""), `"x", ${etag}`]) {
    const { status, text, headers } = await get({ "if-none-match": tag });
    expect([status, text, headers.get("vary")], tag).toEqual([304, "", "Cookie"]);
  }
  await rest("PATCH", "/profiles/changing");
  expect((await get({ "if-none-match": etag })).status).toBe(200);
});

test("a write elsewhere does not change the fingerprint", async () => {
  const { headers } = await rest("GET", "/resolve/analyst");
  await rest("POST", "/profiles", { body: { slug: "elsewhere" } });
  const again = await rest("GET", "/resolve/analyst", {
    headers: { "if-none-match": headers.get("etag") ?? "" },
  });
  expect(again.status).toBe(304);
});

test("secrets that the caller brings are not shown to it either", async () => {
  const base_step_settings = { chat: { api_key: "mine", model: "m" } };
  expect((await post({ base_step_settings })).json).toMatchObject({
    step_settings: { chat: { api_key: "<redacted>", model: "m" } },
  });
});

test("a bad parameter is malformed, and named", async () => {
  expect((await rest("GET", "/resolve?explain=perhaps")).json).toMatchObject({
    detail: 'query parameter explain must be true or false, not "perhaps"',
  });
  expect((await rest("GET", "/resolve?profile=a&profile=b")).json).toMatchObject({
    detail: "query parameter profile is given more than once",
  });
});
