/** What REST alone says of rollouts and features: types of members, tags, headers, the outcomes' own rules (spec 2.5, 5). */
import { beforeAll, describe, expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest } = sharedServer();
const ON = { contract_enabled: true, runtime_enabled: true };

/** Declares mode `fast` in a registry of its own. */
async function declared(registry: string): Promise<{ at: string; query: string }> {
  await rest("POST", "/registries", {
    body: { slug: registry, processing_modes: { fast: { profiles: ["fast"] } } },
  });
  await rest("POST", "/profiles", { body: { slug: "fast", registry } });
  return { at: `/rollouts/fast?registry=${registry}`, query: `?registry=${registry}` };
}

const tagOf = async (path: string) => (await rest("GET", path)).headers.get("etag") ?? "";

describe("members of a body", () => {
  let at = "";
  beforeAll(async () => {
    ({ at } = await declared("typed"));
  });

  test.each([
    ["PATCH", "", { contract_enabled: "yes" }, "contract_enabled must be a boolean"],
    ["PATCH", "", { percentage: "5" }, "percentage must be a number"],
    ["PATCH", "", { salt: 1 }, "salt must be a string"],
    ["PATCH", "", { cohort: "a" }, "cohort must be an array"],
    ["PATCH", "", { cohort: ["a", 1] }, "cohort[1] must be a string"],
    ["PATCH", "", { stages: [1, "5"] }, "stages[1] must be a number"],
    ["PATCH", "", { thresholds: [] }, "thresholds must be an object"],
    ["PATCH", "", { thresholds: { window_s: "9" } }, "thresholds.window_s must be a number"],
    ["PATCH", "", { auto_rollback: 1 }, "auto_rollback must be a boolean"],
    ["PATCH", "", { force: 1 }, "force must be a boolean"],
    ["PATCH", "", { reason: 1 }, "reason must be a string"],
    ["PATCH", "", { expected_version: 1.5 }, "expected_version must be a non-negative integer"],
    ["PATCH", "", { registry: 1 }, "registry must be a string"],
    ["POST", "/advance", { expected_version: "1" }, "expected_version must be a non-negative integer"],
    ["POST", "/rollback", {}, 'kind must be one of "soft", "hard"'],
    ["POST", "/rollback", { kind: 1 }, "kind must be a string"],
  ])("of the wrong type are named: %s%s %j", async (method, below, body, detail) => {
    const { status, json } = await rest(method, at.replace("?", `${below}?`), { body });
    expect([status, json]).toMatchObject([400, { code: "malformed", detail }]);
  });

  test("that are null count as absent, unknown ones are ignored, and so is the mode", async () => {
    const body = { percentage: null, cohort: null, thresholds: null, reason: null, mode: "other", x: 1 };
    const { status, json } = await rest("PATCH", at, { body });
    expect([status, json]).toMatchObject([200, { mode: "fast", percentage: 0 }]);
  });

  test("name the registry before the query does", async () => {
    await declared("named");
    const { json } = await rest("PATCH", at, { body: { registry: "named" } });
    expect(json).toMatchObject({ registry: "named" });
  });
});

