import type { ProfileItem } from "../client/documents.js";

/** Those that hold every word in name, slug, description or tags; case and accents do not count. */
export function matching(profiles: readonly ProfileItem[], filter: string): readonly ProfileItem[] {
  const words = folded(filter).split(/\s+/).filter(Boolean);
  if (words.length === 0) return profiles;
  return profiles.filter(({ slug, display_name, description, tags = [] }) => {
    const text = folded([display_name, slug, description, ...tags].join(" "));
    return words.every((word) => text.includes(word));
  });
}

export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
