/** Slugs and extension keys (spec 1.1). The normalised form is what is stored, compared and returned. */
import { quoteCut } from "./errors.js";

export type SlugLabel = "registry slug" | "profile slug" | "runtime key" | "processing mode";

export type Parsed = { ok: true; value: string } | { ok: false; reason: string };

const SLUG = /^[a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?$/;
const EXTENSION_KEY =
  /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?\.[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?@v[1-9][0-9]{0,4}$/;
/** A name is also the feature of an extension key, `<name>_config`, which leaves it 57 of 64 characters. */
const MIDDLEWARE_NAME = /^[a-z0-9](?:[a-z0-9_-]{0,55}[a-z0-9])?$/;
const MIDDLEWARE_CONFIG_KEY = /^middleware\.(.+)_config@v1$/;

/** Trimmed and ASCII lower-cased: letters outside ASCII stay as they are, so that they are refused, not folded. */
export function normalizeIdentifier(raw: string): string {
  return asciiLowerCase(raw.trim());
}

export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

export function parseSlug(raw: string, label: SlugLabel): Parsed {
  const value = normalizeIdentifier(raw);
  if (value === "") return { ok: false, reason: `${label} cannot be empty` };
  return SLUG.test(value)
    ? { ok: true, value }
    : { ok: false, reason: `${label} "${quoteCut(raw)}" is invalid` };
}

export function parseExtensionKey(raw: string): Parsed {
  const value = normalizeIdentifier(raw);
  if (value === "") return { ok: false, reason: "extension key cannot be empty" };
  return EXTENSION_KEY.test(value)
    ? { ok: true, value }
    : { ok: false, reason: `extension key "${quoteCut(raw)}" is invalid (expected namespace.feature@vN)` };
}

/** Whether a catalogue may define a middleware of this name. */
export function isMiddlewareName(name: string): boolean {
  return MIDDLEWARE_NAME.test(name);
}

/** The extension key under which the configs of a middleware live (spec 1.5). */
export function middlewareConfigKey(name: string): string {
  return `middleware.${name}_config@v1`;
}

/** Whether an extension key holds middleware configs, of whichever middleware. */
export function isMiddlewareConfigKey(key: string): boolean {
  return MIDDLEWARE_CONFIG_KEY.test(key);
}

export function isBlank(text: string | undefined): text is undefined | "" {
  return text === undefined || text.trim() === "";
}
