import { describe } from "vitest";
import { NOW, onBothEdges } from "./both-edges.js";
import { create, get, update } from "./operations.js";

const BEFORE = {
  display_name: "Before",
  description: "Before.",
  runtime: { system_prompt: "Before", tools: ["before"] },
  policy: { allow_overrides: true, denied_override_keys: ["tools"] },
  metadata: { tags: ["before"] },
  extensions: { "acme.before@v1": 1 },
};
const given = [create("a", BEFORE)];

describe("updating a profile", () => {
  onBothEdges([
    {
      name: "with nothing is a write that changes the version only",
      given,
      when: update("a"),
      gives: { document: { ...BEFORE, metadata: { tags: ["before"], version: 2 }, registry_version: 3 } },
    },
    {
      name: "replaces the name that people see and keeps the rest",
      given,
      when: update("a", { display_name: " After " }),
      gives: { document: { ...BEFORE, display_name: "After", metadata: { tags: ["before"] } } },
    },
    {
      name: "clears texts that are given blank",
      given,
      when: update("a", { display_name: "", description: "  " }),
      gives: { document: { runtime: BEFORE.runtime }, without: ["display_name", "description"] },
    },
    {
      name: "replaces the runtime whole",
      given,
      when: update("a", { runtime: { tools: ["after"] } }),
      gives: { document: { runtime: { tools: ["after"] } }, without: ["runtime.system_prompt"] },
    },
    {
      name: "empties the runtime with an empty one",
      given,
      when: update("a", { runtime: {} }),
      gives: {
        document: { extensions: BEFORE.extensions },
        without: ["runtime.system_prompt", "runtime.tools"],
      },
    },
    {
      name: "replaces the policy whole: what is left out is as by default",
      given,
      when: update("a", { policy: { allowed_override_keys: ["tools"] } }),
      gives: {
        document: { policy: { allow_overrides: false, allowed_override_keys: ["tools"], read_only: false } },
        without: ["policy.denied_override_keys"],
      },
    },
    {
      name: "replaces the extensions whole",
      given,
      when: update("a", { extensions: { "acme.after@v1": null } }),
      gives: {
        document: { extensions: { "acme.after@v1": null } },
        without: [["extensions", "acme.before@v1"]],
      },
    },
    {
      name: "takes extensions away with none",
      given,
      when: update("a", { extensions: {} }),
      gives: { document: {}, without: ["extensions"] },
    },
    {
      name: "replaces the tags",
      given,
      when: update("a", { metadata: { tags: ["x", "y"] } }),
      gives: { document: { metadata: { tags: ["x", "y"] } } },
    },
    {
      name: "takes the tags away with none",
      given,
      when: update("a", { metadata: { tags: [] } }),
      gives: { document: {}, without: ["metadata.tags"] },
    },
    {
      name: "ignores metadata that the server keeps",
      given,
      when: update("a", { metadata: { version: 7, created_by: "me", tags: ["t"] } }),
      gives: { document: { metadata: { version: 2, created_by: "anonymous", tags: ["t"] } } },
    },
    {
      name: "can set the read-only mark",
      given,
      when: update("a", { policy: { read_only: true } }),
      gives: { document: { policy: { read_only: true } } },
    },
    {
      name: "is seen by the next read",
      given: [...given, update("a", { display_name: "After" })],
      when: get("a"),
      gives: { document: { display_name: "After", metadata: { version: 2 } } },
    },
    {
      name: "keeps when and by whom it was created",
      given: [],
      when: update("agent", { display_name: "Agent" }, { registry: "default" }),
      gives: { document: { metadata: { created_at_ms: NOW, created_by: "anonymous", source: "edge" } } },
    },
  ]);
});
