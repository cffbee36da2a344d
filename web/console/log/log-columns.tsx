import { Link } from "wouter";
import { operationText } from "../history/operation-text.js";
import { historyPath, registryPath, rolloutPath } from "../shell/paths.js";
import { absoluteTime, Time } from "../ui/time.js";
import type { Column } from "../ui/virtual-table.js";
import type { LogRow } from "./log-row.js";

export const LOG_COLUMNS: readonly Column<LogRow>[] = [
  {
    key: "what",
    title: "What",
    width: "minmax(140px, 2.4fr)",
    cell: (row) => (
      <div className="vrow-title">
        <What {...row} />
        <span className="small faint nowrap">v{row.version}</span>
      </div>
    ),
  },
  {
    key: "operation",
    title: "Done",
    width: "minmax(96px, 1.4fr)",
    cell: ({ operation, reason }) => (
      <span>
        {operationText(operation)}
        {reason && <bdi className="small muted">: {reason}</bdi>}
      </span>
    ),
  },
  {
    key: "actor",
    title: "By",
    width: "minmax(90px, 1fr)",
    cell: ({ actor, source }) => (
      <span className="muted">
        <bdi>{actor}</bdi> <span className="small faint">({source})</span>
      </span>
    ),
  },
  {
    key: "time",
    title: "When",
    width: "96px",
    cell: ({ time_ms }) => (
      <span className="muted" title={absoluteTime(time_ms)}>
        <Time ms={time_ms} />
      </span>
    ),
  },
  {
    key: "revision",
    title: "Revision",
    width: "80px",
    align: "end",
    cell: ({ revision }) => <span className="faint">{revision}</span>,
  },
];

function What({ registry, profile, mode, version }: LogRow) {
  const [href, name] = profile
    ? [`${historyPath(registry, profile)}?version=${version}`, `${registry} / ${profile}`]
    : mode
      ? [rolloutPath(registry, mode), `${registry} / rollout of ${mode}`]
      : [registryPath(registry), registry];
  return (
    <Link className="clip name" href={href}>
      {name}
    </Link>
  );
}
