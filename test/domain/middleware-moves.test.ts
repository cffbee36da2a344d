import { describe, expect, test } from "vitest";
import { project, SQLITE, slotsOf, VAULT } from "./projecting.js";

const sqlite = { name: "sqlite" };
const vault = { name: "vault" };

describe("an entry without id that a PATCH moves", () => {
  const stored = {
    middlewares: [sqlite, vault],
    extensions: {
      [SQLITE]: { instances: { "index:0": { dsn: "s" } } },
      [VAULT]: { instances: { "index:1": { a: 1 } } },
    },
  };

  test("keeps its config", () => {
    expect(slotsOf([vault, sqlite], { stored })).toEqual({
      [SQLITE]: { instances: { "index:1": { dsn: "s" } } },
      [VAULT]: { instances: { "index:0": { a: 1 } } },
    });
  });

  test("keeps its config behind a new entry of another name", () => {
    expect(slotsOf([{ name: "vault", id: "new" }, sqlite, vault], { stored })).toEqual({
      [SQLITE]: { instances: { "index:1": { dsn: "s" } } },
      [VAULT]: { instances: { "index:2": { a: 1 } } },
    });
  });

  test("keeps its config when it is disabled", () => {
    expect(slotsOf([vault, { ...sqlite, enabled: false }], { stored })[SQLITE]).toEqual({
      instances: { "index:1": { dsn: "s" } },
    });
  });

  test("takes an inline config of the request instead", () => {
    expect(slotsOf([vault, { ...sqlite, config: { dsn: "new" } }], { stored })[SQLITE]).toEqual({
      instances: { "index:1": { dsn: "new" } },
    });
  });

  test("keeps the secret of its stored config where an inline one says <redacted>", () => {
    const withSecret = {
      middlewares: [vault],
      extensions: { [VAULT]: { instances: { "index:0": { token: "s" } } } },
    };
    expect(slotsOf([sqlite, { ...vault, config: { token: "<redacted>" } }], { stored: withSecret })).toEqual({
      [VAULT]: { instances: { "index:1": { token: "s" } } },
    });
  });

  test("keeps its config when the request sends the extensions as they were read", () => {
    expect(slotsOf([vault, sqlite], { stored, sent: stored.extensions })).toEqual({
      [SQLITE]: { instances: { "index:1": { dsn: "s" } } },
      [VAULT]: { instances: { "index:0": { a: 1 } } },
    });
  });

  test("takes the slot that the extensions of the request set instead", () => {
    const sent = { [SQLITE]: { instances: { "index:1": { dsn: "new" } } } };
    expect(slotsOf([vault, sqlite], { stored, sent })[SQLITE]).toEqual({
      instances: { "index:1": { dsn: "new" } },
    });
  });
});

describe("an entry without id that stays where it is", () => {
  const stored = {
    middlewares: [sqlite],
    extensions: { [SQLITE]: { instances: { "index:0": { dsn: "s" } } } },
  };

  test("keeps its config", () => {
    expect(slotsOf([sqlite], { stored })).toEqual(stored.extensions);
  });

  test("loses it to extensions of the request that do not hold it, which replace the stored ones whole", () => {
    expect(slotsOf([sqlite], { stored, sent: {} })).toEqual({});
  });

  test("loses it when it gets an id", () => {
    expect(slotsOf([{ ...sqlite, id: "a" }], { stored })).toEqual({});
  });
});

describe("of several entries of one name without id", () => {
  const stored = {
    middlewares: [sqlite, sqlite],
    extensions: { [SQLITE]: { instances: { "index:0": { dsn: "first" }, "index:1": { dsn: "second" } } } },
  };

  test("the k-th before is the k-th after", () => {
    expect(slotsOf([vault, sqlite, vault, sqlite], { stored })[SQLITE]).toEqual({
      instances: { "index:1": { dsn: "first" }, "index:3": { dsn: "second" } },
    });
  });

  test("those that are gone take their slots along", () => {
    expect(slotsOf([vault, sqlite], { stored })[SQLITE]).toEqual({
      instances: { "index:1": { dsn: "first" } },
    });
  });

  test("those with an id do not count", () => {
    const mixed = {
      middlewares: [{ ...sqlite, id: "x" }, sqlite],
      extensions: { [SQLITE]: { instances: { "id:x": { dsn: "id" }, "index:1": { dsn: "first" } } } },
    };
    expect(slotsOf([sqlite, { ...sqlite, id: "x" }], { stored: mixed })[SQLITE]).toEqual({
      instances: { "id:x": { dsn: "id" }, "index:0": { dsn: "first" } },
    });
  });

  test("a new one starts without config, not with what stood at its position", () => {
    const one = {
      middlewares: [vault, sqlite],
      extensions: { [SQLITE]: { instances: { "index:1": { dsn: "first" } } } },
    };
    expect(slotsOf([sqlite, sqlite], { stored: one })[SQLITE]).toEqual({
      instances: { "index:0": { dsn: "first" } },
    });
  });
});

test("a moved config is resolved and checked like any other", () => {
  const stored = {
    middlewares: [sqlite],
    extensions: { [SQLITE]: { instances: { "index:0": { max_rows: 0 } } } },
  };
  expect(project([vault, sqlite], { stored }).violations).toEqual([
    "runtime.middlewares[1].config: /max_rows must be >= 1",
  ]);
});
