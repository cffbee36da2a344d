import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import type { Registry } from "../../client/index.js";
import { registriesQuery } from "../api/queries.js";
import { filesPath, registryPath, registrySettingsPath } from "../shell/paths.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Tags } from "../ui/marks.js";
import { Page } from "../ui/page.js";
import { SearchInput } from "../ui/search-input.js";
import { Empty, Loading, Problem } from "../ui/states.js";
import { Edited } from "../ui/time.js";
import { type Column, type Sorting, VirtualTable } from "../ui/virtual-table.js";
import { NewRegistryDialog } from "./new-registry-dialog.js";
import { UnreadableBanner } from "./unreadable-banner.js";

const COLUMNS: readonly Column<Registry>[] = [
  {
    key: "name",
    title: "Registry",
    width: "minmax(110px, 3fr)",
    sortable: true,
    cell: (row) => <Name {...row} />,
  },
  {
    key: "default",
    title: "Default profile",
    width: "minmax(80px, 1.4fr)",
    wideOnly: true,
    cell: (row) => <bdi className="muted">{row.default_profile_slug ?? "none"}</bdi>,
  },
  {
    key: "tags",
    title: "Tags",
    width: "minmax(50px, 1fr)",
    cell: (row) => <Tags tags={row.metadata.tags} />,
  },
  {
    key: "version",
    title: "Version",
    width: "64px",
    sortable: true,
    cell: (row) => <span className="muted">v{row.metadata.version}</span>,
  },
  {
    key: "edited",
    title: "Edited",
    width: "minmax(120px, 1fr)",
    sortable: true,
    cell: ({ metadata }) => <Edited ms={metadata.updated_at_ms} by={metadata.updated_by} />,
  },
  {
    key: "settings",
    title: "Settings",
    width: "72px",
    wideOnly: true,
    cell: ({ slug }) => (
      <span className="above">
        <ButtonLink
          look="ghost"
          size="small"
          icon="edit"
          href={registrySettingsPath(slug)}
          aria-label={`Settings of ${slug}`}
        />
      </span>
    ),
  },
];

function Name({ slug, display_name, description }: Registry) {
  return (
    <div className="grow">
      <div className="vrow-title">
        <Link className="clip name" href={registryPath(slug)}>
          {display_name ?? slug}
        </Link>
        {display_name && <span className="small faint clip">{slug}</span>}
      </div>
      {description && <p className="small muted clip name">{description}</p>}
    </div>
  );
}

const ORDERS: Record<string, (a: Registry, b: Registry) => number> = {
  name: (a, b) => (a.display_name ?? a.slug).localeCompare(b.display_name ?? b.slug),
  version: (a, b) => a.metadata.version - b.metadata.version,
  edited: (a, b) => a.metadata.updated_at_ms - b.metadata.updated_at_ms,
};

export function RegistriesView() {
  const registries = useQuery(registriesQuery());
  const [search, setSearch] = useQueryState("q");
  const [sorting, setSorting] = useState<Sorting>({ key: "name", descending: false });
  const [creating, setCreating] = useState(false);
  const rows = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const found = (registries.data ?? []).filter(({ slug, display_name = "", description = "" }) =>
      `${slug}\n${display_name}\n${description}`.toLowerCase().includes(wanted),
    );
    const order = ORDERS[sorting.key] ?? (() => 0);
    return found.sort((a, b) => (sorting.descending ? order(b, a) : order(a, b)));
  }, [registries.data, search, sorting]);
  return (
    <Page
      title="Registries"
      subtitle="Each holds profiles of its own, and says which one is the default."
      actions={
        <>
          <ButtonLink icon="import" href={filesPath()}>
            Import
          </ButtonLink>
          <Button look="primary" icon="add" onClick={() => setCreating(true)}>
            New registry
          </Button>
        </>
      }
    >
      {registries.data && <UnreadableBanner />}
      <div className="toolbar">
        <SearchInput label="Search registries" value={search} onChange={setSearch} />
      </div>
      <section className="card">
        {registries.isPending && (
          <div className="card-body">
            <Loading />
          </div>
        )}
        {registries.isError && (
          <div className="card-body">
            <Problem error={registries.error} retry={() => void registries.refetch()} />
          </div>
        )}
        {registries.data && rows.length === 0 && (
          <Empty
            title={search ? "Nothing found" : "There is no registry yet"}
            actions={search ? <Button onClick={() => setSearch("")}>Show all</Button> : null}
          >
            {search ? `No registry matches “${search}”.` : "Make one, or import a file."}
          </Empty>
        )}
        {rows.length > 0 && (
          <VirtualTable
            label="Registries"
            rows={rows}
            rowKey={({ slug }) => slug}
            columns={COLUMNS}
            sorting={sorting}
            onSort={setSorting}
          />
        )}
      </section>
      {creating && <NewRegistryDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}
