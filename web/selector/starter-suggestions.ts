import type { ProfileItem } from "../client/documents.js";

const KEY = "webchat.starter_suggestions@v1";

/** What a profile suggests to begin a chat with. Anything that is no text is left out. */
export function starterSuggestions(profile: ProfileItem | undefined): string[] {
  const payload = profile?.extensions?.[KEY] as { items?: unknown } | null | undefined;
  const items = payload?.items;
  return Array.isArray(items) ? items.filter((item) => typeof item === "string" && item.trim() !== "") : [];
}
