import { queryOptions } from "@tanstack/react-query";
import { client } from "../api/client.js";
import { isObject, type Json, member } from "../json/json.js";
import { type DraftSource, draftOf, shownDraft } from "../profile/draft.js";
import type { NamedDocument } from "./registry-differences.js";

/** All profiles of a registry as of one moment: an export of it. */
export const registryDocumentsQuery = (registry: string) =>
  queryOptions({
    queryKey: ["registry-documents", registry],
    queryFn: async ({ signal }): Promise<NamedDocument[]> => {
      const answer = await client.exportRegistries({ registry, format: "json", signal });
      const profiles = member(
        member(member((await answer.json()) as Json, "registries"), registry),
        "profiles",
      );
      if (!isObject(profiles)) return [];
      return Object.entries(profiles).map(([slug, stored]) => ({
        slug,
        document: shownDraft(draftOf(whole(stored))),
      }));
    },
  });

/** Files leave out what is empty. */
function whole(stored: Json): DraftSource {
  const object = isObject(stored) ? stored : {};
  const policy = member(object, "policy");
  return {
    metadata: {},
    runtime: {},
    ...object,
    policy: { allow_overrides: false, read_only: false, ...(isObject(policy) ? policy : {}) },
  } as DraftSource;
}
