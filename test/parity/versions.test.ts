import { describe } from "vitest";
import { invalid, onBothEdges } from "./both-edges.js";
import {
  create,
  createRegistry,
  deleteRegistry,
  get,
  remove,
  setDefault,
  update,
  updateRegistry,
} from "./operations.js";

const conflict = (expected: number, actual: number, what = 'profile "a"') =>
  ({
    error: "version_conflict",
    message: `${what} version conflict: expected=${expected} actual=${actual}`,
  }) as const;

describe("versions", () => {
  onBothEdges([
    {
      name: "count every write of a profile, and of its registry once per request",
      given: [create("a"), update("a"), update("a"), create("b")],
      when: get("a"),
      gives: { document: { metadata: { version: 3 }, registry_version: 5 } },
    },
    {
      name: "go on counting where a deleted profile is created again",
      given: [create("a"), update("a"), remove("a")],
      when: create("a"),
      gives: { document: { metadata: { version: 3 } } },
    },
    {
      name: "of the registry move once for a create that also sets the default",
      when: create("a", {}, { set_default: true }),
      gives: { document: { registry_version: 2, is_default: true } },
    },
    {
      name: "of the registry move once for an update that also sets the default",
      given: [create("a")],
      when: update("a", {}, { set_default: true }),
      gives: { document: { metadata: { version: 2 }, registry_version: 3, is_default: true } },
    },
    {
      name: "of the profile do not move where it becomes the default",
      given: [create("a")],
      when: setDefault("a"),
      gives: { document: { metadata: { version: 1 }, registry_version: 3 } },
    },
  ]);
});

describe("an expected version", () => {
  onBothEdges([
    {
      name: "of an update must be the stored one",
      given: [create("a"), update("a")],
      when: update("a", {}, { expected_version: 1 }),
      gives: conflict(1, 2),
    },
    {
      name: "of an update that is the stored one is accepted",
      given: [create("a"), update("a")],
      when: update("a", {}, { expected_version: 2 }),
      gives: { document: { metadata: { version: 3 } } },
    },
    {
      name: "of a later write than the stored one is refused too",
      given: [create("a")],
      when: update("a", {}, { expected_version: 2 }),
      gives: conflict(2, 1),
    },
    {
      name: "0 is no check",
      given: [create("a"), update("a")],
      when: update("a", {}, { expected_version: 0 }),
      gives: { document: { metadata: { version: 3 } } },
    },
    {
      name: "of an update that sets the default is the profile's",
      given: [create("b"), create("a")],
      when: update("a", {}, { expected_version: 1, set_default: true }),
      gives: { document: { is_default: true } },
    },
    {
      name: "of a delete must be the stored one",
      given: [create("a"), update("a")],
      when: remove("a", { expected_version: 1 }),
      gives: conflict(1, 2),
    },
    {
      name: "of a delete that is the stored one is accepted",
      given: [create("a"), update("a")],
      when: remove("a", { expected_version: 2 }),
      gives: { document: {} },
    },
    {
      name: "of a set-default is the registry's, not the profile's",
      given: [create("a")],
      when: setDefault("a", { expected_version: 1 }),
      gives: conflict(1, 2, 'registry "case-7"'),
    },
    {
      name: "of a set-default that is the registry's is accepted",
      given: [create("a")],
      when: setDefault("a", { expected_version: 2 }),
      gives: { document: { is_default: true } },
    },
    {
      name: "of a create compares 0, also where the profile has been deleted",
      given: [create("a"), remove("a")],
      when: create("a", {}, { expected_version: 1 }),
      gives: conflict(1, 0),
    },
  ]);
});

describe("a server that requires expected versions", () => {
  const required = invalid(["expected_version", "is required for a write to an existing document"]);
  onBothEdges(
    [
      { name: "lets creates go without", when: create("a"), gives: { document: { slug: "a" } } },
      { name: "refuses an update without", given: [create("a")], when: update("a"), gives: required },
      {
        name: "refuses 0 for none",
        given: [create("a")],
        when: update("a", {}, { expected_version: 0 }),
        gives: required,
      },
      { name: "refuses a delete without", given: [create("a")], when: remove("a"), gives: required },
      { name: "refuses a set-default without", given: [create("a")], when: setDefault("a"), gives: required },
      { name: "refuses an update of a registry without", when: updateRegistry({}), gives: required },
      {
        name: "refuses to delete a registry without",
        given: [createRegistry("shop")],
        when: deleteRegistry("shop"),
        gives: required,
      },
      {
        name: "accepts a write that has it",
        given: [create("a")],
        when: update("a", {}, { expected_version: 1 }),
        gives: { document: { metadata: { version: 2 } } },
      },
      {
        name: "looks at the document first",
        given: [create("a")],
        when: update("a", { runtime: { tools: [" "] } }),
        gives: invalid(["runtime.tools[0]", "must not be empty"]),
      },
    ],
    { "require-expected-version": "true" },
  );
});
