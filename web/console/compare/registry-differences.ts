/** Which profiles two registries have differently. Pure. */
import { equalJson, type JsonObject } from "../json/json.js";

export interface NamedDocument {
  slug: string;
  document: JsonObject;
}

export interface ProfileDifference {
  slug: string;
  /** `differs`: both have it, otherwise. */
  kind: "only left" | "only right" | "differs";
}

export interface RegistryDifferences {
  different: ProfileDifference[];
  alike: number;
}

/** By slug. */
export function registryDifferences(
  a: readonly NamedDocument[],
  b: readonly NamedDocument[],
): RegistryDifferences {
  const left = new Map(a.map(({ slug, document }) => [slug, document]));
  const right = new Map(b.map(({ slug, document }) => [slug, document]));
  const different: ProfileDifference[] = [];
  let alike = 0;
  for (const slug of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [one, other] = [left.get(slug), right.get(slug)];
    if (one === undefined) different.push({ slug, kind: "only right" });
    else if (other === undefined) different.push({ slug, kind: "only left" });
    else if (equalJson(one, other)) alike += 1;
    else different.push({ slug, kind: "differs" });
  }
  return { different, alike };
}
