import { describe } from "vitest";
import { invalid, onBothEdges } from "./both-edges.js";
import { create, resolve } from "./operations.js";

describe("which profile a resolve means", () => {
  onBothEdges([
    {
      name: "is the default one where none is named",
      given: [create("a"), create("b", {}, { set_default: true })],
      when: resolve({}),
      gives: { document: { profile: "b", selection: { source: "default" } } },
    },
    {
      name: "is the one named default where the registry has no default",
      given: [create("a"), create("default")],
      when: resolve({ profile: "  " }),
      gives: { document: { profile: "default", selection: { source: "default" } } },
    },
    {
      name: "must be said where there is no default at all",
      given: [create("a")],
      when: resolve({}),
      gives: invalid(["profile.slug", "profile slug is required and registry has no default"]),
    },
    {
      name: "is looked for in the default registry where none is named",
      when: resolve({}, { registry: " " }),
      gives: { document: { registry: "default", profile: "default" } },
    },
    {
      name: "must be a name",
      when: resolve({ profile: "No!" }),
      gives: { error: "malformed", message: "invalid profile: No!" },
    },
    {
      name: "must exist",
      when: resolve({ profile: "Ghost" }),
      gives: { error: "not_found", message: "profile not found: Ghost" },
    },
    {
      name: "must be in a registry that exists",
      when: resolve({ profile: "a" }, { registry: "ghost" }),
      gives: { error: "not_found", message: "registry not found" },
    },
    {
      name: "must be in a registry whose name is one",
      when: resolve({ profile: "No!" }, { registry: "No?" }),
      gives: { error: "malformed", message: "invalid registry: No?" },
    },
    {
      name: "is settled before the rest of the request is looked at",
      when: resolve({ profile: "ghost", runtime_key: "no key", request_overrides: { nope: 1 } }),
      gives: { error: "not_found", message: "profile not found: ghost" },
    },
  ]);
});
