import { useQuery } from "@tanstack/react-query";
import { Icon } from "../ui/icon.js";

const SHOWN = 5;

/**
 * Stored documents that cannot be read are left out of lists. The server names those it has met, as `REGISTRY/PROFILE`: it is
 * asked once it has read the list.
 */
export function UnreadableBanner({ registry }: { registry?: string }) {
  const ready = useQuery({
    queryKey: ["ready"],
    queryFn: async ({ signal }) => {
      const answer = await fetch("/readyz", { signal });
      return (await answer.json()) as { unreadable?: string[]; store?: { problem?: string } };
    },
    retry: false,
    staleTime: 0,
  });
  const lost = (ready.data?.unreadable ?? []).filter(
    (name) => registry === undefined || name === registry || name.startsWith(`${registry}/`),
  );
  const problem = ready.data?.store?.problem;
  if (lost.length === 0 && !problem) return null;
  return (
    <div className="banner warn" role="alert">
      <Icon name="warn" />
      <p>
        {problem && <>The store cannot be written: {problem}. </>}
        {lost.length > 0 && (
          <>
            Stored documents that cannot be read, and so are not listed:{" "}
            <bdi>{lost.slice(0, SHOWN).join(", ")}</bdi>
            {lost.length > SHOWN && ` and ${lost.length - SHOWN} more`}. A rollback to an earlier version
            mends one.
          </>
        )}
      </p>
    </div>
  );
}
