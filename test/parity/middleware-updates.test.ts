/** What becomes of stored configs where middlewares are replaced, moved and removed (spec 1.5). */
import { describe } from "vitest";
import type { JsonObject } from "../../src/index.js";
import { invalid, onBothEdges } from "./both-edges.js";
import { create, update } from "./operations.js";

const SQLITE = "middleware.sqlite_config@v1";

const runtime = (...middlewares: JsonObject[]): JsonObject => ({ runtime: { middlewares } });
const slots = (key: string, instances: JsonObject): JsonObject => ({ extensions: { [key]: { instances } } });

describe("an update of middlewares", () => {
  const two = runtime(
    { name: "sqlite", config: { max_rows: 1 } },
    { name: "sqlite", id: "x", config: { max_rows: 2 } },
  );
  onBothEdges([
    {
      name: "keeps the config of an entry that it does not give one",
      given: [create("a", two)],
      when: update("a", runtime({ name: "sqlite" }, { name: "sqlite", id: "x" })),
      gives: { document: slots(SQLITE, { "index:0": { max_rows: 1 }, "id:x": { max_rows: 2 } }) },
    },
    {
      name: "moves the config of an entry without id along with it",
      given: [create("a", two)],
      when: update("a", runtime({ name: "agentmode" }, { name: "sqlite", id: "x" }, { name: "sqlite" })),
      gives: {
        document: slots(SQLITE, { "index:2": { max_rows: 1 }, "id:x": { max_rows: 2 } }),
        without: [["extensions", SQLITE, "instances", "index:0"]],
      },
    },
    {
      name: "drops index slots without an entry and keeps those of ids",
      given: [create("a", two)],
      when: update("a", { runtime: {} }),
      gives: {
        document: slots(SQLITE, { "id:x": { max_rows: 2 } }),
        without: [["extensions", SQLITE, "instances", "index:0"]],
      },
    },
    {
      name: "replaces the slot of an inline config whole",
      given: [create("a", runtime({ name: "sqlite", id: "x", config: { max_rows: 1, dsn: "d" } }))],
      when: update("a", runtime({ name: "sqlite", id: "x", config: { max_rows: 2 } })),
      gives: {
        document: slots(SQLITE, { "id:x": { max_rows: 2 } }),
        without: [["extensions", SQLITE, "instances", "id:x", "dsn"]],
      },
    },
    {
      name: "with extensions alone checks the stored runtime against them",
      given: [create("a", runtime({ name: "sqlite", id: "x", config: { max_rows: 1 } }))],
      when: update("a", slots(SQLITE, { "id:x": { max_rows: 0 } })),
      gives: invalid(["runtime.middlewares[0].config", "/max_rows must be >= 1"]),
    },
    {
      name: "that touches neither leaves them alone",
      given: [create("a", two)],
      when: update("a", { display_name: "A" }),
      gives: { document: slots(SQLITE, { "index:0": { max_rows: 1 }, "id:x": { max_rows: 2 } }) },
    },
  ]);
});
