/** Spec 4.1 over every combination of what a request may hold, against tables written from the spec alone. */
import { expect, test } from "vitest";
import { DomainError } from "../../src/domain/errors.js";
import { selectProfile } from "../../src/domain/selection.js";
import { aProfile, aRegistry, viewOf } from "./documents.js";

type Raw = string | undefined;

/** What may stand at path, body or query. `both` is a profile of both registries. */
const NAMED: readonly { raw: Raw; is: "nothing" | "malformed" | "unknown" | "both" }[] = [
  { raw: undefined, is: "nothing" },
  { raw: " ", is: "nothing" },
  { raw: "a b", is: "malformed" },
  { raw: "ghost", is: "unknown" },
  { raw: " Both ", is: "both" },
];

const COOKIES: readonly {
  raw: Raw;
  is: "nothing" | "malformed" | "stale" | { registry: string; profile: string };
}[] = [
  { raw: undefined, is: "nothing" },
  { raw: " ", is: "nothing" },
  { raw: "a b", is: "malformed" },
  { raw: ":both", is: "malformed" },
  { raw: "a b:both", is: "malformed" },
  { raw: "other:both:both", is: "malformed" },
  { raw: "ghost", is: "stale" },
  { raw: "there", is: "stale" },
  { raw: "other:ghost", is: "stale" },
  { raw: "nowhere:both", is: "stale" },
  { raw: " Both ", is: { registry: "default", profile: "both" } },
  { raw: "default:both", is: { registry: "default", profile: "both" } },
  { raw: "Other:Both", is: { registry: "other", profile: "both" } },
  { raw: "other:there", is: { registry: "other", profile: "there" } },
];

const REGISTRIES: readonly { raw: Raw; is: "nothing" | "malformed" | "unknown" | "default" | "other" }[] = [
  { raw: undefined, is: "nothing" },
  { raw: "\t", is: "nothing" },
  { raw: "a:b", is: "malformed" },
  { raw: "nowhere", is: "unknown" },
  { raw: " DEFAULT ", is: "default" },
  { raw: "other", is: "other" },
];

/** What a registry falls back to, by its default and whether it has a profile named default. */
const DEFAULTS = [
  { default_profile_slug: "first", hasDefault: true, falls: "first" },
  { default_profile_slug: "first", hasDefault: false, falls: "first" },
  { default_profile_slug: "gone", hasDefault: true, falls: "default" },
  { default_profile_slug: "gone", hasDefault: false, falls: undefined },
  { default_profile_slug: undefined, hasDefault: true, falls: "default" },
  { default_profile_slug: undefined, hasDefault: false, falls: undefined },
] as const;
type Defaults = (typeof DEFAULTS)[number];

const SOURCES = ["path", "body", "query_profile", "query_runtime"] as const;

interface Case {
  named: readonly (typeof NAMED)[number][];
  cookie: (typeof COOKIES)[number];
  registry: (typeof REGISTRIES)[number];
  defaults: Defaults;
}

function expected({ named, cookie, registry, defaults }: Case): string {
  if (registry.is === "malformed") return `malformed: invalid registry: ${registry.raw}`;
  const given = named.findIndex(({ is }) => is !== "nothing");
  const winner = named[given];
  const chosen = registry.is === "nothing" ? "default" : registry.is;
  if (winner) {
    if (winner.is === "malformed") return `malformed: invalid profile: ${winner.raw}`;
    if (chosen === "unknown") return "not_found: registry not found";
    if (winner.is === "unknown") return `not_found: profile not found: ${winner.raw}`;
    return `${chosen}/both by ${SOURCES[given]}`;
  }
  const { skipped, selected } = byCookie(cookie.is, registry.is);
  if (selected) return selected;
  if (chosen === "unknown") return "not_found: registry not found";
  if (defaults.falls === undefined) {
    return "validation: validation error (profile.slug): profile slug is required and registry has no default";
  }
  return `${chosen}/${defaults.falls} by default${skipped ? `, not by cookie ${cookie.raw}: ${skipped}` : ""}`;
}

function byCookie(
  cookie: (typeof COOKIES)[number]["is"],
  registry: (typeof REGISTRIES)[number]["is"],
): { skipped?: string; selected?: string } {
  if (cookie === "nothing") return {};
  if (cookie === "malformed") return { skipped: "malformed" };
  if (cookie === "stale") return { skipped: "profile not found" };
  if (registry !== "nothing" && registry !== cookie.registry)
    return { skipped: `names registry "${cookie.registry}"` };
  return { selected: `${cookie.registry}/${cookie.profile} by cookie` };
}

function viewWith({ default_profile_slug, hasDefault }: Defaults) {
  const registry = (slug: string, more: string[]) => ({
    registry: aRegistry({ slug, ...(default_profile_slug && { default_profile_slug }) }),
    profiles: ["first", "both", ...(hasDefault ? ["default"] : []), ...more].map((name) =>
      aProfile({ slug: name }),
    ),
  });
  return viewOf([registry("default", []), registry("other", ["there"])]);
}

function actual(view: ReturnType<typeof viewOf>, { named, cookie, registry }: Case): string {
  try {
    const request = Object.fromEntries(SOURCES.map((source, i) => [source, named[i]?.raw]));
    const found = selectProfile(view, { ...request, registry: registry.raw, cookie: cookie.raw }, "default");
    const { source, ignored = [] } = found.selection;
    const skipped = ignored.map((one) => `, not by ${one.source} ${one.value}: ${one.reason}`).join("");
    return `${found.registry.slug}/${found.profile.slug} by ${source}${skipped}`;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

test.each(DEFAULTS)("every request selects what the tables say, with %o", (defaults) => {
  const view = viewWith(defaults);
  const wrong: unknown[] = [];
  let count = 0;
  for (const registry of REGISTRIES) {
    for (const cookie of COOKIES) {
      for (const path of NAMED) {
        for (const body of NAMED) {
          for (const queryProfile of NAMED) {
            for (const queryRuntime of NAMED) {
              const one: Case = {
                named: [path, body, queryProfile, queryRuntime],
                cookie,
                registry,
                defaults,
              };
              count++;
              if (actual(view, one) !== expected(one)) wrong.push([one, actual(view, one), expected(one)]);
            }
          }
        }
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(count).toBe(6 * 14 * 5 ** 4);
});
