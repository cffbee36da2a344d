import { useQuery } from "@tanstack/react-query";
import { Icon } from "../ui/icon.js";

interface Unreadable {
  registry?: string;
  profile?: string;
}

const SHOWN = 5;

/** Stored documents that cannot be read are left out of lists; the server knows which they are. */
export function UnreadableBanner({ registry }: { registry?: string }) {
  const ready = useQuery({
    queryKey: ["ready"],
    queryFn: async ({ signal }) => {
      const answer = await fetch("/readyz", { signal });
      return (await answer.json()) as { unreadable?: Unreadable[]; store?: { problem?: string } };
    },
    retry: false,
  });
  const lost = (ready.data?.unreadable ?? []).filter(
    (one) => registry === undefined || one.registry === registry,
  );
  const problem = ready.data?.store?.problem;
  if (lost.length === 0 && !problem) return null;
  const names = lost
    .slice(0, SHOWN)
    .map(({ registry: of, profile }) => [of, profile].filter(Boolean).join("/"));
  return (
    <div className="banner warn" role="alert">
      <Icon name="warn" />
      <p>
        {problem && <>The store cannot be written: {problem}. </>}
        {lost.length > 0 && (
          <>
            Stored documents that cannot be read, and so are not listed: <bdi>{names.join(", ")}</bdi>
            {lost.length > SHOWN && ` and ${lost.length - SHOWN} more`}. A rollback to an earlier version
            mends one.
          </>
        )}
      </p>
    </div>
  );
}
