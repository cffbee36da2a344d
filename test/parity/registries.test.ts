import { describe } from "vitest";
import { invalid, NOW, onBothEdges } from "./both-edges.js";
import { create, createRegistry, remove } from "./operations.js";

describe("creating a registry", () => {
  onBothEdges([
    {
      name: "stores what is given, trimmed, as version 1",
      when: createRegistry("Shop ", {
        display_name: " Shop ",
        description: " For sales. ",
        metadata: { tags: ["a"] },
      }),
      gives: {
        document: {
          slug: "shop",
          display_name: "Shop",
          description: "For sales.",
          metadata: {
            version: 1,
            created_at_ms: NOW,
            updated_at_ms: NOW,
            created_by: "anonymous",
            updated_by: "anonymous",
            source: "edge",
            tags: ["a"],
          },
        },
      },
    },
    {
      name: "leaves out what is blank",
      when: createRegistry("blank", { display_name: "  ", description: "", metadata: { tags: [] } }),
      gives: {
        document: {},
        without: ["display_name", "description", "metadata.tags", "default_profile_slug"],
      },
    },
    {
      name: "ignores metadata that the server keeps",
      when: createRegistry("ignoring", { metadata: { version: 9, created_by: "me" } }),
      gives: { document: { metadata: { version: 1, created_by: "anonymous" } } },
    },
    {
      name: "needs a name",
      when: createRegistry(" "),
      gives: invalid(["registry.slug", "registry slug cannot be empty"]),
    },
    {
      name: "refuses a name that is none",
      when: createRegistry("no spaces"),
      gives: invalid(["registry.slug", 'registry slug "no spaces" is invalid']),
    },
    {
      name: "cannot name a default profile, since it has none",
      when: createRegistry("early", { default_profile_slug: "default" }),
      gives: invalid(["registry.default_profile_slug", "default profile does not exist in registry"]),
    },
    {
      name: "refuses a name that is taken",
      given: [createRegistry("taken")],
      when: createRegistry("TAKEN"),
      gives: { error: "already_exists", message: 'registry "taken" already exists (version 1)' },
    },
    {
      name: "conflicts with any expected version but 0",
      when: createRegistry("fresh", {}, { expected_version: 1 }),
      gives: { error: "version_conflict", message: 'registry "fresh" version conflict: expected=1 actual=0' },
    },
    {
      name: "takes expected version 0 for no check",
      when: createRegistry("fresh-0", {}, { expected_version: 0 }),
      gives: { document: { slug: "fresh-0" } },
    },
  ]);
});

describe("reading a registry", () => {
  onBothEdges([
    {
      name: "finds it by any spelling of its name",
      given: [createRegistry("shop")],
      when: { do: "get-registry", registry: " SHOP " },
      gives: { document: { slug: "shop" } },
    },
    {
      name: "shows a version that moves with every write to its profiles",
      given: [create("a"), remove("a")],
      when: { do: "get-registry" },
      gives: { document: { metadata: { version: 3 } } },
    },
    {
      name: "refuses a name that is none",
      when: { do: "get-registry", registry: "no spaces" },
      gives: { error: "malformed", message: "invalid registry: no spaces" },
    },
    {
      name: "of an unknown name is refused",
      when: { do: "get-registry", registry: "ghost" },
      gives: { error: "not_found", message: "registry not found" },
    },
  ]);
});

describe("listing registries", () => {
  onBothEdges([
    {
      name: "gives all of them, sorted by name",
      given: [createRegistry("b"), createRegistry("a.b"), createRegistry("a"), createRegistry("a-b")],
      when: { do: "list-registries" },
      gives: {
        document: ["a", "a-b", "a.b", "b", "case-0", "default"].map((slug) => ({ slug })),
      },
    },
  ]);
});
