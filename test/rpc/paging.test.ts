import { toBinary } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ListProfilesResponseSchema,
  ListRegistriesResponseSchema,
} from "../../gen/profileregistry/v1/registry_service_pb.js";
import type { CatalogDefinition } from "../../src/index.js";
import { refusalOf, sharedRpc } from "../support/rpc.js";

const SCHEMAS = Array.from(
  { length: 8 },
  (_, i): CatalogDefinition => ({
    kind: "extension",
    key: `acme.e${i}@v1`,
    schema: { type: "object", description: "x".repeat(500_000) },
  }),
);
const rpc = sharedRpc({}, { definitions: SCHEMAS });
const CALLER = { actor: "test", source: "rpc" } as const;
const slug = (i: number) => `p${String(i).padStart(4, "0")}`;

async function fill(registry: string, count: number, filler = 0): Promise<string[]> {
  const { registries, profiles } = rpc.running().services;
  await registries.createRegistry({ slug: registry, input: {} }, CALLER);
  const input = filler > 0 ? { extensions: { "acme.filler@v1": "x".repeat(filler) } } : {};
  const slugs = Array.from({ length: count }, (_, i) => slug(i));
  for (const name of slugs)
    await profiles.createProfile({ registry, slug: name, input, setDefault: false }, CALLER);
  return slugs;
}

/** The pages of a whole list, as slugs. */
async function pagesOf(registry: string, pageSize: number, tag = ""): Promise<string[][]> {
  const pages: string[][] = [];
  for (let pageToken = ""; ; ) {
    const { profiles, nextPageToken } = await rpc.registry.listProfiles({
      registry,
      pageSize,
      pageToken,
      tag,
    });
    pages.push(profiles.map((profile) => profile.slug));
    if (nextPageToken === "") return pages;
    pageToken = nextPageToken;
  }
}

describe("pages of profiles", () => {
  let all: string[] = [];
  beforeAll(async () => {
    all = await fill("many", 1_001);
  });

  test("hold 100 where no size is asked for", async () => {
    const { profiles, nextPageToken } = await rpc.registry.listProfiles({ registry: "many" });
    expect(profiles).toHaveLength(100);
    expect(nextPageToken).not.toBe("");
  });

  test("hold 1,000 at most, however many are asked for", async () => {
    expect(await pagesOf("many", 2_000_000)).toEqual([all.slice(0, 1_000), all.slice(1_000)]);
  });

  test("follow each other without gap or overlap", async () => {
    const pages = await pagesOf("many", 300);
    expect(pages.map((page) => page.length)).toEqual([300, 300, 300, 101]);
    expect(pages.flat()).toEqual(all);
  });

  test("end with a full one without a token", async () => {
    await fill("exact", 6);
    expect(await pagesOf("exact", 3)).toEqual([all.slice(0, 3), all.slice(3, 6)]);
  });

  test("are asked for with a size of 0 or more", async () => {
    expect(await refusalOf(rpc.registry.listProfiles({ pageSize: -1 }))).toMatchObject({
      code: "InvalidArgument",
      message: "page_size must not be negative",
      info: { reason: "MALFORMED" },
    });
  });

  test("begin where a token of ours says", async () => {
    for (const pageToken of ["p0001", "!", "YQ==", "/"]) {
      expect(await refusalOf(rpc.registry.listProfiles({ pageToken })), pageToken).toMatchObject({
        code: "InvalidArgument",
        message: "page_token is not one that this server gave",
      });
    }
  });

  test("survive the deletion of the profile that a page ended with", async () => {
    await fill("shrinking", 4);
    const first = await rpc.registry.listProfiles({ registry: "shrinking", pageSize: 2 });
    await rpc.registry.deleteProfile({ registry: "shrinking", slug: slug(1) });
    const { profiles } = await rpc.registry.listProfiles({
      registry: "shrinking",
      pageSize: 2,
      pageToken: first.nextPageToken,
    });
    expect(profiles.map((profile) => profile.slug)).toEqual([slug(2), slug(3)]);
  });

  test("end early before 3 MiB", async () => {
    const slugs = await fill("large", 9, 900_000);
    const pages = await pagesOf("large", 100);
    expect(pages.map((page) => page.length)).toEqual([3, 3, 3]);
    expect(pages.flat()).toEqual(slugs);
    const answer = await rpc.registry.listProfiles({ registry: "large" });
    expect(toBinary(ListProfilesResponseSchema, answer).length).toBeLessThan(3 * 1024 * 1024);
  });
});

describe("pages of registries", () => {
  test("follow each other", async () => {
    for (const name of ["r1", "r2", "r3"]) await rpc.registry.createRegistry({ registry: { slug: name } });
    const first = await rpc.registry.listRegistries({ pageSize: 2 });
    const second = await rpc.registry.listRegistries({ pageSize: 1_000, pageToken: first.nextPageToken });
    const slugs = [...first.registries, ...second.registries].map((registry) => registry.slug);
    expect(slugs).toEqual([...new Set(slugs)].sort());
    expect(second.nextPageToken).toBe("");
  });

  test("end early before 3 MiB", async () => {
    for (const name of ["big-1", "big-2", "big-3", "big-4"]) {
      await rpc.registry.createRegistry({ registry: { slug: name, description: "x".repeat(900_000) } });
    }
    const first = await rpc.registry.listRegistries({});
    expect(toBinary(ListRegistriesResponseSchema, first).length).toBeLessThan(3 * 1024 * 1024);
    const second = await rpc.registry.listRegistries({ pageToken: first.nextPageToken });
    const slugs = [...first.registries, ...second.registries].map((registry) => registry.slug);
    expect(slugs).toEqual(expect.arrayContaining(["big-1", "big-2", "big-3", "big-4", "default"]));
  });
});

describe("pages of the catalogue", () => {
  test("follow each other", async () => {
    const first = await rpc.registry.listMiddlewareSchemas({ pageSize: 1 });
    expect(first.middlewareSchemas.map(({ name }) => name)).toEqual(["agentmode"]);
    const second = await rpc.registry.listMiddlewareSchemas({ pageToken: first.nextPageToken });
    expect(second).toMatchObject({ middlewareSchemas: [{ name: "sqlite" }], nextPageToken: "" });
  });

  test("end early before 3 MiB", async () => {
    const keys: string[] = [];
    let pages = 0;
    for (let pageToken = ""; pages === 0 || pageToken !== ""; pages++) {
      const page = await rpc.registry.listExtensionSchemas({ pageToken });
      keys.push(...page.extensionSchemas.map(({ key }) => key));
      pageToken = page.nextPageToken;
    }
    expect(pages).toBe(2);
    expect(keys).toHaveLength(11);
  });
});
