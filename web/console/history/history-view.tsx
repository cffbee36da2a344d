import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { client, isCode } from "../api/client.js";
import { profileQuery, versionQuery } from "../api/queries.js";
import { DocumentDiff } from "../editor/document-diff.js";
import { draftOf, shownDraft } from "../profile/draft.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { profilePath, registriesPath, registryPath } from "../shell/paths.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Button, ButtonLink } from "../ui/button.js";
import { Page } from "../ui/page.js";
import { Empty, Loading, Problem } from "../ui/states.js";
import { RollbackDialog } from "./rollback-dialog.js";
import { VersionList } from "./version-list.js";

export default function HistoryView({ registry, slug }: { registry: string; slug: string }) {
  useRememberRegistry(registry);
  const [chosen, setChosen] = useQueryState("version");
  const [against, setAgainst] = useQueryState("against");
  const [restoring, setRestoring] = useState(false);
  const current = useQuery(profileQuery(registry, slug));
  const deleted = isCode(current.error, "not_found");
  const unreadable = isCode(current.error, "data_loss");
  const list = useInfiniteQuery({
    queryKey: ["versions", registry, slug],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      client.listProfileVersions(slug, { registry, signal }).page(pageParam),
    getNextPageParam: ({ next }) => next,
  });
  const versions = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const version = Number(chosen) || versions[0]?.version;
  const before = Number(against) || versionBefore(versions, version);
  const choose = (next: number): void => {
    setAgainst("");
    setChosen(String(next));
  };
  const now = current.data?.metadata.version;
  return (
    <Page
      title={`History of ${slug}`}
      crumbs={[
        { label: "Registries", href: registriesPath() },
        { label: registry, href: registryPath(registry) },
        { label: slug, href: profilePath(registry, slug) },
        { label: "History" },
      ]}
      marks={deleted && versions.length > 0 && <span className="badge warn">deleted</span>}
      actions={
        <>
          {!deleted && (
            <ButtonLink icon="back" href={profilePath(registry, slug)}>
              To the profile
            </ButtonLink>
          )}
          {version !== undefined && version !== now && (
            <Button look="primary" icon="rollback" onClick={() => setRestoring(true)}>
              {deleted ? `Bring back v${version}` : `Roll back to v${version}`}
            </Button>
          )}
        </>
      }
    >
      {list.isPending && <Loading lines={6} />}
      {list.isError &&
        (isCode(list.error, "not_found") ? (
          <Empty title="There never was such a profile">
            Neither it nor a version of it is in {registry}.
          </Empty>
        ) : (
          <Problem error={list.error} retry={() => void list.refetch()} />
        ))}
      {version !== undefined && (
        <div className="history">
          <VersionList
            versions={versions}
            chosen={version}
            current={now}
            onChoose={choose}
            more={list.hasNextPage}
            reading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
          <section className="card" aria-label="Difference">
            <div className="card-head">
              <h2>v{version}</h2>
              <label className="row tight">
                <span className="muted">against</span>
                <select
                  className="input version-select"
                  aria-label="Against version"
                  value={before ?? ""}
                  onChange={({ target }) => setAgainst(target.value)}
                >
                  {before === undefined && <option value="">nothing: it is the first</option>}
                  {versions
                    .filter((one) => one.version !== version)
                    .map((one) => (
                      <option key={one.revision} value={one.version}>
                        v{one.version}
                        {one.version === now ? " (now)" : ""}
                      </option>
                    ))}
                </select>
              </label>
            </div>
            <div className="card-body">
              <VersionDiff registry={registry} slug={slug} from={before} to={version} />
            </div>
          </section>
        </div>
      )}
      {restoring && version !== undefined && (current.data || deleted || unreadable) && (
        <RollbackDialog
          registry={registry}
          slug={slug}
          version={version}
          current={current.data}
          onClose={() => setRestoring(false)}
        />
      )}
    </Page>
  );
}

function versionBefore(
  versions: readonly { version: number }[],
  version: number | undefined,
): number | undefined {
  const at = versions.findIndex((one) => one.version === version);
  return at < 0 ? undefined : versions[at + 1]?.version;
}

interface VersionDiffProps {
  registry: string;
  slug: string;
  from: number | undefined;
  to: number;
}

function VersionDiff({ registry, slug, from, to }: VersionDiffProps) {
  const before = useQuery({ ...versionQuery(registry, slug, from ?? 0), enabled: from !== undefined });
  const after = useQuery(versionQuery(registry, slug, to));
  const a = useMemo(() => before.data && shownDraft(draftOf(before.data)), [before.data]);
  const b = useMemo(() => after.data && shownDraft(draftOf(after.data)), [after.data]);
  const error = before.error ?? after.error;
  if (error) return <Problem error={error} />;
  if (after.isPending || (from !== undefined && before.isPending)) return <Loading />;
  return <DocumentDiff before={a} after={b} />;
}
