import { describe, expect, test } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.js";
import { type CatalogDefinition, CatalogError } from "../../src/catalog/definition.js";
import type { JsonObject } from "../../src/domain/json.js";
import { catalogOf, DRAFT_07, extension, middleware, resolved } from "./defining.js";

function refusal(...definitions: CatalogDefinition[]): string {
  try {
    catalogOf(...definitions);
  } catch (error) {
    if (error instanceof CatalogError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a catalogue", () => {
  test("lists middlewares by name and extensions by key", () => {
    const catalog = catalogOf(middleware({}, "zeta"), middleware({}, "beta"), extension("a.b@v1", {}));
    expect(catalog.middlewares.map(({ name }) => name)).toEqual(["agentmode", "beta", "sqlite", "zeta"]);
    expect(catalog.extensions.map(({ key }) => key)).toEqual([
      "a.b@v1",
      "middleware.agentmode_config@v1",
      "middleware.beta_config@v1",
      "middleware.sqlite_config@v1",
      "middleware.zeta_config@v1",
      "webchat.starter_suggestions@v1",
    ]);
  });

  test("shows of a middleware exactly name, version, display_name, description and schema", () => {
    const [first] = catalogOf().middlewares;
    expect(Object.keys(first ?? {}).sort()).toEqual([
      "description",
      "display_name",
      "name",
      "schema",
      "version",
    ]);
  });

  test("knows names exactly as they are", () => {
    const catalog = catalogOf();
    expect(catalog.has("sqlite")).toBe(true);
    for (const name of ["SQLite", " sqlite", "", "constructor", "__proto__"])
      expect(catalog.has(name)).toBe(false);
  });

  test("has nothing to say about extensions that it does not know", () => {
    expect(catalogOf().checkExtension("acme.links@v1", [1])).toEqual([]);
    expect(catalogOf().checkExtension("constructor", null)).toEqual([]);
  });

  test("may define a middleware named like something that every object has", () => {
    const catalog = catalogOf(middleware({ properties: { a: { default: 1 } } }, "constructor"));
    expect(catalog.has("constructor")).toBe(true);
    expect(catalog.checkExtension("middleware.constructor_config@v1", {})).not.toEqual([]);
  });

  test("takes the keys of extensions in any spelling", () => {
    const catalog = catalogOf(extension(" Acme.Links@V1 ", { type: "null" }));
    expect(catalog.checkExtension("acme.links@v1", 1)).toEqual(["must be null"]);
  });

  test("has a digest that says whether two are the same", () => {
    expect(catalogOf(middleware({})).digest).toBe(catalogOf(middleware({})).digest);
    expect(catalogOf(middleware({})).digest).not.toBe(catalogOf().digest);
    expect(catalogOf(middleware({})).digest).not.toBe(catalogOf(middleware({ minProperties: 1 })).digest);
    expect(catalogOf().digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("does not depend on the order of its definitions", () => {
    const [a, b] = [middleware({}, "a"), middleware({}, "b")];
    expect(catalogOf(a, b).digest).toBe(catalogOf(b, a).digest);
  });
});

describe("a catalogue is refused", () => {
  test("for a middleware defined twice", () => {
    expect(refusal(middleware({}), middleware({}))).toBe('middleware "m" is defined twice');
    expect(refusal(middleware({}, "sqlite"))).toBe('middleware "sqlite" is defined twice');
  });

  test("for an extension defined twice, in whichever spelling", () => {
    expect(refusal(extension("a.b@v1", {}), extension("A.B@v1", {}))).toBe(
      'extension "a.b@v1" is defined twice',
    );
    expect(refusal(extension("webchat.starter_suggestions@v1", {}))).toContain("is defined twice");
  });

  test("for a name or key that is none", () => {
    expect(refusal(middleware({}, "Bad Name"))).toContain('name "Bad Name" must be');
    expect(refusal(extension("nope", {}))).toBe(
      'extension key "nope" is invalid (expected namespace.feature@vN)',
    );
  });

  test.each<[string, JsonObject]>([
    ["is no schema", { type: "text" }],
    ["refers to nothing", { properties: { a: { $ref: "#/$defs/gone" } } }],
    ["refers to another document", { properties: { a: { $ref: "https://example.com/other.json" } } }],
    ["has a broken pattern", { properties: { a: { pattern: "(" } } }],
  ])("for a schema that %s", (_, schema) => {
    expect(refusal(middleware(schema))).toContain("schema cannot be compiled: ");
  });

  test.each<[string, JsonObject]>([
    ["of another draft", { $schema: "http://json-schema.org/draft-04/schema#" }],
    ["of no draft", { $schema: 1 }],
  ])("for a schema %s", (_, schema) => {
    expect(refusal(middleware(schema))).toContain("is not supported (2020-12 and draft-07 are)");
  });

  test("for a schema that checks asynchronously", () => {
    expect(refusal(middleware({ $async: true }))).toBe("$async schemas are not supported");
  });

  test.each<[string, CatalogDefinition[]]>([
    ["is defined twice", [middleware({}, "sqlite")]],
    ["cannot be compiled", [middleware({ type: "text" })]],
    ["must be 1–57 characters", [middleware({}, "-")]],
    // Alone it compiles: its name for itself only breaks inside another schema.
    [
      "cannot be compiled",
      [
        middleware({
          $schema: DRAFT_07,
          $id: "#me",
          properties: { a: { $ref: "#/definitions/x" } },
          definitions: { x: {} },
        }),
      ],
    ],
  ])("naming where the definition came from that %s", (reason, definitions) => {
    const act = () => createCatalog(definitions.map((definition) => ({ definition, origin: "dir/m.json" })));
    expect(act).toThrow(/^dir\/m\.json: /);
    expect(act).toThrow(reason);
  });
});

describe("a schema's draft", () => {
  test.each([
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/schema#",
    "http://json-schema.org/draft/2020-12/schema",
  ])("may be written %s", ($schema) => {
    expect(resolved({ $schema, properties: { a: { type: "integer" } } }, { a: "1" })).toEqual({ a: 1 });
  });

  test("decides what its keywords mean", () => {
    const tuple = { properties: { a: { prefixItems: [{ type: "integer" }] } } };
    expect(resolved(tuple, { a: ["x"] })).toEqual(["/a/0 must be integer"]);
    expect(resolved({ $schema: DRAFT_07, ...tuple }, { a: ["x"] })).toEqual({ a: ["x"] });
  });

  test("knows formats", () => {
    const schema = { properties: { a: { format: "uri" } } };
    expect(resolved(schema, { a: "not a uri" })).toEqual(['/a must match format "uri"']);
    expect(resolved({ $schema: DRAFT_07, ...schema }, { a: "not a uri" })).toEqual([
      '/a must match format "uri"',
    ]);
  });
});

test("resolving modifies neither the config nor the schema", () => {
  const schema = { properties: { a: { type: "integer", default: "1" }, b: { items: { type: "integer" } } } };
  const config = { b: ["2"] };
  const before = JSON.stringify([schema, config]);
  resolved(schema, config);
  expect(JSON.stringify([schema, config])).toBe(before);
});
