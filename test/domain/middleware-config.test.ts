import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MiddlewareInput } from "../../src/domain/document.js";
import type { JsonObject } from "../../src/domain/json.js";
import { readSlot, withStoredConfigs } from "../../src/domain/middleware-config.js";
import { AGENTMODE, project, SQLITE, slotsOf, VAULT } from "./projecting.js";

describe("a slot", () => {
  test("is named by the id of its entry", () => {
    expect(slotsOf([{ name: "sqlite", id: "db", config: { dsn: "x" } }])).toEqual({
      [SQLITE]: { instances: { "id:db": { dsn: "x" } } },
    });
  });

  test("is named by the position of an entry without id, among all entries", () => {
    expect(
      slotsOf([
        { name: "sqlite", config: { dsn: "x" } },
        { name: "vault", config: { a: 1 } },
        { name: "sqlite", config: { dsn: "y" } },
      ]),
    ).toEqual({
      [SQLITE]: { instances: { "index:0": { dsn: "x" }, "index:2": { dsn: "y" } } },
      [VAULT]: { instances: { "index:1": { a: 1 } } },
    });
  });

  test("is not shared by middlewares of the same id in different keys", () => {
    const slots = slotsOf([
      { name: "sqlite", id: "a", config: { dsn: "x" } },
      { name: "vault", id: "b", config: { dsn: "y" } },
    ]);
    expect(readSlot(slots, "sqlite", "id:a")).toEqual({ dsn: "x" });
    expect(readSlot(slots, "vault", "id:a")).toBeUndefined();
  });

  test.each(["__proto__", "constructor", "index:0", "default"])(
    "of the id %j is one like any other",
    (id) => {
      const slots = slotsOf([{ name: "sqlite", id, config: { dsn: "x" } }]);
      expect(readSlot(slots, "sqlite", `id:${id}`)).toEqual({ dsn: "x" });
    },
  );
});

describe("an inline config", () => {
  const sent = { [SQLITE]: { instances: { "id:db": { dsn: "slot", max_rows: 5 } } } };

  test("leaves the runtime", () => {
    expect(project([{ name: "sqlite", id: "db", enabled: false, config: { dsn: "x" } }]).middlewares).toEqual(
      [{ name: "sqlite", id: "db", enabled: false }],
    );
  });

  test("replaces the stored slot whole", () => {
    const stored = { middlewares: [{ name: "sqlite", id: "db" }], extensions: sent };
    expect(slotsOf([{ name: "sqlite", id: "db", config: { dsn: "inline" } }], { stored })).toEqual({
      [SQLITE]: { instances: { "id:db": { dsn: "inline" } } },
    });
  });

  test("beats the same slot in the extensions of the same request", () => {
    expect(slotsOf([{ name: "sqlite", id: "db", config: { dsn: "inline" } }], { sent })).toEqual({
      [SQLITE]: { instances: { "id:db": { dsn: "inline" } } },
    });
  });

  test.each([{ config: null }, {}])("that is %j keeps the slot and leaves the runtime", (config) => {
    const { middlewares, extensions } = project([{ name: "sqlite", id: "db", ...config }], { sent });
    expect(extensions).toEqual(sent);
    expect(middlewares).toEqual([{ name: "sqlite", id: "db" }]);
  });

  test.each([1, "x", true, []])("that is %j is refused", (config) => {
    expect(project([{ name: "vault" }, { name: "sqlite", config }]).violations).toEqual([
      "runtime.middlewares[1].config: must be an object",
    ]);
  });

  test("that is no object is refused for a middleware that nobody knows, too", () => {
    expect(project([{ name: "gone", config: 1 }]).violations).toEqual([
      "runtime.middlewares[0].config: must be an object",
    ]);
  });

  test("keeps the stored secret where it says <redacted>", () => {
    const stored = {
      middlewares: [{ name: "vault", id: "a" }],
      extensions: { [VAULT]: { instances: { "id:a": { token: "s" } } } },
    };
    const config = { token: "<redacted>", level: 2 };
    expect(slotsOf([{ name: "vault", id: "a", config }], { stored })).toEqual({
      [VAULT]: { instances: { "id:a": { token: "s", level: 2 } } },
    });
  });

  test("that says <redacted> where nothing is stored is refused there", () => {
    expect(project([{ name: "vault", config: { a: [{ token: "<redacted>" }] } }]).violations).toEqual([
      "runtime.middlewares[0].config.a[0].token: no stored value to keep",
    ]);
  });
});

