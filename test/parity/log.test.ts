/** The log, read (spec 2.1). */
import { describe, expect, test } from "vitest";
import { bothEdges, NOW, onBothEdges, sameOnBoth } from "./both-edges.js";
import {
  create,
  createRegistry,
  deleteRegistry,
  type Edge,
  listLog,
  remove,
  setDefault,
  update,
  updateRegistry,
} from "./operations.js";
import { NO_NAME, NO_REGISTRY } from "./refusals.js";

describe("the log", () => {
  onBothEdges([
    {
      name: "has an entry for each document that a write changed, the oldest first",
      given: [create("a", {}, { set_default: true }), update("a"), setDefault("a")],
      when: listLog(),
      gives: {
        document: [
          { operation: "create_registry", registry: "case-0", version: 1, registry_version: 1 },
          { operation: "create_profile", profile: "a", version: 1, registry_version: 2 },
          { operation: "set_default_profile", registry: "case-0", version: 2, registry_version: 2 },
          { operation: "update_profile", profile: "a", version: 2, registry_version: 3 },
          { operation: "set_default_profile", version: 4, registry_version: 4 },
        ],
      },
    },
    {
      name: "tells who wrote, when and from where",
      when: listLog(),
      gives: { document: [{ actor: "anonymous", time_ms: NOW, source: "edge" }] },
    },
    {
      name: "keeps what was deleted, with its last version",
      given: [create("a"), update("a"), remove("a")],
      when: listLog({ profile: "a" }),
      gives: { document: [{}, {}, { operation: "delete_profile", version: 2, registry_version: 4 }] },
    },
    {
      name: "of a registry that was deleted can be read",
      given: [
        createRegistry("gone"),
        create("a", {}, { registry: "gone" }),
        deleteRegistry("gone", { force: true }),
      ],
      when: listLog({ registry: "gone" }),
      gives: {
        document: [
          { operation: "create_registry" },
          { operation: "create_profile" },
          { operation: "delete_profile", profile: "a" },
          { operation: "delete_registry", registry: "gone" },
        ],
      },
    },
    {
      name: "of a profile has nothing of others",
      given: [create("a"), create("b"), updateRegistry({}), update("b")],
      when: listLog({ profile: " B " }),
      gives: { document: [{ operation: "create_profile", profile: "b" }, { operation: "update_profile" }] },
    },
    {
      name: "of a profile whose registry is not named is that of the default registry",
      given: [create("default")],
      when: listLog({ registry: "", profile: "default" }),
      gives: { document: [{ registry: "default", profile: "default" }] },
    },
    {
      name: "of what never was is empty",
      when: listLog({ registry: "ghost", profile: "a" }),
      gives: { document: [] },
    },
    {
      name: "after the last revision is empty",
      when: listLog({ after: 1_000_000_000_000 }),
      gives: { document: [] },
    },
    {
      name: "is asked for by a registry that can be",
      when: listLog({ registry: "No!" }),
      gives: NO_REGISTRY,
    },
    { name: "is asked for by a profile that can be", when: listLog({ profile: "No!" }), gives: NO_NAME },
  ]);
});

describe("the log of all registries", () => {
  const edges = bothEdges();
  const entries = async (edge: Edge, more: { after?: number; limit?: number } = {}) => {
    const outcome = await edge.perform(listLog(more));
    if ("error" in outcome) throw new Error(outcome.error.message);
    return outcome.document as { revision: number; commit_revision: number }[];
  };

  test("counts revisions without gaps, and marks where a write ends", async () => {
    await sameOnBoth(edges, async (edge) => {
      await edge.perform(createRegistry("counted"));
      await edge.perform(create("a", {}, { registry: "counted", set_default: true }));
      const all = await entries(edge);
      expect(all.map(({ revision }) => revision)).toEqual(all.map((_, i) => i + 1));
      expect(all.slice(-3).map((entry) => entry.commit_revision)).toEqual([
        all.length - 2,
        all.length,
        all.length,
      ]);
      return all;
    });
  });

  test("goes on after a revision, up to a limit", async () => {
    await sameOnBoth(edges, async (edge) => {
      const all = await entries(edge);
      const some = await entries(edge, { after: 1, limit: 2 });
      expect(some).toEqual(all.slice(1, 3));
      return some;
    });
  });
});
