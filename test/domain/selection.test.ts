import { describe, expect, test } from "vitest";
import { type SelectionRequest, selectProfile } from "../../src/domain/selection.js";
import { aProfile, aRegistry, viewOf } from "./documents.js";
import { refusalOf } from "./refusal.js";

const profiles = (...slugs: string[]) => slugs.map((slug) => aProfile({ slug }));
const view = viewOf([
  {
    registry: aRegistry({ default_profile_slug: "main" }),
    profiles: profiles("main", "default", "a", "b", "constructor"),
  },
  { registry: aRegistry({ slug: "other" }), profiles: profiles("default", "a", "only-other") },
  { registry: aRegistry({ slug: "bare" }), profiles: profiles("a") },
  { registry: aRegistry({ slug: "stale", default_profile_slug: "gone" }), profiles: profiles("default") },
]);

function select(request: SelectionRequest) {
  const { registry, profile, selection } = selectProfile(view, request, "default");
  return { registry: registry.slug, profile: profile.slug, ...selection };
}
const refusal = (request: SelectionRequest) => {
  const { code, message } = refusalOf(() => select(request));
  return `${code}: ${message}`;
};

describe("a profile", () => {
  test("is named by path, then body, then query profile, then query runtime", () => {
    const all = { path: "a", body: "b", query_profile: "main", query_runtime: "default" };
    expect(select(all)).toMatchObject({ profile: "a", source: "path" });
    expect(select({ ...all, path: "" })).toMatchObject({ profile: "b", source: "body" });
    expect(select({ ...all, path: "", body: " " })).toMatchObject({
      profile: "main",
      source: "query_profile",
    });
    expect(select({ query_runtime: "default" })).toMatchObject({
      profile: "default",
      source: "query_runtime",
    });
  });

  test("is found by its normalised slug", () => {
    expect(select({ body: " A\t" })).toMatchObject({ profile: "a", source: "body" });
  });

  test("may be named like something that every object has", () => {
    expect(select({ path: "constructor" }).profile).toBe("constructor");
    expect(refusal({ path: "__proto__" })).toBe("malformed: invalid profile: __proto__");
  });

  test("that is malformed is refused with its raw value", () => {
    expect(refusal({ path: " a b" })).toBe("malformed: invalid profile:  a b");
  });

  test("that is unknown is refused with its raw value, even when others below are known", () => {
    expect(refusal({ path: " Nope ", body: "a" })).toBe("not_found: profile not found:  Nope ");
  });

  test("is not parsed below the winner", () => {
    expect(select({ path: "a", body: "!", query_profile: "!", query_runtime: "!", cookie: "!" })).toEqual({
      registry: "default",
      profile: "a",
      source: "path",
    });
  });

  test("raw values are cut after 128 characters", () => {
    expect(refusal({ body: "!".repeat(200) })).toBe(`malformed: invalid profile: ${"!".repeat(128)}`);
  });
});

describe("a registry", () => {
  test("is the named one", () => {
    expect(select({ registry: " Other ", body: "only-other" })).toMatchObject({ registry: "other" });
  });

  test("that is blank is the default one", () => {
    expect(select({ registry: " ", body: "a" })).toMatchObject({ registry: "default" });
  });

  test("that is malformed is refused with its raw value, before anything else", () => {
    expect(refusal({ registry: "a b", path: "!" })).toBe("malformed: invalid registry: a b");
  });

  test("that is unknown is not found", () => {
    expect(refusal({ registry: "nope", path: "a" })).toBe("not_found: registry not found");
  });

  test("that is unknown is not found only once the profile is known to be well formed", () => {
    expect(refusal({ registry: "nope", path: "!" })).toBe("malformed: invalid profile: !");
  });
});

describe("the default", () => {
  test("of a registry is selected when nothing is named", () => {
    expect(select({})).toEqual({ registry: "default", profile: "main", source: "default" });
  });

  test("is the profile named default where the registry has none", () => {
    expect(select({ registry: "other" })).toEqual({
      registry: "other",
      profile: "default",
      source: "default",
    });
  });

  test("is the profile named default where the registry's is gone", () => {
    expect(select({ registry: "stale" })).toMatchObject({ profile: "default", source: "default" });
  });

  test("that is missing altogether is a validation error", () => {
    expect(refusal({ registry: "bare" })).toBe(
      "validation: validation error (profile.slug): profile slug is required and registry has no default",
    );
  });
});

describe("a cookie", () => {
  test("counts when nothing above names a profile", () => {
    expect(select({ cookie: "a" })).toEqual({ registry: "default", profile: "a", source: "cookie" });
  });

  test("counts less than any name in the request", () => {
    expect(select({ query_runtime: "b", cookie: "a" })).toMatchObject({
      profile: "b",
      source: "query_runtime",
    });
  });

  test("names the registry too", () => {
    expect(select({ cookie: "other:only-other" })).toEqual({
      registry: "other",
      profile: "only-other",
      source: "cookie",
    });
  });

  test("names no registry for a profile that the request names", () => {
    expect(select({ body: "a", cookie: "other:a" })).toMatchObject({ registry: "default", source: "body" });
  });

  test("without registry names the default one, whatever the request names", () => {
    expect(select({ registry: "other", cookie: "a" })).toEqual({
      registry: "other",
      profile: "default",
      source: "default",
      ignored: [{ source: "cookie", value: "a", reason: 'names registry "default"' }],
    });
  });

  test("counts where the request names the same registry", () => {
    expect(select({ registry: "other", cookie: "other:a" })).toMatchObject({
      profile: "a",
      source: "cookie",
    });
  });

  test.each(["!", "a:b:c", ":a", "other:", "x y:a"])("that is malformed is skipped: %j", (cookie) => {
    expect(select({ cookie })).toEqual({
      registry: "default",
      profile: "main",
      source: "default",
      ignored: [{ source: "cookie", value: cookie, reason: "malformed" }],
    });
  });

  test.each(["gone", "only-other", "other:gone", "nowhere:a"])("that is stale is skipped: %j", (cookie) => {
    expect(select({ cookie })).toMatchObject({
      source: "default",
      ignored: [{ source: "cookie", value: cookie, reason: "profile not found" }],
    });
  });

  test("that is blank is as good as none", () => {
    expect(select({ cookie: " " })).toEqual({ registry: "default", profile: "main", source: "default" });
  });

  test("counts even where the default registry is missing", () => {
    const { registry } = selectProfile(view, { cookie: "other:a" }, "nowhere");
    expect(registry.slug).toBe("other");
  });
});