describe("the slot named default", () => {
  const sent = { [SQLITE]: { instances: { default: { dsn: "d" } } } };

  test("gives an entry without id its config, and stays", () => {
    expect(slotsOf([{ name: "sqlite" }], { sent })).toEqual({
      [SQLITE]: { instances: { default: { dsn: "d" }, "index:0": { dsn: "d" } } },
    });
  });

  test("gives nothing to an entry with id", () => {
    expect(slotsOf([{ name: "sqlite", id: "x" }], { sent })).toEqual(sent);
  });

  test("gives nothing to an entry that has a slot of its own", () => {
    const both = { [SQLITE]: { instances: { default: { dsn: "d" }, "index:0": { max_rows: 1 } } } };
    expect(slotsOf([{ name: "sqlite" }], { sent: both })).toEqual(both);
  });

  test("gives nothing to an entry with an inline config", () => {
    expect(slotsOf([{ name: "sqlite", config: { max_rows: 1 } }], { sent })).toEqual({
      [SQLITE]: { instances: { default: { dsn: "d" }, "index:0": { max_rows: 1 } } },
    });
  });

  test("gives its config to an entry whose own one was emptied only at the next write", () => {
    const emptied = slotsOf([{ name: "sqlite", config: {} }], { sent });
    expect(emptied).toEqual(sent);
    expect(
      slotsOf([{ name: "sqlite" }], { stored: { middlewares: [{ name: "sqlite" }], extensions: emptied } }),
    ).toEqual({
      [SQLITE]: { instances: { default: { dsn: "d" }, "index:0": { dsn: "d" } } },
    });
  });

  test("is not meant by the id default", () => {
    expect(slotsOf([{ name: "sqlite", id: "default", config: { dsn: "x" } }], { sent })).toEqual({
      [SQLITE]: { instances: { default: { dsn: "d" }, "id:default": { dsn: "x" } } },
    });
  });
});

