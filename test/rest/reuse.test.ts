/** Answers that are reused are those of the request, and current. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import { type Answer, sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest, url } = sharedServer({ "seed-file": REGISTRIES });
const resolved = async (query: string, cookie?: string) =>
  (await rest("GET", `/resolve${query}`, cookie === undefined ? {} : { headers: { cookie } }))
    .json as JsonObject;

/** A registry of its own with a profile `agent`, and a mode `fast` that half of all conversations get. */
async function halfRolledOut(registry: string): Promise<void> {
  await rest("POST", "/registries", { body: { slug: registry } });
  for (const slug of ["agent", "fast-v1"])
    await rest("POST", "/profiles", { body: { registry, slug, runtime: { system_prompt: slug } } });
  const modes = { processing_modes: { fast: { profiles: ["fast-v1"] } } };
  await rest("PATCH", `/registries/${registry}`, { body: modes });
  const on = { contract_enabled: true, runtime_enabled: true, percentage: 50, force: true, reason: "test" };
  const { status } = await rest("PATCH", `/rollouts/fast?registry=${registry}`, { body: on });
  expect(status).toBe(200);
}

/** The decisions on conversations, as POST has them. */
async function decisions(registry: string, conversations: string[]): Promise<unknown[]> {
  const answers = conversations.map(async (conv_id) => {
    const body = { registry, profile: "agent", processing: { mode: "fast" }, conv_id };
    return ((await rest("POST", "/resolve", { body })).json as JsonObject).processing;
  });
  const all = await Promise.all(answers);
  expect(new Set(all.map((one) => (one as JsonObject).applied_mode)).size).toBe(2);
  return all;
}

const CONVERSATIONS = Array.from({ length: 12 }, (_, i) => `c ${i}+&é;`);

test.each([
  ["plainly", (id: string) => `?registry=plain&profile=agent&mode=fast&conv_id=${id}`, "plain"],
  ["first of all", (id: string) => `?conv_id=${id}&registry=first&profile=agent&mode=fast`, "first"],
  ["in the middle", (id: string) => `?registry=middle&conv_id=${id}&mode=fast&profile=agent`, "middle"],
  [
    "by an escaped name",
    (id: string) => `?conv%5Fid=${id}&registry=escaped&profile=agent&mode=fast`,
    "escaped",
  ],
])("conv_id given %s is echoed, and decides on the mode", async (_, queryFor, registry) => {
  await halfRolledOut(registry);
  const expected = await decisions(registry, CONVERSATIONS);
  for (let round = 0; round < 2; round++) {
    for (const [i, conversation] of CONVERSATIONS.entries()) {
      const { conv_id, processing } = await resolved(queryFor(encodeURIComponent(conversation)));
      expect([conv_id, processing]).toEqual([conversation, expected[i]]);
    }
  }
});

test("targeting_key decides before conv_id, wherever it stands", async () => {
  await halfRolledOut("keyed");
  const expected = await decisions("keyed", CONVERSATIONS);
  for (const [i, key] of CONVERSATIONS.entries()) {
    const asked = `registry=keyed&profile=agent&mode=fast`;
    const given = `targeting_key=${encodeURIComponent(key)}`;
    for (const query of [`?${asked}&${given}&conv_id=c`, `?conv_id=c&${given}&${asked}`]) {
      const { conv_id, processing } = await resolved(query);
      expect([conv_id, processing]).toEqual(["c", expected[i]]);
    }
  }
});

test("requests that differ in any other parameter get answers of their own, whatever was asked before", async () => {
  const queries = {
    "": { profile: "default", runtime_key: "default" },
    "?profile=analyst": { profile: "analyst" },
    "?runtime=analyst": { profile: "analyst", selection: { source: "query_runtime" } },
    "?profile=inventory": { profile: "inventory" },
    "?registry=team": { registry: "team" },
    "?profile=analyst&explain=true": { profile: "analyst", trace: expect.any(Array) },
    "?mode=fast": { processing: { outcome: "contract_disabled" } },
    "/inventory": { profile: "inventory", selection: { source: "path" } },
    "/inventory?profile=analyst": { profile: "inventory", selection: { source: "path" } },
  };
  for (const given of ["", "conv_id=c&", "conv_id=d&targeting_key=u&"]) {
    for (const [query, expected] of Object.entries(queries)) {
      const asked = query.includes("?") ? query.replace("?", `?${given}`) : `${query}?${given}`;
      expect(await resolved(asked), asked).toMatchObject(expected);
    }
  }
  expect(await resolved("?profile=analyst")).not.toHaveProperty("trace");
});

test("requests that differ in their cookie get answers of their own", async () => {
  for (let round = 0; round < 2; round++) {
    expect(await resolved("")).toMatchObject({ profile: "default" });
    expect(await resolved("", "chat_profile=analyst")).toMatchObject({ profile: "analyst" });
    expect(await resolved("", "chat_profile=inventory")).toMatchObject({ profile: "inventory" });
    expect(await resolved("", "theme=dark")).toMatchObject({ profile: "default" });
    expect(await resolved("", "chat_profile=analyst%00")).toMatchObject({
      profile: "default",
      selection: { ignored: [{ reason: "malformed" }] },
    });
  }
});

