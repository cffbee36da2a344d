import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import {
  createCatalog,
  createServices,
  DomainError,
  openSqliteStore,
  type Services,
} from "../../src/index.js";
import { bootstrap } from "../../src/service/bootstrap.js";
import { temporaryDirectory } from "../cli/program.js";

const CALLER = { actor: "tester", source: "rpc" } as const;
const catalog = createCatalog();

/** Two sets of services over one file, as two processes have them. */
async function twoOnOneFile(): Promise<{ one: Services; other: Services } & AsyncDisposable> {
  const directory = await temporaryDirectory();
  const path = directory.path("profiles.db");
  const stores = [await openSqliteStore({ path }), await openSqliteStore({ path })] as const;
  const rules = { catalog, limits: DEFAULT_LIMITS };
  await bootstrap({
    store: stores[0],
    rules,
    defaultRegistry: "default",
    seedFile: undefined,
    clock: Date.now,
  });
  return {
    one: createServices({ store: stores[0], catalog }),
    other: createServices({ store: stores[1], catalog }),
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const patch = ({ profiles }: Services, input: object, expectedVersion?: number) =>
  profiles.updateProfile(
    { registry: undefined, slug: "agent", input, setDefault: false, expectedVersion },
    CALLER,
  );

test("concurrent updates without an expected version all succeed, each on top of the one before", async () => {
  await using services = await twoOnOneFile();
  const writes = Array.from({ length: 20 }, (_, i) =>
    patch(i % 2 ? services.one : services.other, { display_name: `${i}` }),
  );
  const versions = (await Promise.all(writes)).map(({ profile }) => profile.metadata.version);
  expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
});

test("of concurrent updates with the same expected version exactly one wins", async () => {
  await using services = await twoOnOneFile();
  const writes = Array.from({ length: 20 }, (_, i) => patch(i % 2 ? services.one : services.other, {}, 1));
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") {
      expect((outcome.reason as DomainError).message).toBe(
        'profile "agent" version conflict: expected=1 actual=2',
      );
    }
  }
});

test("a write is seen by the next read of the other", async () => {
  await using services = await twoOnOneFile();
  for (let i = 2; i < 30; i++) {
    const [writer, reader] = i % 2 ? [services.one, services.other] : [services.other, services.one];
    await patch(writer, { description: `${i}` });
    const { profile } = await reader.profiles.getProfile({ registry: undefined, slug: "agent" });
    expect(profile).toMatchObject({ description: `${i}`, metadata: { version: i } });
  }
});

test("a profile cannot be deleted while another process makes it the default", async () => {
  await using services = await twoOnOneFile();
  for (let round = 0; round < 20; round++) {
    const slug = `p${round}`;
    const name = { registry: undefined, slug };
    await services.one.profiles.createProfile({ ...name, input: {}, setDefault: false }, CALLER);
    await Promise.allSettled([
      services.one.profiles.setDefaultProfile(name, CALLER),
      services.other.profiles.deleteProfile(name, CALLER),
    ]);
    const { registry } = await services.one.registries.getRegistry(undefined);
    const current = { registry: undefined, slug: registry.default_profile_slug ?? "" };
    await expect(services.other.profiles.getProfile(current)).resolves.toMatchObject({
      profile: { slug: current.slug },
    });
  }
});

test("a create that also sets the default does both or nothing", async () => {
  await using services = await twoOnOneFile();
  const create = (expectedVersion?: number) =>
    services.one.profiles.createProfile(
      { registry: undefined, slug: "both", input: {}, setDefault: true, expectedVersion },
      CALLER,
    );
  await expect(create(7)).rejects.toBeInstanceOf(DomainError);
  expect((await services.other.registries.getRegistry(undefined)).registry.default_profile_slug).toBe(
    "default",
  );
  const { registry, profile } = await create();
  expect([registry.default_profile_slug, registry.metadata.version, profile.metadata.version]).toEqual([
    "both",
    2,
    1,
  ]);
});

test("a recreated profile goes on counting", async () => {
  await using services = await twoOnOneFile();
  const name = { registry: undefined, slug: "agent" };
  await patch(services.one, {});
  await services.one.profiles.deleteProfile(name, CALLER);
  const { profile } = await services.other.profiles.createProfile(
    { ...name, input: {}, setDefault: false },
    CALLER,
  );
  expect(profile.metadata.version).toBe(3);
});
