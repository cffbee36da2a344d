import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { client } from "../api/client.js";
import { useDebounced } from "../ui/use-debounced.js";
import { type ProfileRow, type Sort, sorted } from "./profile-row.js";

const FIRST_PAGE = 100;
/** What is read on: many at once, they are small. */
const PAGE = 1_000;
const SEARCH_DEBOUNCE_MS = 180;

export interface RowsWanted {
  registry: string;
  tag: string;
  search: string;
  sort: Sort;
  descending: boolean;
}

/**
 * Pages of the server's list, read as far as they are looked at; it searches too. Other orders than the server's, by slug, are
 * made here of all rows, page by page while some are shown already.
 */
export function useProfileRows({ registry, tag, search, sort, descending }: RowsWanted) {
  const q = useDebounced(search.trim(), SEARCH_DEBOUNCE_MS);
  const query = useInfiniteQuery({
    queryKey: ["profiles", registry, tag, q],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const list = client.listProfiles({ registry, tag: tag || undefined, pageSize: FIRST_PAGE, signal });
      // The parameters of a page, which the server's link to the next one keeps.
      const first = new URLSearchParams({ view: "summary", ...(q && { q }) });
      const next = new URLSearchParams(pageParam);
      if (pageParam !== "") next.set("limit", String(PAGE));
      return list.page(String(pageParam === "" ? first : next));
    },
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const needsAll = sort !== "slug" || descending;
  useEffect(() => {
    if (needsAll && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [needsAll, hasNextPage, isFetching, isError, fetchNextPage]);

  const all = useMemo((): readonly ProfileRow[] => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const rows = useMemo(() => sorted(all, sort, descending), [all, sort, descending]);
  return { query, rows, more: hasNextPage, reading: needsAll && hasNextPage };
}
