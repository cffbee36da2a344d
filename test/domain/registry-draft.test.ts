import { describe, expect, test } from "vitest";
import type { Registry, RegistryInput } from "../../src/domain/document.js";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import { draftRegistry } from "../../src/domain/profile-draft.js";
import { aRegistry, metadata } from "./documents.js";
import { violationsOf } from "./refusal.js";

const draft = (input: RegistryInput, stored?: Registry) => draftRegistry("r", stored, input, DEFAULT_LIMITS);

describe("a registry", () => {
  test("may be empty", () => {
    expect(draft({})).toEqual({ slug: "r" });
  });

  test("trims its display name and description, and leaves out what is empty", () => {
    expect(draft({ display_name: " D ", description: " ", tags: [] })).toEqual({
      slug: "r",
      display_name: "D",
    });
  });

  test("normalises the slug of its default profile", () => {
    expect(draft({ default_profile_slug: " Fast " }).default_profile_slug).toBe("fast");
  });

  test("keeps its processing modes as given", () => {
    const processing_modes = { fast: { profiles: ["p"] } };
    expect(draft({ processing_modes }).processing_modes).toEqual(processing_modes);
  });

  test("refuses a malformed default profile", () => {
    expect(violationsOf(() => draft({ default_profile_slug: "a b" }))).toEqual([
      'registry.default_profile_slug: profile slug "a b" is invalid',
    ]);
  });

  test("refuses all that is wrong at once", () => {
    expect(violationsOf(() => draft({ display_name: "x".repeat(1025), default_profile_slug: "-" }))).toEqual([
      "display_name: must not be longer than 1024 bytes",
      'registry.default_profile_slug: profile slug "-" is invalid',
    ]);
  });

  test("refuses what is no JSON", () => {
    expect(violationsOf(() => draft({ description: "\ud800", processing_modes: { a: Number.NaN } }))).toEqual(
      ["description: must not contain unpaired surrogates", "processing_modes: must be a finite number"],
    );
  });
});

describe("a PATCH of a registry", () => {
  const stored = aRegistry({
    slug: "r",
    display_name: "D",
    description: "d",
    default_profile_slug: "p",
    processing_modes: { fast: {} },
    metadata: { ...metadata, tags: ["t"] },
  });
  const { metadata: _, ...content } = { ...stored, tags: ["t"] };

  test("that sends nothing keeps everything", () => {
    expect(draft({}, stored)).toEqual(content);
  });

  test("clears what it sends blank", () => {
    const blank = { display_name: "", description: " ", default_profile_slug: "", tags: [] };
    expect(draft(blank, stored)).toEqual({ slug: "r", processing_modes: { fast: {} } });
  });
});