describe("the tag of a rollout", () => {
  test("begins with its version, and 304 is answered while all that it shows is the same", async () => {
    const { at } = await declared("tagged");
    const etag = await tagOf(at);
    expect(etag).toMatch(/^"1\.[0-9a-f]{16}"$/);
    const again = await rest("GET", at, { headers: { "if-none-match": etag } });
    expect([again.status, again.text]).toEqual([304, ""]);
    const patched = await rest("PATCH", at, { body: ON });
    expect(patched.headers.get("etag")).toMatch(/^"2\./);
    expect(patched.headers.get("etag")).toBe(await tagOf(at));
  });

  test("changes with the mode's profile, which its digest is of, though no version does", async () => {
    const { at, query } = await declared("digested");
    const [before, list] = [await tagOf(at), await tagOf(`/rollouts${query}`)];
    await rest("PATCH", `/profiles/fast${query}`, { body: { runtime: { system_prompt: "new" } } });
    const after = await rest("GET", at, { headers: { "if-none-match": before } });
    expect([after.status, after.json]).toMatchObject([200, { version: 1 }]);
    const listed = await rest("GET", `/rollouts${query}`, { headers: { "if-none-match": list } });
    expect(listed.status).toBe(200);
  });

  test("is what If-Match takes: a stale one is 412, a stale expected_version 409", async () => {
    const { at } = await declared("matched");
    const etag = await tagOf(at);
    const headers = { "if-match": etag };
    expect((await rest("PATCH", at, { headers, body: ON })).json).toMatchObject({ version: 2 });
    const detail = 'rollout "fast" version conflict: expected=1 actual=2';
    for (const [method, path, body] of [
      ["PATCH", at, {}],
      ["POST", at.replace("?", "/advance?"), {}],
      ["POST", at.replace("?", "/rollback?"), { kind: "soft" }],
    ] as const) {
      const byHeader = await rest(method, path, { headers, body });
      expect([byHeader.status, byHeader.json], path).toMatchObject([
        412,
        { code: "version_conflict", detail },
      ]);
      const byBody = await rest(method, path, { body: { ...body, expected_version: 1 } });
      expect([byBody.status, byBody.json], path).toMatchObject([409, { detail }]);
    }
  });

  test("of a list is that of all that it shows", async () => {
    const { at, query } = await declared("listed");
    const etag = await tagOf(`/rollouts${query}`);
    const asked = () => rest("GET", `/rollouts${query}`, { headers: { "if-none-match": etag } });
    expect((await asked()).status).toBe(304);
    await rest("PATCH", at, { body: ON });
    expect((await asked()).status).toBe(200);
  });
});

test("answers tell the revision that they reflect", async () => {
  const { at, query } = await declared("revised");
  for (const path of [at, `/rollouts${query}`, at.replace("?", "/report?"), `/features${query}`]) {
    expect((await rest("GET", path)).headers.get("profile-registry-revision"), path).toMatch(/^[1-9]\d*$/);
  }
});

test("a slash at the end changes nothing", async () => {
  const { query } = await declared("slashed");
  for (const path of ["/rollouts/", "/rollouts/fast/", "/rollouts/fast/report/", "/features/"]) {
    expect((await rest("GET", `${path}${query}`)).status, path).toBe(200);
  }
  expect((await rest("POST", `/rollouts/outcomes/${query}`, { body: { outcomes: [] } })).status).toBe(202);
});

test("a report is asked for with its incident by true or false", async () => {
  const { at } = await declared("asked");
  const { status, json } = await rest("GET", `${at.replace("?", "/report?")}&incident=maybe`);
  expect([status, json]).toMatchObject([
    400,
    { detail: expect.stringContaining("incident must be true or") },
  ]);
});

describe("features", () => {
  test("are asked for again every time, and 304 while they are the same", async () => {
    const { at, query } = await declared("featured");
    const path = `/features${query}&targeting_key=user-7`;
    const { headers, json } = await rest("GET", path);
    expect(headers.get("cache-control")).toBe("private, no-cache");
    expect(json).toMatchObject({ modes: [{ mode: "fast", visible: false }] });
    const sent = { headers: { "if-none-match": headers.get("etag") ?? "" } };
    // Writes that change nothing of them.
    await rest("PATCH", at, { body: ON });
    const same = await rest("GET", path, sent);
    expect([same.status, same.headers.get("cache-control")]).toEqual([304, "private, no-cache"]);
    await rest("PATCH", at, { body: { ui_enabled: true, force: true, reason: "r" } });
    const other = await rest("GET", path, sent);
    expect([other.status, other.json]).toMatchObject([200, { modes: [{ visible: true }] }]);
  });
});

describe("outcomes", () => {
  const turn = { latency_ms: 1, success: true };

  test("are accepted, which is 202", async () => {
    const { status, json } = await rest("POST", "/rollouts/outcomes", { body: { outcomes: [turn] } });
    expect([status, json]).toEqual([202, { accepted: 1, dropped: 0 }]);
  });

  test("are of the registry that they name, else of that of the body, the query, the default", async () => {
    const { query } = await declared("counted");
    const asked = { ...turn, mode: "fast" };
    const post = async (path: string, body: object) => (await rest("POST", path, { body })).json;
    const taken = { accepted: 1, dropped: 0 };
    expect(await post("/rollouts/outcomes", { outcomes: [{ ...asked, registry: "counted" }] })).toEqual(
      taken,
    );
    expect(await post("/rollouts/outcomes", { outcomes: [asked], registry: "counted" })).toEqual(taken);
    expect(await post(`/rollouts/outcomes${query}`, { outcomes: [asked] })).toEqual(taken);
    expect(await post("/rollouts/outcomes", { outcomes: [asked] })).toEqual({ accepted: 0, dropped: 1 });
  });

  test.each([
    [{}, "outcomes must be an array"],
    [{ outcomes: {} }, "outcomes must be an array"],
    [{ outcomes: [1] }, "outcomes[0] must be an object"],
    [{ outcomes: [turn, {}] }, "outcomes[1].latency_ms must be a number"],
    [{ outcomes: [{ latency_ms: 1 }] }, "outcomes[0].success must be a boolean"],
    [{ outcomes: [{ ...turn, critical: 1 }] }, "outcomes[0].critical must be a boolean"],
    [{ outcomes: [{ ...turn, conv_id: 1 }] }, "outcomes[0].conv_id must be a string"],
    [{ outcomes: [{ ...turn, severity: 1 }] }, "outcomes[0].severity must be a string"],
    [{ outcomes: [turn], registry: "No!" }, "invalid registry: No!"],
  ])("that are none are refused, all of them: %j", async (body, detail) => {
    const { status, json } = await rest("POST", "/rollouts/outcomes", { body });
    expect([status, json]).toMatchObject([400, { code: "malformed", detail }]);
  });

  test("with a number that no double can hold are refused", async () => {
    const raw = '{"outcomes":[{"latency_ms":1e999,"success":true}]}';
    const headers = { "content-type": "application/json" };
    const { status, json } = await rest("POST", "/rollouts/outcomes", { raw, headers });
    expect([status, json]).toMatchObject([400, { detail: expect.stringContaining("latency_ms") }]);
  });

  test("are no write of the store: a key makes no retry of them", async () => {
    const sent = { body: { outcomes: [turn] }, headers: { "idempotency-key": "k" } };
    const before = await rest("POST", "/rollouts/outcomes", sent);
    const other = await rest("POST", "/rollouts/outcomes", { ...sent, body: { outcomes: [turn, turn] } });
    expect([before.status, other.json]).toEqual([202, { accepted: 2, dropped: 0 }]);
  });
});
