import { asciiLowerCase } from "./identifiers.js";

/** Nothing of what is done below would change such a key, as most are. */
const CANONICAL = /^[a-z0-9_]+$/;

/**
 * The one spelling of an override key or of a member name that may be a secret (spec 4.3): `systemPrompt`, `SystemPrompt`,
 * `system-prompt` and `SYSTEM_PROMPT` are all `system_prompt`. Idempotent. Letters outside ASCII are left alone, so that
 * every language computes the same.
 */
export function canonicalKey(raw: string): string {
  if (CANONICAL.test(raw)) return raw;
  return asciiLowerCase(
    raw
      .trim()
      .replace(/[-\s]/gu, "_")
      .replace(/([a-z0-9])(?=[A-Z])/g, "$1_"),
  );
}
