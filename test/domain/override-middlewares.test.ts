import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/domain/json.js";
import { allowing, faultsOf, overriding } from "./overriding.js";
import { AGENTMODE, SQLITE, VAULT } from "./projecting.js";

const entries = (middlewares: Json, profile = allowing()) => overriding({ middlewares }, profile).middlewares;
const faults = (middlewares: Json) =>
  faultsOf({ middlewares }).map((fault) => fault.replace(/^request_overrides.middlewares/, ""));

describe("overriding middlewares", () => {
  test("may be none", () => {
    expect(entries([])).toEqual([]);
  });

  test("have their names and ids trimmed", () => {
    expect(entries([{ name: " sqlite ", id: " a " }])).toEqual([
      { entry: { name: "sqlite", id: "a" }, borrowed: false },
    ]);
  });

  test("keep enabled as it is sent", () => {
    const sent = [
      { name: "vault", enabled: false },
      { name: "vault", enabled: true },
    ];
    expect(entries(sent)).toEqual(sent.map((entry) => ({ entry, borrowed: false })));
  });

  test("have their configs filled and coerced", () => {
    expect(
      entries([
        { name: "sqlite", config: { max_rows: " 5 " } },
        { name: "agentmode", config: {} },
      ]),
    ).toEqual([
      { entry: { name: "sqlite", config: { max_rows: 5 } }, borrowed: false },
      { entry: { name: "agentmode", config: { default_mode: "default" } }, borrowed: false },
    ]);
  });

  test("have no config member where it is empty", () => {
    expect(entries([{ name: "sqlite", config: {} }, { name: "sqlite" }])).toEqual([
      { entry: { name: "sqlite" }, borrowed: false },
      { entry: { name: "sqlite" }, borrowed: false },
    ]);
  });

  test("take null for absent", () => {
    expect(entries([{ name: "vault", id: null, enabled: null, config: null }])).toEqual([
      { entry: { name: "vault" }, borrowed: false },
    ]);
  });
});

describe("an overriding middleware without config", () => {
  const profile = allowing(
    {},
    {
      runtime: { middlewares: [{ name: "sqlite", id: "a" }, { name: "sqlite" }] },
      extensions: {
        [SQLITE]: {
          instances: { "id:a": { dsn: "stored" }, "index:0": { dsn: "i" }, default: { dsn: "d" } },
        },
        [AGENTMODE]: { instances: { "index:0": { default_mode: "stored" } } },
        [VAULT]: { instances: { "id:unowned": { level: 3 } } },
      },
    },
  );

  test("takes the profile's slot of its name and id", () => {
    expect(entries([{ name: "sqlite", id: "a", config: null }], profile)).toEqual([
      { entry: { name: "sqlite", id: "a", config: { dsn: "stored" } }, borrowed: true },
    ]);
  });

  test("takes the slot even where no entry of the profile owns it", () => {
    expect(entries([{ name: "vault", id: "unowned" }], profile)[0].entry.config).toEqual({ level: 3 });
  });

  test("takes no slot of another name", () => {
    expect(entries([{ name: "vault", id: "a" }], profile)).toEqual([
      { entry: { name: "vault", id: "a" }, borrowed: false },
    ]);
  });

  test("takes the schema's defaults where it has no id, not the slot of its position or the one named default", () => {
    expect(entries([{ name: "agentmode" }], profile)[0].entry.config).toEqual({ default_mode: "default" });
    expect(entries([{ name: "sqlite" }], profile)).toEqual([{ entry: { name: "sqlite" }, borrowed: false }]);
  });

  test("takes the schema's defaults where its id has no slot", () => {
    expect(entries([{ name: "agentmode", id: "new" }], profile)[0]).toEqual({
      entry: { name: "agentmode", id: "new", config: { default_mode: "default" } },
      borrowed: false,
    });
  });

  test("takes nothing from the slot when it sends a config, even an empty one", () => {
    expect(entries([{ name: "sqlite", id: "a", config: {} }], profile)).toEqual([
      { entry: { name: "sqlite", id: "a" }, borrowed: false },
    ]);
  });
});

describe("overriding middlewares are refused", () => {
  test.each<[string, Json, string[]]>([
    ["that are no array", {}, [": must be an array"]],
    [
      "that are no objects",
      [{ name: "vault" }, "vault", null, []],
      ["[1]: must be an object", "[2]: must be an object", "[3]: must be an object"],
    ],
    ["without name", [{}], ["[0].name: must not be empty"]],
    ["with a blank name", [{ name: " " }], ["[0].name: must not be empty"]],
    ["with a name that is no string", [{ name: 1 }], ["[0].name: must be a string"]],
    ["that nobody knows", [{ name: "Vault" }], ['[0].name: unknown middleware "Vault"']],
    ["with a blank id", [{ name: "vault", id: " " }], ["[0].id: must not be empty"]],
    ["with an id that is no string", [{ name: "vault", id: 1 }], ["[0].id: must be a string"]],
    [
      "with an id used twice",
      [
        { name: "vault", id: "a" },
        { name: "sqlite", id: " a " },
      ],
      ['[1].id: duplicate middleware instance id "a" (first seen at request_overrides.middlewares[0].id)'],
    ],
    [
      "with enabled that is no boolean",
      [{ name: "vault", enabled: "false" }],
      ["[0].enabled: must be a boolean"],
    ],
    ["with a config that is no object", [{ name: "vault", config: [] }], ["[0].config: must be an object"]],
    [
      "with a config against its schema",
      [{ name: "sqlite", config: { max_rows: 0, dsn: 1, x: 1 } }],
      ['[0].config: must NOT have additional properties: "x"', "[0].config: /max_rows must be >= 1"],
    ],
    [
      "with a config that says <redacted> of a secret",
      [{ name: "vault", config: { token: "<redacted>" } }],
      ["[0].config.token: no stored value to keep"],
    ],
  ])("%s", (_, middlewares, expected) => {
    expect(faults(middlewares)).toEqual(expected);
  });

  test("for everything at once", () => {
    const middlewares = [
      { name: "" },
      { name: "vault", id: "a" },
      { name: "gone", id: "a" },
      { name: "sqlite", config: 1 },
    ];
    expect(faults(middlewares)).toHaveLength(4);
  });

  test("naming the profile's own slot where it no longer fits its schema", () => {
    const stored: JsonObject = { [SQLITE]: { instances: { "id:a": { max_rows: 0 } } } };
    expect(
      faultsOf({ middlewares: [{ name: "sqlite", id: "a" }] }, allowing({}, { extensions: stored })),
    ).toEqual(["request_overrides.middlewares[0].config: /max_rows must be >= 1"]);
  });
});
