/** ListLogEntries and ListProfileVersions, page by page (spec 3). */
import { fromJson, toBinary } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type ListLogEntriesRequest,
  ListLogEntriesResponseSchema,
  LogService,
} from "../../gen/profileregistry/v1/log_service_pb.js";
import { ListProfileVersionsResponseSchema } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { refusalOf, sharedRpc } from "../support/rpc.js";

const MAX_PAGE_BYTES = 3 * 1024 * 1024;
const CALLER = { actor: "test", source: "rpc" } as const;
const rpc = sharedRpc();
const served = sharedRpc({ "serve-secrets": "true" });
const logOf = (url: string): Client<typeof LogService> =>
  createClient(LogService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));

type Asked = Partial<
  Pick<ListLogEntriesRequest, "registry" | "profile" | "afterRevision" | "newestFirst" | "pageSize">
>;

/** The revisions of all pages. */
async function pagesOf(request: Asked): Promise<bigint[][]> {
  const pages: bigint[][] = [];
  for (let pageToken = ""; ; ) {
    const { entries, nextPageToken } = await logOf(rpc.url()).listLogEntries({ ...request, pageToken });
    pages.push(entries.map(({ revision }) => revision));
    if (nextPageToken === "") return pages;
    pageToken = nextPageToken;
  }
}

describe("pages of the log", () => {
  let last = 0n;
  beforeAll(async () => {
    const { profiles, registries } = rpc.running().services;
    for (const registry of ["one", "two"]) {
      await registries.createRegistry({ slug: registry, input: {} }, CALLER);
      for (let i = 0; i < 12; i++) {
        const write = { registry, slug: `p${i % 3}`, input: {}, setDefault: i % 4 === 0 };
        await (i < 3 ? profiles.createProfile(write, CALLER) : profiles.updateProfile(write, CALLER));
      }
    }
    last = BigInt(await rpc.running().services.revision());
  });

  test("follow each other without gap or overlap, in both directions and whatever is asked for", async () => {
    const asked = fc.record({
      registry: fc.constantFrom("", "one", "two"),
      profile: fc.constantFrom("", "", "p0", "p2"),
      afterRevision: fc.integer({ min: 0, max: 45 }).map(BigInt),
      newestFirst: fc.boolean(),
      pageSize: fc.integer({ min: 1, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(asked, async (request) => {
        const { pageSize, newestFirst, afterRevision, ...filter } = request;
        const [all = []] = await pagesOf({ ...filter, pageSize: 1_000 });
        const wanted = all.filter((revision) => revision > afterRevision);
        const pages = await pagesOf(request);
        expect(pages.flat()).toEqual(newestFirst ? wanted.reverse() : wanted);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(pageSize);
      }),
      { numRuns: 40 },
    );
  });

  test("hold 100 where no size is asked for, and all of it together counts without gaps", async () => {
    const pages = await pagesOf({});
    expect(pages.flat()).toEqual(Array.from({ length: Number(last) }, (_, i) => BigInt(i + 1)));
  });

  test("begin where a token of ours says", async () => {
    for (const pageToken of [
      "!",
      Buffer.from("x").toString("base64url"),
      Buffer.from("0").toString("base64url"),
    ]) {
      expect(await refusalOf(logOf(rpc.url()).listLogEntries({ pageToken })), pageToken).toMatchObject({
        code: "InvalidArgument",
        message: "page_token is not one that this server gave",
      });
    }
  });

  test("refuse what no revision can be", async () => {
    for (const afterRevision of [-1n, 2n ** 53n]) {
      expect(await refusalOf(logOf(rpc.url()).listLogEntries({ afterRevision }))).toMatchObject({
        code: "InvalidArgument",
        message: "after_revision must be a revision, or 0",
      });
    }
  });

  test("end early before 3 MiB", async () => {
    const registry = "large";
    await rpc.registry.createRegistry({ registry: { slug: registry } });
    const description = "x".repeat(900_000);
    for (let i = 0; i < 7; i++)
      await rpc.registry.createProfile({ registry, profile: { slug: `p${i}`, description } });
    const sizes: number[] = [];
    for (let pageToken = ""; sizes.length === 0 || pageToken !== ""; ) {
      const answer = await logOf(rpc.url()).listLogEntries({ registry, includeDocuments: true, pageToken });
      expect(toBinary(ListLogEntriesResponseSchema, answer).length).toBeLessThan(MAX_PAGE_BYTES);
      sizes.push(answer.entries.length);
      pageToken = answer.nextPageToken;
    }
    expect(sizes).toEqual([4, 3, 1]);
  });
});

describe("documents of the log", () => {
  const secret = { stepSettingsPatch: { chat: { api_key: "k1" } } };

  test.each([
    ["hide secrets", rpc, "<redacted>"],
    ["show them where the server is told to", served, "k1"],
  ])("%s", async (_what, { registry, url }, shown) => {
    await registry.createProfile({ profile: { slug: "secret", runtime: secret } });
    const request = { profile: "secret", includeDocuments: true };
    const { entries } = await logOf(url()).listLogEntries(request);
    const { profile } = await registry.getProfile({ slug: "secret", version: 1 });
    const runtime = { stepSettingsPatch: { chat: { api_key: shown } } };
    expect(entries[0]?.document.value).toMatchObject({ runtime });
    expect(profile).toMatchObject({ runtime });
  });
});

describe("pages of versions", () => {
  test("follow each other without gap or overlap, from the newest back", async () => {
    await rpc.registry.createProfile({ profile: { slug: "paged" } });
    for (let i = 2; i <= 25; i++) await rpc.registry.updateProfile({ profile: { slug: "paged" } });
    const seen: number[] = [];
    for (let pageToken = "", pages = 0; pages === 0 || pageToken !== ""; pages++) {
      const answer = await rpc.registry.listProfileVersions({ slug: "paged", pageSize: 4, pageToken });
      seen.push(...answer.versions.map(({ version }) => version));
      pageToken = answer.nextPageToken;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
  });

  test("end early before 3 MiB", async () => {
    const name = (i: number) => `${i}${"n".repeat(480)}`;
    const members = (value: number) =>
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [name(i), value]));
    const seen: number[] = [];
    await rpc.registry.createProfile({ profile: { slug: "wide" } });
    for (let i = 2; i <= 80; i++)
      await rpc.registry.updateProfile({
        profile: { slug: "wide", extensions: { "x.y@v1": fromJson(ValueSchema, members(i)) } },
      });
    for (let pageToken = "", pages = 0; pages === 0 || pageToken !== ""; pages++) {
      const answer = await rpc.registry.listProfileVersions({ slug: "wide", pageSize: 1_000, pageToken });
      expect(toBinary(ListProfileVersionsResponseSchema, answer).length).toBeLessThan(MAX_PAGE_BYTES);
      seen.push(...answer.versions.map(({ version }) => version));
      pageToken = answer.nextPageToken;
    }
    expect(seen).toEqual(Array.from({ length: 80 }, (_, i) => 80 - i));
  });
});