describe("the config of a slot", () => {
  test("is written back with the schema's defaults", () => {
    expect(slotsOf([{ name: "agentmode" }])).toEqual({
      [AGENTMODE]: { instances: { "index:0": { default_mode: "default" } } },
    });
  });

  test("is written back coerced", () => {
    const sent = { [SQLITE]: { instances: { "id:a": { max_rows: " 10 " } } } };
    expect(slotsOf([{ name: "sqlite", id: "a" }], { sent })).toEqual({
      [SQLITE]: { instances: { "id:a": { max_rows: 10 } } },
    });
  });

  test("is checked against the schema in full, every fault at its entry", () => {
    expect(
      project([
        { name: "sqlite", config: { max_rows: 0, unknown: 1, dsn: null } },
        { name: "agentmode", config: { default_mode: {} } },
      ]).violations,
    ).toEqual([
      'runtime.middlewares[0].config: must NOT have additional properties: "unknown"',
      "runtime.middlewares[0].config: /dsn must be string",
      "runtime.middlewares[0].config: /max_rows must be >= 1",
      "runtime.middlewares[1].config: /default_mode must be string",
    ]);
  });

  test("is checked for disabled entries too", () => {
    expect(project([{ name: "sqlite", enabled: false, config: { max_rows: 0 } }]).violations).toHaveLength(1);
  });

  test("is checked at its entry where it comes from the extensions", () => {
    const sent = { [SQLITE]: { instances: { "id:a": { max_rows: 0 } } } };
    expect(project([{ name: "sqlite", id: "a" }], { sent }).violations).toEqual([
      "runtime.middlewares[0].config: /max_rows must be >= 1",
    ]);
  });

  test("removes its slot when it is empty, and the key when no slot is left", () => {
    const sent = { [SQLITE]: { instances: { "id:a": { dsn: "x" } } } };
    expect(slotsOf([{ name: "sqlite", id: "a", config: {} }], { sent })).toEqual({});
  });

  test("removes only its own slot when it is empty", () => {
    const sent = { [SQLITE]: { instances: { "id:a": { dsn: "x" }, "id:b": { dsn: "y" } } } };
    expect(slotsOf([{ name: "sqlite", id: "a", config: {} }], { sent })).toEqual({
      [SQLITE]: { instances: { "id:b": { dsn: "y" } } },
    });
  });

  test("leaves nothing behind for an entry that has none", () => {
    expect(slotsOf([{ name: "sqlite" }, { name: "sqlite", id: "a" }])).toEqual({});
  });

  test("that is no object is left for the schema of the extension to refuse", () => {
    const sent = { [SQLITE]: { instances: { "index:0": null, "id:a": 1 } } };
    expect(slotsOf([{ name: "sqlite" }, { name: "sqlite", id: "a" }], { sent })).toEqual(sent);
  });

  test("removes no key that holds more than slots, which the schema of the extension refuses", () => {
    const sent = { [SQLITE]: { instances: { "index:3": { dsn: "x" } }, more: 1 } };
    expect(slotsOf([], { sent })).toEqual({ [SQLITE]: { instances: {}, more: 1 } });
  });

  test.each<JsonObject>([{ [SQLITE]: { instances: 5 } }, { [SQLITE]: null }, { [SQLITE]: [] }])(
    "does not paper over %j, which the schema of the extension refuses",
    (sent) => {
      expect(slotsOf([{ name: "sqlite", config: { dsn: "x" } }], { sent })).toEqual(sent);
    },
  );
});

describe("a slot that no entry owns", () => {
  test("is removed when it is an index slot", () => {
    const sent = {
      [SQLITE]: { instances: { "index:0": { dsn: "a" }, "index:1": { dsn: "b" }, "index:x": {} } },
    };
    expect(slotsOf([{ name: "sqlite" }], { sent })).toEqual({
      [SQLITE]: { instances: { "index:0": { dsn: "a" } } },
    });
  });

  test("is removed when another middleware stands at its position", () => {
    const sent = { [SQLITE]: { instances: { "index:0": { dsn: "a" } } } };
    expect(slotsOf([{ name: "vault" }], { sent })).toEqual({});
  });

  test("is removed when the entry there has an id", () => {
    const sent = { [SQLITE]: { instances: { "index:0": { dsn: "a" } } } };
    expect(slotsOf([{ name: "sqlite", id: "x" }], { sent })).toEqual({});
  });

  test("stays when it is an id slot, without defaults or coercion", () => {
    const sent = {
      [AGENTMODE]: { instances: { "id:gone": {} } },
      [SQLITE]: { instances: { "id:b": { max_rows: 3 } } },
    };
    expect(slotsOf([], { sent })).toEqual(sent);
  });
});

test("extensions that hold no middleware configs are kept as they are", () => {
  const sent = {
    "acme.links@v1": { instances: { "index:0": 1 } },
    "acme.empty@v1": { instances: {} },
    "acme.n@v1": null,
  };
  expect(slotsOf([{ name: "sqlite" }], { sent })).toEqual(sent);
});

