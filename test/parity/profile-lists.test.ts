import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, type Operation } from "./operations.js";

const list = (more: { tag?: string; registry?: string } = {}): Operation => ({
  do: "list-profiles",
  ...more,
});

describe("listing profiles", () => {
  onBothEdges([
    {
      name: "of an empty registry gives an empty list",
      when: list(),
      gives: { document: [] },
    },
    {
      name: "sorts by name, character by character",
      given: [
        create("b"),
        create("a.b"),
        create("a"),
        create("a-b"),
        create("a_b"),
        create("a1"),
        create("ab"),
      ],
      when: list(),
      gives: { document: ["a", "a-b", "a.b", "a1", "a_b", "ab", "b"].map((slug) => ({ slug })) },
    },
    {
      name: "shows of a profile what a selector needs",
      given: [
        create(
          "full",
          {
            display_name: "Full",
            description: "All of it.",
            runtime: { system_prompt: "Prompt", tools: ["t"] },
            policy: { read_only: true },
            metadata: { tags: ["x"] },
            extensions: { "acme.feature@v1": {} },
          },
          { set_default: true },
        ),
      ],
      when: list(),
      gives: {
        document: [
          {
            slug: "full",
            display_name: "Full",
            description: "All of it.",
            default_prompt: "Prompt",
            extensions: { "acme.feature@v1": {} },
            is_default: true,
            version: 1,
            registry: "case-2",
            read_only: true,
            tags: ["x"],
          },
        ],
      },
    },
    {
      name: "by tag gives those that have exactly it",
      given: [
        create("a", { metadata: { tags: ["x", "y"] } }),
        create("b", { metadata: { tags: ["X"] } }),
        create("c", { metadata: { tags: ["xx"] } }),
        create("d", { metadata: { tags: ["y", "x"] } }),
        create("e"),
      ],
      when: list({ tag: "x" }),
      gives: { document: [{ slug: "a" }, { slug: "d" }] },
    },
    {
      name: "by a tag that none has gives an empty list",
      given: [create("a", { metadata: { tags: ["x"] } })],
      when: list({ tag: "%" }),
      gives: { document: [] },
    },
    {
      name: "by no tag gives all",
      given: [create("a"), create("b", { metadata: { tags: ["x"] } })],
      when: list({ tag: "" }),
      gives: { document: [{ slug: "a" }, { slug: "b" }] },
    },
    {
      name: "without a registry lists the default one",
      when: list({ registry: "" }),
      gives: { document: [{ slug: "agent" }, { slug: "default", is_default: true }] },
    },
    {
      name: "of an unknown registry is refused",
      when: list({ registry: "ghost" }),
      gives: { error: "not_found", message: "registry not found" },
    },
    {
      name: "of a registry whose name is none is refused",
      when: list({ registry: "No Spaces" }),
      gives: { error: "malformed", message: "invalid registry: No Spaces" },
    },
  ]);
});
