/** Versions, rollback and the log, where REST has its own way (spec 2.5). */
import { beforeAll, describe, expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest } = sharedServer();
const LAST = 7;

beforeAll(async () => {
  await rest("POST", "/profiles", { body: { slug: "h", description: "1" } });
  for (let version = 2; version <= LAST; version++) {
    await rest("PATCH", "/profiles/h", { body: { description: `${version}` } });
  }
});

/** All pages of a list, and what they hold together. */
async function pagesOf(path: string): Promise<{ pages: number; items: Record<string, unknown>[] }> {
  const items: Record<string, unknown>[] = [];
  for (let pages = 1, next = path; ; pages++) {
    const { status, json, headers } = await rest("GET", next);
    expect(status).toBe(200);
    items.push(...(json as Record<string, unknown>[]));
    const [, link] = /^<\/api\/chat(.+)>; rel="next"$/.exec(headers.get("link") ?? "") ?? [];
    if (link === undefined) return { pages, items };
    next = link;
  }
}

describe("the list of versions", () => {
  test("has these members and no others", async () => {
    const { json, headers } = await rest("GET", "/profiles/h/versions?limit=1");
    expect(json).toEqual([
      {
        version: LAST,
        revision: Number(headers.get("profile-registry-revision")),
        time_ms: expect.any(Number),
        actor: "anonymous",
        source: "rest",
        operation: "update_profile",
        registry_version: LAST + 1,
        changed_paths: ["/description"],
      },
    ]);
  });

  test.each([
    [1, 7],
    [3, 3],
    [7, 1],
    [1000, 1],
  ])("in pages of %d has %d, which are the list", async (limit, expected) => {
    const whole = await rest("GET", "/profiles/h/versions");
    const { pages, items } = await pagesOf(`/profiles/h/versions?limit=${limit}`);
    expect(items).toEqual(whole.json);
    expect(items.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(items.map(({ changed_paths }) => changed_paths).slice(0, -1)).toEqual(
      Array.from({ length: 6 }, () => ["/description"]),
    );
    expect(pages).toBe(expected);
  });

  test("goes back from a revision that is not its own, too", async () => {
    const { json } = await rest("GET", "/profiles/h/versions?before=1000000");
    expect((json as unknown[]).length).toBe(LAST);
    expect((await rest("GET", "/profiles/h/versions?before=0")).json).toEqual([]);
  });

  test.each(["limit=0", "limit=1001", "limit=x", "before=-1"])("refuses ?%s", async (query) => {
    const { status, json } = await rest("GET", `/profiles/h/versions?${query}`);
    expect([status, json]).toMatchObject([400, { code: "malformed" }]);
  });
});

describe("a version", () => {
  test("has an ETag, by which it need not be sent again", async () => {
    const { headers, json } = await rest("GET", "/profiles/h/versions/2");
    expect(json).toMatchObject({ description: "2" });
    const etag = headers.get("etag") ?? "";
    expect(etag).toBe(`"2.${LAST + 1}"`);
    const again = await rest("GET", "/profiles/h/versions/2", { headers: { "if-none-match": etag } });
    expect(again).toMatchObject({ status: 304, text: "" });
  });

  test.each(["0", "-1", "1.5", "x", "99999999999999999"])("is a number: %s is none", async (version) => {
    const { status, json } = await rest("GET", `/profiles/h/versions/${version}`);
    expect([status, json]).toMatchObject([
      400,
      { code: "malformed", detail: "the version must be a positive integer" },
    ]);
  });

  test("that an If-Match names which is not the last one is 412", async () => {
    const { headers } = await rest("GET", "/profiles/h/versions/2");
    const write = { headers: { "if-match": headers.get("etag") ?? "" }, body: {} };
    expect((await rest("PATCH", "/profiles/h", write)).status).toBe(412);
  });
});

describe("a rollback", () => {
  const back = (body: object, headers: Record<string, string> = {}) =>
    rest("POST", "/profiles/r/rollback", { body, headers });
  beforeAll(async () => {
    await rest("POST", "/profiles", { body: { slug: "r", description: "1" } });
    await rest("PATCH", "/profiles/r", { body: { description: "2" } });
  });

  test("from another version than the stored one is 409, and 412 where the header said so", async () => {
    expect((await back({ version: 1, expected_version: 1 })).status).toBe(409);
    const { status, json } = await back({ version: 1 }, { "if-match": '"1.2"' });
    expect([status, json]).toMatchObject([
      412,
      { code: "version_conflict", detail: 'profile "r" version conflict: expected=1 actual=2' },
    ]);
  });

  test("from the stored one is answered with the document, its ETag and its revision", async () => {
    const { headers: read } = await rest("GET", "/profiles/r");
    const { status, headers, json } = await back({ version: 1 }, { "if-match": read.get("etag") ?? "" });
    expect([status, json]).toMatchObject([200, { description: "1", metadata: { version: 3 } }]);
    const after = await rest("GET", "/profiles/r");
    expect(after.json).toEqual(json);
    for (const name of ["etag", "profile-registry-revision"]) {
      expect(headers.get(name), name).toBe(after.headers.get(name));
    }
  });

  test("says which version", async () => {
    for (const body of [{}, { version: 0 }, { version: null }]) {
      const { status, json } = await back(body);
      expect([status, json]).toMatchObject([400, { errors: [{ field: "version", reason: "is required" }] }]);
    }
    expect(await back({ version: "1" })).toMatchObject({ status: 400, json: { code: "malformed" } });
  });

  test("takes the registry from the query where the body has none", async () => {
    const { status, json } = await rest("POST", "/profiles/r/rollback?registry=ghost", {
      body: { version: 1 },
    });
    expect([status, json]).toMatchObject([404, { detail: "registry not found" }]);
  });
});

describe("the log", () => {
  test("has these members and no others", async () => {
    const { json } = await rest("GET", "/log?limit=2");
    const entry = {
      revision: 1,
      commit_revision: 3,
      registry: "default",
      version: 1,
      time_ms: expect.any(Number),
      actor: "anonymous",
      source: "seed",
      operation: "create_registry",
      registry_version: 1,
    };
    expect(json).toEqual([
      entry,
      { ...entry, revision: 2, profile: expect.any(String), operation: "create_profile" },
    ]);
  });

  test("in pages is the log", async () => {
    const whole = await rest("GET", "/log");
    const { pages, items } = await pagesOf("/log?limit=2");
    expect(items).toEqual(whole.json);
    expect(pages).toBe(Math.ceil(items.length / 2));
    const ofOne = await pagesOf("/log?registry=default&profile=h&limit=3");
    expect(ofOne.items.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test.each(["limit=0", "limit=1001", "after=x", "after=-1"])("refuses ?%s", async (query) => {
    const { status, json } = await rest("GET", `/log?${query}`);
    expect([status, json]).toMatchObject([400, { code: "malformed" }]);
  });
});
