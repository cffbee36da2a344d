import { describe } from "vitest";
import { invalid, onBothEdges } from "./both-edges.js";
import { create, createRegistry, updateRegistry } from "./operations.js";

describe("updating a registry", () => {
  onBothEdges([
    {
      name: "replaces what is given and keeps the rest",
      given: [updateRegistry({ display_name: "Old", description: "Stays.", metadata: { tags: ["t"] } })],
      when: updateRegistry({ display_name: " New " }),
      gives: {
        document: { display_name: "New", description: "Stays.", metadata: { version: 3, tags: ["t"] } },
      },
    },
    {
      name: "clears what is given blank",
      given: [updateRegistry({ display_name: "Old", description: "Old", metadata: { tags: ["a"] } })],
      when: updateRegistry({ display_name: "", description: " ", metadata: { tags: [] } }),
      gives: { document: {}, without: ["display_name", "description", "metadata.tags"] },
    },
    {
      name: "can choose another default profile",
      given: [create("b")],
      when: updateRegistry({ default_profile_slug: " B " }),
      gives: { document: { default_profile_slug: "b" } },
    },
    {
      name: "can take the default profile away",
      given: [create("b", {}, { set_default: true })],
      when: updateRegistry({ default_profile_slug: "" }),
      gives: { document: {}, without: ["default_profile_slug"] },
    },
    {
      name: "refuses a default profile that is not there",
      when: updateRegistry({ default_profile_slug: "ghost" }),
      gives: invalid(["registry.default_profile_slug", "default profile does not exist in registry"]),
    },
    {
      name: "refuses a default profile whose name is none",
      when: updateRegistry({ default_profile_slug: "no spaces" }),
      gives: invalid(["registry.default_profile_slug", 'profile slug "no spaces" is invalid']),
    },
    {
      name: "is a write even when it changes nothing",
      when: updateRegistry({}),
      gives: { document: { metadata: { version: 2 } } },
    },
    {
      name: "refuses a stale expected version",
      given: [createRegistry("moved"), updateRegistry({}, { registry: "moved" })],
      when: updateRegistry({}, { registry: "moved", expected_version: 1 }),
      gives: { error: "version_conflict", message: 'registry "moved" version conflict: expected=1 actual=2' },
    },
    {
      name: "is refused for a registry that is not there",
      when: updateRegistry({}, { registry: "ghost" }),
      gives: { error: "not_found", message: "registry not found" },
    },
  ]);
});
