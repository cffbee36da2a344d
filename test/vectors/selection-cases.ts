import { profile, type ResolveCase, registries, registry, type VectorRequest } from "./vector.js";

const documents = registries(
  registry(
    "default",
    { default_profile_slug: "main" },
    profile("main"),
    profile("a"),
    profile("constructor"),
  ),
  registry("other", {}, profile("default"), profile("a"), profile("only-other")),
  registry("stale", { default_profile_slug: "gone" }, profile("default")),
  registry("bare", {}, profile("a")),
);

const cases: [string, VectorRequest][] = [
  [
    "the path beats body, query and cookie",
    { path: "a", body: { profile: "main" }, query: { profile: "main", runtime: "main" }, cookie: "main" },
  ],
  [
    "the body beats query and cookie",
    { body: { profile: "a" }, query: { profile: "main", runtime: "main" }, cookie: "main" },
  ],
  ["the query's profile beats its runtime", { query: { profile: "a", runtime: "main" } }],
  ["the query's runtime beats the cookie", { query: { runtime: "a" }, cookie: "main" }],
  ["the cookie beats the default", { cookie: "a" }],
  ["the registry's default, where nothing is named", {}],
  ["the profile named default, where the registry has no default", { body: { registry: "other" } }],
  ["the profile named default, where the registry's default is gone", { body: { registry: "stale" } }],
  ["no default at all", { body: { registry: "bare" } }],
  [
    "blank values are skipped",
    { path: " ", body: { profile: "", registry: " " }, query: { runtime: "\ta" } },
  ],
  ["slugs are trimmed and lower-cased", { body: { profile: " A\n", registry: " Other " } }],
  ["a slug like any other", { path: "constructor" }],
  ["a malformed profile", { body: { profile: " a b" } }],
  ["a malformed profile of a length that is cut", { body: { profile: "é".repeat(130) } }],
  ["an unknown profile, although others below are known", { path: " Nope", body: { profile: "a" } }],
  ["nothing below the winner is parsed", { path: "a", body: { profile: "a b" }, cookie: "a b" }],
  ["a malformed registry", { body: { registry: "a b", profile: "a" } }],
  ["an unknown registry", { body: { registry: "nowhere", profile: "a" } }],
  ["a malformed profile in an unknown registry", { body: { registry: "nowhere", profile: "a b" } }],
  ["the body's registry beats the query's", { body: { registry: "other" }, query: { registry: "bare" } }],
  ["the query's registry", { query: { registry: "other", profile: "only-other" } }],
  ["a cookie names its registry", { cookie: "other:only-other" }],
  [
    "a cookie names no registry for a profile that is named",
    { body: { profile: "only-other" }, cookie: "other:a" },
  ],
  [
    "a cookie of another registry than the named one is skipped",
    { body: { registry: "other" }, cookie: "a" },
  ],
  ["a cookie of the named registry counts", { query: { registry: "other" }, cookie: "Other:A" }],
  ["a stale cookie is skipped", { cookie: "gone" }],
  ["a cookie of an unknown registry is stale", { cookie: "nowhere:a" }],
  ["a malformed cookie is skipped", { cookie: "a:b:c" }],
  [
    "a skipped cookie does not help where there is no default",
    { body: { registry: "bare" }, cookie: "gone" },
  ],
];

export const selectionCases: ResolveCase[] = cases.map(([name, request]) => ({
  name: `selection: ${name}`,
  documents,
  request,
}));
