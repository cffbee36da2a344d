import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, get, remove } from "./operations.js";

describe("reading a profile", () => {
  onBothEdges([
    {
      name: "finds it by any spelling of its name",
      given: [create("a.b-c_d")],
      when: get(" A.B-C_D "),
      gives: { document: { slug: "a.b-c_d" } },
    },
    {
      name: "is refused after it was deleted",
      given: [create("gone"), remove("gone")],
      when: get("gone"),
      gives: { error: "not_found", message: "profile not found" },
    },
    {
      name: "looks in the registry that is named only",
      given: [create("here")],
      when: get("here", { registry: "default" }),
      gives: { error: "not_found", message: "profile not found" },
    },
    {
      name: "without a registry looks in the default one",
      when: get("agent", { registry: "" }),
      gives: { document: { slug: "agent", registry: "default" } },
    },
    {
      name: "takes a blank registry for none",
      when: get("agent", { registry: "  " }),
      gives: { document: { registry: "default" } },
    },
  ]);
});
