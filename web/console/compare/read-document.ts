import { queryOptions } from "@tanstack/react-query";
import { client } from "../api/client.js";
import { draftOf, shownDraft } from "../profile/draft.js";
import { type Side, sideText } from "./side.js";

/** The profile of a side, as it is written. */
export const sideQuery = (side: Side) =>
  queryOptions({
    queryKey: ["side", sideText(side)],
    queryFn: async ({ signal }) => {
      const { registry, profile = "", version } = side;
      const options = { registry, signal };
      const document =
        version === undefined
          ? await client.getProfile(profile, options)
          : await client.getProfileVersion(profile, version, options);
      return shownDraft(draftOf(document));
    },
  });
