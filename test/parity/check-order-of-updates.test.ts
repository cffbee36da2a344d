/** A request that is wrong in several ways is answered for the first of them (spec 2.3). */
import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, get, update } from "./operations.js";
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

describe("an update is checked for", () => {
  onBothEdges([
    {
      name: "the registry's name before the profile's",
      when: update("No!", INVALID, { registry: "No!" }),
      gives: NO_REGISTRY,
    },
    {
      name: "the profile's name before whether the registry exists",
      when: update("No!", INVALID, { registry: "ghost" }),
      gives: NO_NAME,
    },
    {
      name: "whether the registry exists before whether the profile does",
      when: update("ghost", INVALID, { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
    {
      name: "whether the profile exists before the document",
      when: update("a", INVALID),
      gives: PROFILE_NOT_FOUND,
    },
    {
      name: "the read-only mark before the document",
      given: [create("a", LOCKED)],
      when: update("a", INVALID, stale),
      gives: READ_ONLY,
    },
    {
      name: "the document before the expected version",
      given: [create("a")],
      when: update("a", INVALID, stale),
      gives: NO_TOOL,
    },
  ]);
});

describe("a read is checked for", () => {
  onBothEdges([
    {
      name: "the registry's name before the profile's",
      when: get("No!", { registry: "No!" }),
      gives: NO_REGISTRY,
    },
    { name: "both names before whether they exist", when: get("No!", { registry: "ghost" }), gives: NO_NAME },
    {
      name: "the registry before the profile",
      when: get("ghost", { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
  ]);
});
