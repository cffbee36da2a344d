import type { ProfileVersion } from "../../client/index.js";
import { readablePointer } from "../json/pointer.js";
import { Button } from "../ui/button.js";
import { Time } from "../ui/time.js";
import { operationText } from "./operation-text.js";

export interface VersionListProps {
  versions: readonly ProfileVersion[];
  chosen: number;
  current: number | undefined;
  onChoose: (version: number) => void;
  more: boolean;
  reading: boolean;
  onMore: () => void;
}

const SHOWN_PATHS = 4;

export function VersionList({
  versions,
  chosen,
  current,
  onChoose,
  more,
  reading,
  onMore,
}: VersionListProps) {
  return (
    <section className="stack tight" aria-label="Versions">
      <ol className="card version-list">
        {versions.map(({ version, revision, operation, time_ms, actor, source, changed_paths }) => (
          <li key={revision}>
            <button
              type="button"
              className="version"
              aria-current={version === chosen ? "true" : undefined}
              onClick={() => onChoose(version)}
            >
              <span className="row between">
                <span className="strong">
                  v{version} {version === current && <span className="badge accent">now</span>}
                </span>
                <span className="small muted">
                  <Time ms={time_ms} />
                </span>
              </span>
              <span className="small muted">
                {operationText(operation)} by <bdi>{actor}</bdi> ({source})
              </span>
              <span className="small faint mono">
                {changed_paths.slice(0, SHOWN_PATHS).map(readablePointer).join(", ") || "no change"}
                {changed_paths.length > SHOWN_PATHS && ` and ${changed_paths.length - SHOWN_PATHS} more`}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {more && (
        <Button busy={reading} onClick={onMore}>
          Older versions
        </Button>
      )}
    </section>
  );
}
