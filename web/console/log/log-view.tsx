import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { registriesQuery } from "../api/queries.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Button } from "../ui/button.js";
import { Page } from "../ui/page.js";
import { SearchInput } from "../ui/search-input.js";
import { Empty, Loading, Problem } from "../ui/states.js";
import { useDebounced } from "../ui/use-debounced.js";
import { VirtualTable } from "../ui/virtual-table.js";
import type { Connection } from "./follow-log.js";
import { LOG_COLUMNS } from "./log-columns.js";
import type { LogRow } from "./log-row.js";
import { useLog } from "./use-log.js";

const DEBOUNCE_MS = 300;
const rowKey = ({ revision }: LogRow): string => String(revision);

const CONNECTIONS: Record<Connection, readonly [string, string]> = {
  live: ["ok", "Live"],
  connecting: ["", "Connecting"],
  lost: ["warn", "Connection lost, trying again"],
};

export default function LogView() {
  const registries = useQuery(registriesQuery());
  const [registry, setRegistry] = useQueryState("registry");
  const [profile, setProfile] = useQueryState("profile");
  const settled = useDebounced(profile.trim(), DEBOUNCE_MS);
  const { rows, connection, error, readOlder, readingOlder, retry } = useLog({ registry, profile: settled });
  const names = registries.data?.map(({ slug }) => slug) ?? [];
  const [look, text] = CONNECTIONS[connection];
  const onEnd = useCallback(() => {
    if (readOlder && !readingOlder) readOlder();
  }, [readOlder, readingOlder]);
  return (
    <Page
      title="Log"
      subtitle="Every write, by whichever way it came, as it happens."
      marks={
        <span className={`badge ${look}`} role="status">
          {text}
        </span>
      }
    >
      <div className="toolbar">
        <select
          className="input tag-filter"
          aria-label="Registry of the log"
          value={registry}
          onChange={({ target }) => {
            setRegistry(target.value);
          }}
        >
          <option value="">All registries</option>
          {[...new Set([...names, ...(registry ? [registry] : [])])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <SearchInput label="Profile, by its slug" value={profile} onChange={setProfile} />
      </div>
      <section className="card">
        {error !== undefined && (
          <div className="card-body">
            <Problem error={error} retry={retry} />
          </div>
        )}
        {rows === undefined && error === undefined && (
          <div className="card-body">
            <Loading lines={6} />
          </div>
        )}
        {rows?.length === 0 && (
          <Empty title="Nothing yet">What is written from now on shows here at once.</Empty>
        )}
        {rows !== undefined && rows.length > 0 && (
          <VirtualTable
            label="Log entries"
            rows={rows}
            rowKey={rowKey}
            columns={LOG_COLUMNS}
            onEnd={onEnd}
            rowHeight={38}
          />
        )}
      </section>
      {readOlder && rows && (
        <div>
          <Button busy={readingOlder} onClick={readOlder}>
            Older entries
          </Button>
        </div>
      )}
    </Page>
  );
}
