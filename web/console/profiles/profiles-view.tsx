import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { registryQuery } from "../api/queries.js";
import { UnreadableBanner } from "../registries/unreadable-banner.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { filesPath, logPath, newProfilePath, registriesPath, registrySettingsPath } from "../shell/paths.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Page } from "../ui/page.js";
import { SearchInput } from "../ui/search-input.js";
import { Empty, Loading, Problem, Progress } from "../ui/states.js";
import { VirtualTable } from "../ui/virtual-table.js";
import { PROFILE_COLUMNS } from "./profile-columns.js";
import { type ProfileRow, SORTS, type Sort } from "./profile-row.js";
import { useProfileRows } from "./use-profile-rows.js";

const COUNT = new Intl.NumberFormat();
const rowKey = ({ slug }: ProfileRow): string => slug;

export function ProfilesView({ registry }: { registry: string }) {
  useRememberRegistry(registry);
  const [search, setSearch] = useQueryState("q");
  const [tag, setTag] = useQueryState("tag");
  const [order, setOrder] = useQueryState("sort", "slug");
  const descending = order.startsWith("-");
  const sort: Sort = SORTS.find((one) => one === order.replace("-", "")) ?? "slug";
  const about = useQuery(registryQuery(registry));
  const { query, rows, more, reading } = useProfileRows({ registry, tag, search, sort, descending });
  const { fetchNextPage, isFetching } = query;
  const onEnd = useCallback(() => {
    if (more && !isFetching) void fetchNextPage();
  }, [more, isFetching, fetchNextPage]);
  const tags = useMemo(() => [...new Set(rows.flatMap((row) => row.tags ?? []))].sort(), [rows]);
  const filtered = search !== "" || tag !== "";
  const clear = () => {
    setSearch("");
    setTag("");
  };
  return (
    <Page
      title={about.data?.display_name ?? registry}
      subtitle={about.data?.description && <bdi>{about.data.description}</bdi>}
      crumbs={[{ label: "Registries", href: registriesPath() }, { label: registry }]}
      actions={
        <>
          <ButtonLink look="ghost" icon="edit" href={registrySettingsPath(registry)}>
            Settings
          </ButtonLink>
          <ButtonLink look="ghost" icon="log" href={logPath(registry)}>
            Log
          </ButtonLink>
          <ButtonLink look="ghost" icon="download" href={filesPath(registry)}>
            Files
          </ButtonLink>
          <ButtonLink look="primary" icon="add" href={newProfilePath(registry)}>
            New profile
          </ButtonLink>
        </>
      }
    >
      {query.data && <UnreadableBanner registry={registry} />}
      <div className="toolbar">
        <SearchInput label="Search profiles" value={search} onChange={setSearch} />
        <select
          className="input tag-filter"
          aria-label="Tag"
          value={tag}
          onChange={(event) => setTag(event.target.value)}
        >
          <option value="">All tags</option>
          {[...new Set([...tags, ...(tag ? [tag] : [])])].map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <select
          className="input sort-filter narrow-only"
          aria-label="Sort"
          value={order}
          onChange={(event) => setOrder(event.target.value)}
        >
          <option value="slug">Name</option>
          <option value="-edited">Edited last</option>
          <option value="-version">Most versions</option>
        </select>
        <p className="muted small" role="status">
          {query.data &&
            `${COUNT.format(rows.length)}${more ? "+" : ""} ${rows.length === 1 ? "profile" : "profiles"}`}
        </p>
      </div>
      {reading && <Progress label={`Sorting: ${COUNT.format(rows.length)} profiles read so far`} />}
      <section className="card">
        {query.isPending && (
          <div className="card-body">
            <Loading lines={6} />
          </div>
        )}
        {query.isError && (
          <div className="card-body">
            <Problem
              error={query.error}
              retry={() => void (more ? query.fetchNextPage() : query.refetch())}
            />
          </div>
        )}
        {query.data && rows.length === 0 && !reading && (
          <Empty
            title={filtered ? "Nothing found" : "No profiles yet"}
            actions={
              filtered ? (
                <Button onClick={clear}>Show all</Button>
              ) : (
                <ButtonLink look="primary" icon="add" href={newProfilePath(registry)}>
                  New profile
                </ButtonLink>
              )
            }
          >
            {filtered
              ? "No profile matches. The words are looked for as they stand in name, slug and description."
              : "A profile says with which prompt, settings, middlewares and tools a chat turn runs."}
          </Empty>
        )}
        {rows.length > 0 && (
          <VirtualTable
            label="Profiles"
            rows={rows}
            rowKey={rowKey}
            columns={PROFILE_COLUMNS}
            sorting={{ key: sort, descending }}
            onSort={({ key, descending: down }) => setOrder(down ? `-${key}` : key)}
            onEnd={onEnd}
          />
        )}
      </section>
    </Page>
  );
}
