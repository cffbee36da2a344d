/** Which profile of which registry a request means (spec 4.1). Pure: the same documents and request give the same answer. */
import type { Profile, Registry } from "./document.js";
import type { DocumentView } from "./document-view.js";
import { invalid, malformed, profileNotFound, quoteCut, registryNotFound } from "./errors.js";
import { isBlank, parseSlug } from "./identifiers.js";

/** The places where a request can name a profile, from the one that counts most to the one that counts least. */
export const NAMED_SOURCES = ["path", "body", "query_profile", "query_runtime"] as const;
export type NamedSource = (typeof NAMED_SOURCES)[number];
export type SelectionSource = NamedSource | "cookie" | "default";

/** Raw values; blank ones count as absent. */
export type SelectionRequest = {
  [source in NamedSource]?: string | undefined;
} & {
  /** The registry named by body or, failing that, query. */
  registry?: string | undefined;
  /** The value of the cookie `chat_profile`: `SLUG` or `REGISTRY:SLUG`. */
  cookie?: string | undefined;
};

export interface IgnoredSource {
  source: SelectionSource;
  value: string;
  reason: string;
}

export interface Selection {
  source: SelectionSource;
  /** What was looked at before the winner and did not count, in that order. */
  ignored?: IgnoredSource[];
}

export interface Selected {
  registry: Registry;
  profile: Profile;
  selection: Selection;
}

export const COOKIE_MALFORMED = "malformed";
export const COOKIE_STALE = "profile not found";

const FALLBACK_PROFILE = "default";

/**
 * Looks at the sources from the top and stops parsing at the winner. Throws `malformed` (`invalid registry: RAW`,
 * `invalid profile: RAW`), `not_found`, or `validation` when nothing is named and the registry has no default.
 */
export function selectProfile(
  view: DocumentView,
  request: SelectionRequest,
  defaultRegistry: string,
): Selected {
  const named = isBlank(request.registry) ? undefined : parseRegistryChoice(request.registry);
  for (const source of NAMED_SOURCES) {
    const raw = request[source];
    if (!isBlank(raw)) return selectNamed(view, source, raw, named ?? defaultRegistry);
  }
  const cookie = selectByCookie(view, request.cookie, named, defaultRegistry);
  if ("selection" in cookie) return cookie;
  const registry = existing(view, named ?? defaultRegistry);
  for (const slug of [registry.default_profile_slug, FALLBACK_PROFILE]) {
    const profile = slug === undefined ? undefined : view.profile(registry.slug, slug);
    if (profile !== undefined) return { registry, profile, selection: { source: "default", ...cookie } };
  }
  throw invalid("profile.slug", "profile slug is required and registry has no default");
}

/** The registry that a request names. Throws `malformed`: `invalid registry: RAW`. */
export function parseRegistryChoice(raw: string): string {
  const parsed = parseSlug(raw, "registry slug");
  if (!parsed.ok) throw malformed(`invalid registry: ${quoteCut(raw)}`);
  return parsed.value;
}

function selectNamed(view: DocumentView, source: NamedSource, raw: string, choice: string): Selected {
  const slug = parseSlug(raw, "profile slug");
  if (!slug.ok) throw malformed(`invalid profile: ${quoteCut(raw)}`);
  const registry = existing(view, choice);
  const profile = view.profile(registry.slug, slug.value);
  if (profile === undefined) throw profileNotFound(raw);
  return { registry, profile, selection: { source } };
}

/** A cookie counts only for the registry it names, and names the registry when the request does not. */
function selectByCookie(
  view: DocumentView,
  raw: string | undefined,
  named: string | undefined,
  defaultRegistry: string,
): Selected | { ignored?: IgnoredSource[] } {
  if (isBlank(raw)) return {};
  const ignored = (reason: string) => ({
    ignored: [{ source: "cookie" as const, value: quoteCut(raw), reason }],
  });
  const cookie = parseCookie(raw, defaultRegistry);
  if (cookie === undefined) return ignored(COOKIE_MALFORMED);
  const registry = view.registry(cookie.registry);
  const profile = registry && view.profile(registry.slug, cookie.slug);
  if (registry === undefined || profile === undefined) return ignored(COOKIE_STALE);
  if (named !== undefined && named !== registry.slug) return ignored(`names registry "${registry.slug}"`);
  return { registry, profile, selection: { source: "cookie" } };
}

function parseCookie(raw: string, defaultRegistry: string): { registry: string; slug: string } | undefined {
  const colon = raw.indexOf(":");
  const registry =
    colon < 0
      ? ({ ok: true, value: defaultRegistry } as const)
      : parseSlug(raw.slice(0, colon), "registry slug");
  const slug = parseSlug(raw.slice(colon + 1), "profile slug");
  return registry.ok && slug.ok ? { registry: registry.value, slug: slug.value } : undefined;
}

function existing(view: DocumentView, slug: string): Registry {
  const registry = view.registry(slug);
  if (registry === undefined) throw registryNotFound();
  return registry;
}