/** How many answers were reused so far. */
async function reused(): Promise<number> {
  const metrics = await (await fetch(`${url()}/metrics`)).text();
  return Number(/^profile_registry_answer_cache_lookups_total\{result="hit"\} (\d+)$/m.exec(metrics)?.[1]);
}

test("turns of one conversation or of many reuse an answer, whatever they say", async () => {
  const turn = (i: number) => ({
    conv_id: `c ${i}`,
    prompt: `Hello ${i}`,
    profile: "analyst",
    temperature: i,
  });
  const { json: first } = await rest("POST", "/resolve", { body: turn(0) });
  const before = await reused();
  for (let i = 1; i <= 5; i++) {
    const { json } = await rest("POST", "/resolve", { body: turn(i) });
    expect(json).toEqual({ ...(first as JsonObject), conv_id: `c ${i}` });
  }
  expect(await reused()).toBe(before + 5);
});

test("turns that differ in what decides get answers of their own, whatever was asked before", async () => {
  const bodies: [JsonObject, JsonObject][] = [
    [{}, { profile: "default" }],
    [{ profile: "analyst" }, { profile: "analyst", runtime_key: "analyst" }],
    [
      { profile: "analyst", runtime_key: "mine" },
      { profile: "analyst", runtime_key: "mine" },
    ],
    [{ registry: "team" }, { registry: "team" }],
    [{ profile: "analyst", explain: true }, { trace: expect.any(Array) as never }],
    [
      { processing: { mode: "fast" } },
      { processing: expect.objectContaining({ outcome: "contract_disabled" }) },
    ],
    [{ profile: "analyst", ai_engine: "gpt-9" }, { step_settings: { "ai-chat": { "ai-engine": "gpt-9" } } }],
    [{ profile: "analyst", ai_engine: "gpt-8" }, { step_settings: { "ai-chat": { "ai-engine": "gpt-8" } } }],
    [{ base_step_settings: { a: { b: 1 } } }, { step_settings: { a: { b: 1 } } }],
    [{ base_step_settings: { a: { b: 2 } } }, { step_settings: { a: { b: 2 } } }],
  ];
  for (let round = 0; round < 3; round++) {
    for (const [body, expected] of bodies) {
      const { json } = await rest("POST", "/resolve", { body: { ...body, conv_id: `c ${round}` } });
      expect(json, JSON.stringify(body)).toMatchObject(expected);
    }
  }
  for (const conv_id of ["fine", "\ud800"]) {
    const { status } = await rest("POST", "/resolve", { body: { profile: "analyst", conv_id } });
    expect(status).toBe(conv_id === "fine" ? 200 : 400);
  }
});

test("what is refused is refused also after the like of it was answered", async () => {
  for (const name of ["conv_id", "targeting_key"]) {
    expect((await rest("GET", `/resolve?${name}=a&${name}=b`)).status).toBe(400);
    for (const answered of ["", `${name}=a`, `${name}=a&`, "conv_id=a&targeting_key=b"])
      expect((await rest("GET", `/resolve?${answered}`)).status).toBe(200);
    for (const twice of [`${name}=a&${name}=b`, `${name}=a&${name.replace("_", "%5F")}=b`]) {
      const { status, json } = await rest("GET", `/resolve?${twice}`);
      expect([status, json], twice).toMatchObject([
        400,
        { detail: `query parameter ${name} is given more than once` },
      ]);
    }
  }
});

test("a profile's answer shows the registry as it is, whatever was written: to itself, to another, to the registry", async () => {
  await rest("POST", "/registries", { body: { slug: "shown" } });
  for (const slug of ["agent", "other"])
    await rest("POST", "/profiles", { body: { registry: "shown", slug } });
  const get = () => rest("GET", "/profiles/agent?registry=shown");
  const shown = async ({ headers, json }: Answer) => [headers.get("etag"), json];
  const answer = (version: number, registry_version: number, is_default: boolean) => [
    `"${version}.${registry_version}"`,
    expect.objectContaining({ registry_version, is_default }),
  ];
  for (let i = 0; i < 2; i++) expect(await shown(await get())).toEqual(answer(1, 3, false));
  await rest("PATCH", "/profiles/other?registry=shown", { body: { description: "new" } });
  for (let i = 0; i < 2; i++) expect(await shown(await get())).toEqual(answer(1, 4, false));
  await rest("PATCH", "/registries/shown", { body: { default_profile_slug: "agent" } });
  for (let i = 0; i < 2; i++) expect(await shown(await get())).toEqual(answer(1, 5, true));
  await rest("PATCH", "/profiles/agent?registry=shown", { body: { description: "new" } });
  for (let i = 0; i < 2; i++) expect(await shown(await get())).toEqual(answer(2, 6, true));
});

test("a profile's answer shows the text that was written last", async () => {
  await rest("POST", "/profiles", { body: { slug: "rewritten" } });
  for (const description of ["one", "two"]) {
    await rest("PATCH", "/profiles/rewritten", { body: { description } });
    for (let i = 0; i < 2; i++)
      expect((await rest("GET", "/profiles/rewritten")).json).toMatchObject({ description });
  }
});
