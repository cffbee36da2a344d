/** What a file holds, in whichever form it was written (spec 6.3). */
import type { ProfileInput, RegistryInput } from "../domain/document.js";
import { whyNotJson } from "../domain/json.js";
import type { Position } from "./format-error.js";
import type { LocatedJson } from "./located-json.js";

export type InputFormat = "canonical-registries" | "single-registry" | "legacy-map" | "empty";

export interface SourceProfile {
  slug: string;
  input: ProfileInput;
}

export interface SourceRegistry {
  slug: string;
  input: RegistryInput;
  profiles: SourceProfile[];
}

export interface SourceDocuments {
  format: InputFormat;
  /** In the order of the file, as are their profiles. */
  registries: SourceRegistry[];
  /**
   * Where a field of a document stands, as validation names it (spec 1.4); the nearest thing that exists where it is
   * missing. Without a profile it is a field of the registry, without a field the document itself.
   */
  locate(registry: string, profile: string | undefined, field: string | undefined): Position;
}

/** A registry that was read, and where it and its profiles stand. */
export interface PlacedRegistry {
  registry: SourceRegistry;
  at: LocatedJson;
  profiles: ReadonlyMap<string, () => LocatedJson>;
}

/** As JSON.parse makes it, which takes a third of the memory: a file may hold a hundred thousand. */
export function sourceProfile(slug: string, input: ProfileInput): SourceProfile {
  // What is no JSON is validation's to report (spec 1.2).
  if (whyNotJson(input) !== undefined) return { slug, input };
  return { slug, input: JSON.parse(JSON.stringify(input)) as ProfileInput };
}
