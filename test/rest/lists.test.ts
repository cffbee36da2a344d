import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest, url } = sharedServer();

/** A registry with profiles `p00`, `p01`, …; every third is tagged `third`. */
async function registryOf(slug: string, count: number): Promise<string[]> {
  await rest("POST", "/registries", { body: { slug } });
  const slugs = Array.from({ length: count }, (_, i) => `p${String(i).padStart(2, "0")}`);
  for (const [i, profile] of slugs.entries()) {
    const metadata = { tags: i % 3 === 0 ? ["third"] : [] };
    await rest("POST", "/profiles", { body: { slug: profile, registry: slug, metadata } });
  }
  return slugs;
}

const slugsOf = (json: unknown) => (json as { slug: string }[]).map(({ slug }) => slug);

/** The target of `rel="next"`, below the prefix. */
function next(headers: Headers): string | undefined {
  const target = /^<([^>]+)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
  return target?.replace("/api/chat", "");
}

test("a list is a bare array of items with these members exactly, the absent ones left out", async () => {
  await rest("POST", "/registries", { body: { slug: "items" } });
  const full = {
    slug: "full",
    registry: "items",
    display_name: "Full",
    description: "All.",
    runtime: { system_prompt: "Prompt", tools: ["t"] },
    policy: { read_only: true, allow_overrides: true },
    extensions: { "acme.a@v1": 1 },
    metadata: { tags: ["t"] },
    set_default: true,
  };
  await rest("POST", "/profiles", { body: full });
  await rest("POST", "/profiles", { body: { slug: "bare", registry: "items" } });
  expect((await rest("GET", "/profiles?registry=items")).json).toEqual([
    { slug: "bare", version: 1, registry: "items" },
    {
      slug: "full",
      display_name: "Full",
      description: "All.",
      default_prompt: "Prompt",
      extensions: { "acme.a@v1": 1 },
      is_default: true,
      version: 1,
      registry: "items",
      read_only: true,
      tags: ["t"],
    },
  ]);
});

test("limit pages, and Link leads from page to page", async () => {
  const slugs = await registryOf("paged", 7);
  const pages: string[][] = [];
  for (let path: string | undefined = "/profiles?registry=paged&limit=3"; path; ) {
    const { json, headers } = await rest("GET", path);
    pages.push(slugsOf(json));
    path = next(headers);
  }
  expect(pages).toEqual([slugs.slice(0, 3), slugs.slice(3, 6), slugs.slice(6)]);
});

test("a last page that is full has no Link", async () => {
  await registryOf("full-page", 2);
  const { headers } = await rest("GET", "/profiles?registry=full-page&limit=2");
  expect(headers.get("link")).toBeNull();
});

test("Link keeps the other parameters", async () => {
  await registryOf("tagged-pages", 7);
  const first = await rest("GET", "/profiles/?tag=third&limit=2&registry=tagged-pages");
  expect(slugsOf(first.json)).toEqual(["p00", "p03"]);
  expect(first.headers.get("link")).toBe(
    '</api/chat/profiles/?tag=third&limit=2&registry=tagged-pages&after=p03>; rel="next"',
  );
  const { json } = await rest("GET", next(first.headers) ?? "");
  expect(slugsOf(json)).toEqual(["p06"]);
});

test("after alone gives the rest, and need not name a profile", async () => {
  const slugs = await registryOf("after", 4);
  expect(slugsOf((await rest("GET", "/profiles?registry=after&after=p01")).json)).toEqual(slugs.slice(2));
  expect(slugsOf((await rest("GET", "/profiles?registry=after&after=P01.5")).json)).toEqual(slugs.slice(2));
  expect((await rest("GET", "/profiles?registry=after&after=z")).json).toEqual([]);
});

test("tag filters, also the whole list", async () => {
  await registryOf("tags", 4);
  expect(slugsOf((await rest("GET", "/profiles?registry=tags&tag=third")).json)).toEqual(["p00", "p03"]);
  expect((await rest("GET", "/profiles?registry=tags&tag=Third")).json).toEqual([]);
  expect((await rest("GET", "/profiles?registry=tags&tag=")).json).toHaveLength(4);
});

test("a limit that is none, and a page that begins nowhere, are malformed", async () => {
  for (const query of [
    "limit=0",
    "limit=1001",
    "limit=-1",
    "limit=1.5",
    "limit=x",
    "after=No!",
    "limit=1&limit=2",
  ]) {
    const { status, json } = await rest("GET", `/profiles?${query}`);
    expect([status, json], query).toMatchObject([400, { code: "malformed" }]);
  }
});

test("parameters that nobody knows are ignored", async () => {
  expect((await rest("GET", "/profiles?nope=1&__proto__=2")).status).toBe(200);
});

test("registries are listed as documents, sorted", async () => {
  const { json } = await rest("GET", "/registries");
  const slugs = slugsOf(json);
  expect(slugs).toEqual([...slugs].sort());
  expect((json as unknown[]).at(slugs.indexOf("default"))).toMatchObject({
    slug: "default",
    default_profile_slug: "default",
    metadata: { source: "seed" },
  });
});

test("an answer that nobody waits for any more does no harm", async () => {
  const cancel = new AbortController();
  const answer = fetch(`${url()}/api/chat/profiles`, { signal: cancel.signal });
  cancel.abort();
  await expect(answer).rejects.toThrow();
  expect((await rest("GET", "/profiles")).status).toBe(200);
});

test("q keeps profiles with the text in slug, display name or description, whatever its case", async () => {
  await rest("POST", "/registries", { body: { slug: "sought" } });
  for (const profile of [
    { slug: "alpha", display_name: "Support desk" },
    { slug: "support-eu" },
    { slug: "beta", description: "For SUPPORT of partners." },
    { slug: "gamma", runtime: { system_prompt: "support" } },
  ])
    await rest("POST", "/profiles", { body: { ...profile, registry: "sought" } });
  const found = await rest("GET", "/profiles?registry=sought&q=sUpport");
  expect(slugsOf(found.json)).toEqual(["alpha", "beta", "support-eu"]);
  const page = await rest("GET", "/profiles?registry=sought&q=support&limit=2");
  expect(slugsOf(page.json)).toEqual(["alpha", "beta"]);
  expect(slugsOf((await rest("GET", next(page.headers)!)).json)).toEqual(["support-eu"]);
  expect((await rest("GET", "/profiles?registry=sought&q=50%25")).json).toEqual([]);
});

test("view=summary leaves prompts and extensions out and tells who wrote last", async () => {
  await rest("POST", "/registries", { body: { slug: "summed" } });
  const body = { slug: "p", registry: "summed", runtime: { system_prompt: "Long" }, display_name: "P" };
  await rest("POST", "/profiles", { body: { ...body, extensions: { "acme.a@v1": 1 } } });
  expect((await rest("GET", "/profiles?registry=summed&view=summary")).json).toEqual([
    {
      slug: "p",
      display_name: "P",
      version: 1,
      registry: "summed",
      updated_at_ms: expect.any(Number),
      updated_by: "anonymous",
    },
  ]);
  const wrong = await rest("GET", "/profiles?registry=summed&view=short");
  expect(wrong.json).toMatchObject({
    status: 400,
    code: "malformed",
    detail: 'query parameter view must be full or summary, not "short"',
  });
});