describe("stored entries", () => {
  const extensions = {
    [SQLITE]: { instances: { "index:0": { max_rows: "7", odd: null }, "id:a": {} } },
    "middleware.gone_config@v1": { instances: { "index:2": { x: 1 } } },
  };

  test("come back with their slots verbatim, known to the catalogue or not", () => {
    const entries = [
      { name: "sqlite" },
      { name: "sqlite", id: "a", enabled: false },
      { name: "gone" },
      { name: "gone" },
    ];
    expect(withStoredConfigs(entries, extensions)).toEqual([
      { name: "sqlite", config: { max_rows: "7", odd: null } },
      { name: "sqlite", id: "a", enabled: false, config: {} },
      { name: "gone", config: { x: 1 } },
      { name: "gone" },
    ]);
  });

  test("do not fall back to the slot named default", () => {
    const withDefault = { [SQLITE]: { instances: { default: { dsn: "d" } } } };
    expect(withStoredConfigs([{ name: "sqlite" }], withDefault)).toEqual([{ name: "sqlite" }]);
  });
});

const config = fc.record(
  { dsn: fc.string({ maxLength: 3 }), max_rows: fc.oneof(fc.integer({ min: 1 }), fc.constant("12")) },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;
const entry = fc.record(
  {
    name: fc.constantFrom("sqlite", "agentmode", "vault"),
    id: fc.constantFrom("a", "b", "__proto__"),
    enabled: fc.boolean(),
    config: fc.oneof(fc.constant(null), config),
  },
  { requiredKeys: ["name"] },
) as fc.Arbitrary<MiddlewareInput>;
const slot = fc.constantFrom("default", "id:a", "id:b", "id:z", "index:0", "index:1", "index:2", "index:9");
const extensions = fc.dictionary(
  fc.constantFrom(SQLITE, VAULT, AGENTMODE),
  fc.record({ instances: fc.dictionary(slot, config, { maxKeys: 4 }) }),
) as unknown as fc.Arbitrary<JsonObject>;

describe("projecting", () => {
  const given = fc.record(
    { sent: extensions, stored: fc.record({ middlewares: fc.constant([{ name: "sqlite" }]), extensions }) },
    { requiredKeys: [] },
  );
  const entries = fc.array(entry, { maxLength: 4 });

  test("twice changes nothing more", () => {
    fc.assert(
      fc.property(entries, given, (sentEntries, { sent, stored }) => {
        const emptied =
          sentEntries.some((one) => one.id === undefined && JSON.stringify(one.config) === "{}") ||
          /"index:\d":\{\}/.test(JSON.stringify([sent, stored]));
        fc.pre(!emptied || !JSON.stringify([sent, stored]).includes('"default"'));
        const once = project(sentEntries, { ...(sent && { sent }), ...(stored && { stored }) });
        fc.pre(once.violations.length === 0);
        const middlewares = once.middlewares as unknown as MiddlewareInput[];
        const again = { middlewares, extensions: once.extensions };
        expect(project(middlewares, { sent: once.extensions })).toEqual(once);
        expect(project(middlewares, { stored: again as never })).toEqual(once);
      }),
    );
  });

  test("modifies neither the request nor what is stored", () => {
    fc.assert(
      fc.property(entries, given, (sentEntries, { sent, stored }) => {
        const before = JSON.stringify([sentEntries, sent, stored]);
        project(sentEntries, { ...(sent && { sent }), ...(stored && { stored }) });
        expect(JSON.stringify([sentEntries, sent, stored])).toBe(before);
      }),
    );
  });

  test("leaves no index slot without an owner", () => {
    fc.assert(
      fc.property(entries, given, (sentEntries, { sent, stored }) => {
        const { extensions: after } = project(sentEntries, {
          ...(sent && { sent }),
          ...(stored && { stored }),
        });
        for (const [key, payload] of Object.entries(after)) {
          for (const name of Object.keys((payload as { instances: object }).instances)) {
            const position = /^index:(\d+)$/.exec(name)?.[1];
            if (position === undefined) continue;
            const owner = sentEntries[Number(position)];
            expect(owner && `middleware.${owner.name}_config@v1`).toBe(key);
            expect(owner?.id).toBeUndefined();
          }
        }
      }),
    );
  });
});
