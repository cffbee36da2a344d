import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import {
  createProfile,
  createRegistry,
  findProfile,
  findRegistry,
  profile,
  registry,
  slugsOf,
  updateProfile,
  write,
} from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

const name = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "", "1", "a.b", '"', "\u0000"),
);
const text = fc.string({ unit: "binary", maxLength: 30 });
const { free } = fc.letrec<{ free: unknown }>((tie) => ({
  free: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    text,
    fc.array(tie("free"), { maxLength: 3 }),
    fc.dictionary(name, tie("free"), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(name, free, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
/** Everything that a profile may say. */
const content = fc.record(
  {
    display_name: text,
    description: text,
    runtime: fc.record(
      {
        system_prompt: text,
        step_settings_patch: object,
        middlewares: fc.array(
          fc.record({ name, id: text, enabled: fc.boolean() }, { requiredKeys: ["name"] }),
          { maxLength: 3 },
        ),
        tools: fc.array(text, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    policy: fc.record(
      {
        allow_overrides: fc.boolean(),
        read_only: fc.boolean(),
        allowed_override_keys: fc.array(name, { maxLength: 2 }),
        denied_override_keys: fc.array(name, { maxLength: 2 }),
      },
      { requiredKeys: ["allow_overrides", "read_only"] },
    ),
    extensions: object,
    tags: fc.array(text, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

export function contentContract(open: OpenStore): void {
  const storedTest = storeTest(open);

  describe("documents", () => {
    test("of profiles come back as they were written, with their version", async () => {
      const opened = await open();
      const { store } = opened;
      await write(store, createRegistry("r"));
      let version = 0;
      await fc.assert(
        fc.asyncProperty(content, async (written) => {
          await write(store, updateProfile("r", "a", written));
          version++;
          const expected = profile("a", written);
          expect(plain(await findProfile(store, "r", "a"))).toEqual(
            plain({ ...expected, metadata: { ...expected.metadata, version } }),
          );
        }),
        { numRuns: 200 },
      );
      await opened[Symbol.asyncDispose]();
    });

    storedTest("of registries come back as they were written, with their version", async ({ store }) => {
      const written = {
        display_name: "Ünïcödé 🦊",
        description: "line\nline\u0000\u2028",
        default_profile_slug: "a",
        processing_modes: JSON.parse('{"m": {"__proto__": {"a": 1}, "constructor": [null, {}]}}'),
        tags: ["x"],
      };
      await write(store, createRegistry("r", written));
      const expected = registry("r", written);
      expect(plain(await findRegistry(store, "r"))).toEqual(
        plain({ ...expected, metadata: { ...expected.metadata, version: 1 } }),
      );
    });

    storedTest("keep members called __proto__ as their own", async ({ store }) => {
      const extensions = JSON.parse(
        '{"a.b@v1": {"__proto__": {"polluted": true}}, "__proto__": 1}',
      ) as JsonObject;
      await write(store, createRegistry("r"), createProfile("r", "a", { extensions }));
      const found = (await findProfile(store, "r", "a"))!.extensions!;
      expect(Object.keys(found)).toEqual(["a.b@v1", "__proto__"]);
      expect(Object.keys(found["a.b@v1"] as JsonObject)).toEqual(["__proto__"]);
      expect(({} as JsonObject).polluted).toBeUndefined();
    });

    storedTest("may be named like what every object inherits", async ({ store }) => {
      const names = ["constructor", "hasownproperty", "prototype", "tostring", "valueof"];
      for (const slug of names) {
        expect(await findRegistry(store, slug)).toBeUndefined();
        await write(store, createRegistry(slug), ...names.map((inside) => createProfile(slug, inside)));
      }
      expect((await store.listRegistries()).registries.map(({ slug }) => slug)).toEqual(names);
      for (const slug of names) expect(await slugsOf(store, slug)).toEqual(names);
    });

    storedTest("may be of several megabytes", async ({ store }) => {
      const system_prompt = "größer ".repeat(500_000);
      await write(store, createRegistry("r"), createProfile("r", "a", { runtime: { system_prompt } }));
      expect((await findProfile(store, "r", "a"))?.runtime.system_prompt).toBe(system_prompt);
      expect(await slugsOf(store, "r")).toEqual(["a"]);
    });

    storedTest("are the caller's own: changing what was read changes nothing stored", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a", { display_name: "stored" }));
      const found = await findProfile(store, "r", "a");
      found!.display_name = "changed";
      expect((await findProfile(store, "r", "a"))?.display_name).toBe("stored");
    });
  });
}

/** Compared as text that keeps members called `__proto__`, whatever prototypes the objects have. */
function plain(value: unknown): unknown {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
