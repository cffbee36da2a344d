import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, get, remove, resolve, setDefault, update } from "./operations.js";

const READ_ONLY = {
  error: "policy",
  message: 'policy violation for profile "a": profile is read-only',
} as const;
const given = [create("a", { runtime: { system_prompt: "Locked" }, policy: { read_only: true } })];

describe("a read-only profile", () => {
  onBothEdges([
    { name: "refuses updates", given, when: update("a", { display_name: "A" }), gives: READ_ONLY },
    { name: "refuses an update of nothing", given, when: update("a"), gives: READ_ONLY },
    {
      name: "refuses an update that lifts the mark",
      given,
      when: update("a", { policy: { read_only: false } }),
      gives: READ_ONLY,
    },
    {
      name: "refuses an update that would make it the default",
      given,
      when: update("a", {}, { set_default: true }),
      gives: READ_ONLY,
    },
    { name: "refuses to be deleted", given, when: remove("a"), gives: READ_ONLY },
    { name: "can be read", given, when: get("a"), gives: { document: { policy: { read_only: true } } } },
    {
      name: "can become the default",
      given,
      when: setDefault("a"),
      gives: { document: { is_default: true } },
    },
    {
      name: "can be resolved",
      given,
      when: resolve({ profile: "a" }),
      gives: { document: { runtime: { system_prompt: "Locked" } } },
    },
    {
      name: "is so from the update on that sets the mark",
      given: [create("a"), update("a", { policy: { read_only: true } })],
      when: update("a"),
      gives: READ_ONLY,
    },
  ]);
});

describe("the default profile", () => {
  const makeDefault = { set_default: true };
  onBothEdges([
    {
      name: "is the one that was set last",
      given: [create("a", {}, makeDefault), create("b", {}, makeDefault)],
      when: get("a"),
      gives: { document: { is_default: false } },
    },
    {
      name: "can be set with an update",
      given: [create("a"), create("b", {}, makeDefault), update("a", {}, makeDefault)],
      when: get("a"),
      gives: { document: { is_default: true } },
    },
    {
      name: "stays so through an update that does not set it",
      given: [create("a", {}, makeDefault)],
      when: update("a", {}, { set_default: false }),
      gives: { document: { is_default: true } },
    },
    {
      name: "cannot be deleted",
      given: [create("a", {}, makeDefault)],
      when: remove("a"),
      gives: {
        error: "policy",
        message: 'policy violation for profile "a": profile is the registry default',
      },
    },
    {
      name: "can be deleted once another one is",
      given: [create("a", {}, makeDefault), create("b", {}, makeDefault)],
      when: remove("a"),
      gives: { document: {} },
    },
    {
      name: "is there with the create that sets it, or neither is",
      given: [create("a")],
      when: create("a", {}, makeDefault),
      gives: { error: "already_exists", message: 'profile "a" already exists (version 1)' },
    },
    {
      name: "can be set again, which is a write",
      given: [create("a", {}, makeDefault)],
      when: setDefault("a"),
      gives: { document: { is_default: true, registry_version: 3 } },
    },
    {
      name: "must exist",
      when: setDefault("ghost"),
      gives: { error: "not_found", message: "profile not found" },
    },
  ]);
});
