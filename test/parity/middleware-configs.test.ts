/** Where configs live and how writes get them there (spec 1.5). */
import { describe } from "vitest";
import type { JsonObject } from "../../src/index.js";
import { type Case, invalid, onBothEdges } from "./both-edges.js";
import { create, resolve } from "./operations.js";

const AGENTMODE = "middleware.agentmode_config@v1";
const SQLITE = "middleware.sqlite_config@v1";

const runtime = (...middlewares: JsonObject[]): JsonObject => ({ runtime: { middlewares } });
const slots = (key: string, instances: JsonObject): JsonObject => ({ extensions: { [key]: { instances } } });
const stores = (name: string, document: JsonObject, instances: JsonObject, key = SQLITE): Case => ({
  name,
  when: create("a", document),
  gives: { document: slots(key, instances), without: ["runtime.middlewares.0.config"] },
});

describe("a middleware's config is stored", () => {
  onBothEdges([
    stores("under its id", runtime({ name: "sqlite", id: " one ", config: { max_rows: 1 } }), {
      "id:one": { max_rows: 1 },
    }),
    stores(
      "under its position where it has no id",
      runtime({ name: "agentmode" }, { name: "sqlite", config: { max_rows: 1 } }),
      {
        "index:1": { max_rows: 1 },
      },
    ),
    stores(
      "with the defaults of its schema",
      runtime({ name: "agentmode" }),
      { "index:0": { default_mode: "default" } },
      AGENTMODE,
    ),
    stores(
      "coerced to the types of its schema",
      runtime({ name: "sqlite", config: { max_rows: " 07 ", dsn: 5 } }),
      {
        "index:0": { max_rows: 7, dsn: "5" },
      },
    ),
    stores("where it is disabled too", runtime({ name: "sqlite", enabled: false, config: { max_rows: 1 } }), {
      "index:0": { max_rows: 1 },
    }),
    stores(
      "as the inline one, where extensions hold the same slot",
      {
        ...runtime({ name: "sqlite", id: "x", config: { max_rows: 2 } }),
        ...slots(SQLITE, { "id:x": { dsn: "x" } }),
      },
      { "id:x": { max_rows: 2 } },
    ),
    stores(
      "as the slot that extensions hold, where there is no inline one",
      { ...runtime({ name: "sqlite", id: "x" }), ...slots(SQLITE, { "id:x": { max_rows: "3" } }) },
      { "id:x": { max_rows: 3 } },
    ),
    stores(
      "from the slot named default, where an entry without id has none",
      { ...runtime({ name: "sqlite" }), ...slots(SQLITE, { default: { max_rows: 4 } }) },
      { default: { max_rows: 4 }, "index:0": { max_rows: 4 } },
    ),
    {
      name: "nowhere when it is empty",
      when: create("a", runtime({ name: "sqlite", config: {} })),
      gives: { document: {}, without: ["extensions"] },
    },
  ]);
});

describe("a config is refused for", () => {
  const refusing = (name: string, config: JsonObject, reason: string): Case => ({
    name,
    when: create("a", runtime({ name: "sqlite", config })),
    gives: invalid(["runtime.middlewares[0].config", reason]),
  });
  onBothEdges([
    refusing(
      "members that its schema does not know",
      { unknown: "x" },
      'must NOT have additional properties: "unknown"',
    ),
    refusing(
      "members that any object has",
      { constructor: {} },
      'must NOT have additional properties: "constructor"',
    ),
    refusing("what cannot be coerced", { max_rows: "1.5" }, "/max_rows must be integer"),
    refusing("null, which never becomes text", { dsn: null }, "/dsn must be string"),
    {
      name: "a slot of the request's extensions, named by the middleware that owns it",
      when: create("a", {
        ...runtime({ name: "sqlite", id: "x" }),
        ...slots(SQLITE, { "id:x": { max_rows: -1 } }),
      }),
      gives: invalid(["runtime.middlewares[0].config", "/max_rows must be >= 1"]),
    },
    {
      name: "a slot that no entry owns, named by its extension",
      when: create("a", slots(SQLITE, { "id:x": { max_rows: -1 } })),
      gives: invalid([`profile.extensions[${SQLITE}]`, "/instances/id:x/max_rows must be >= 1"]),
    },
  ]);
});

describe("a resolve", () => {
  onBothEdges([
    {
      name: "shows stored configs with their entries, disabled ones too",
      given: [
        create(
          "a",
          runtime(
            { name: "sqlite", id: "x", enabled: false, config: { max_rows: 1 } },
            { name: "agentmode" },
          ),
        ),
      ],
      when: resolve({ profile: "a" }),
      gives: {
        document: runtime(
          { name: "sqlite", id: "x", enabled: false, config: { max_rows: 1 } },
          { name: "agentmode", config: { default_mode: "default" } },
        ),
      },
    },
  ]);
});
