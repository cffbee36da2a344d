/** A request that is wrong in several ways is answered for the first of them (spec 2.3). */
import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, remove, setDefault } from "./operations.js";
import {
  INVALID,
  LOCKED,
  NO_NAME,
  NO_REGISTRY,
  NO_TOOL,
  PROFILE_NOT_FOUND,
  READ_ONLY,
  REGISTRY_NOT_FOUND,
  stale,
} from "./refusals.js";

describe("a create is checked for", () => {
  onBothEdges([
    {
      name: "the registry's name before the profile's",
      when: create("No!", INVALID, { registry: "No!", ...stale }),
      gives: NO_REGISTRY,
    },
    {
      name: "the profile's name before whether the registry exists",
      when: create("No!", INVALID, { registry: "ghost", ...stale }),
      gives: NO_NAME,
    },
    {
      name: "whether the registry exists before the document",
      when: create("a", INVALID, { registry: "ghost", ...stale }),
      gives: REGISTRY_NOT_FOUND,
    },
    {
      name: "the document before whether the name is taken, by a read-only profile too",
      given: [create("a", LOCKED)],
      when: create("a", INVALID, stale),
      gives: NO_TOOL,
    },
    {
      name: "whether the name is taken before the expected version",
      given: [create("a")],
      when: create("a", {}, stale),
      gives: { error: "already_exists", message: 'profile "a" already exists (version 1)' },
    },
    {
      name: "the expected version last",
      when: create("a", {}, stale),
      gives: { error: "version_conflict", message: 'profile "a" version conflict: expected=9 actual=0' },
    },
  ]);
});

describe("a delete is checked for", () => {
  onBothEdges([
    { name: "names before anything else", when: remove("No!", { registry: "ghost" }), gives: NO_NAME },
    {
      name: "whether the registry exists",
      when: remove("a", { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
    {
      name: "whether the profile exists before the version",
      when: remove("a", stale),
      gives: PROFILE_NOT_FOUND,
    },
    {
      name: "the read-only mark before the expected version",
      given: [create("a", LOCKED)],
      when: remove("a", stale),
      gives: READ_ONLY,
    },
    {
      name: "the read-only mark before whether it is the default",
      given: [create("a", LOCKED, { set_default: true })],
      when: remove("a"),
      gives: READ_ONLY,
    },
    {
      name: "whether it is the default before the expected version",
      given: [create("a", {}, { set_default: true })],
      when: remove("a", stale),
      gives: {
        error: "policy",
        message: 'policy violation for profile "a": profile is the registry default',
      },
    },
  ]);
});

describe("a set-default is checked for", () => {
  onBothEdges([
    { name: "names before anything else", when: setDefault("No!", { registry: "ghost" }), gives: NO_NAME },
    {
      name: "whether the registry exists",
      when: setDefault("a", { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
    {
      name: "whether the profile exists before the version",
      when: setDefault("a", stale),
      gives: PROFILE_NOT_FOUND,
    },
    {
      name: "the expected version last",
      given: [create("a")],
      when: setDefault("a", stale),
      gives: {
        error: "version_conflict",
        message: 'registry "case-3" version conflict: expected=9 actual=2',
      },
    },
  ]);
});
