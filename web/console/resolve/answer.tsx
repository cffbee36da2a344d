import { useState } from "react";
import { Link } from "wouter";
import type { Resolved } from "../../client/index.js";
import { CodeEditor } from "../editor/code-editor.js";
import { prettyJson } from "../json/json.js";
import { profilePath } from "../shell/paths.js";
import { CopyButton } from "../ui/copy-button.js";
import { Icon } from "../ui/icon.js";
import { TraceTable } from "./trace-table.js";

const SOURCES: Record<string, string> = {
  path: "the path",
  body: "the request",
  query_profile: "the query",
  query_runtime: "the query",
  cookie: "this browser’s cookie",
  default: "the registry’s default",
};

export function Answer({ answer }: { answer: Resolved }) {
  const [shown, setShown] = useState<"trace" | "json">("trace");
  const { registry, profile, profile_version, fingerprint, selection, processing, revision, warnings } =
    answer;
  const { trace = [], ...rest } = answer;
  return (
    <>
      <dl className="facts card card-body">
        <div>
          <dt>Profile</dt>
          <dd>
            <Link href={profilePath(registry, profile)}>
              {registry} / {profile}
            </Link>{" "}
            v{profile_version}
          </dd>
        </div>
        <div>
          <dt>Chosen by</dt>
          <dd>{SOURCES[selection.source] ?? selection.source}</dd>
        </div>
        {processing && (
          <div>
            <dt>Mode</dt>
            <dd>
              {processing.applied_mode}{" "}
              <span className={processing.outcome === "applied" ? "badge ok" : "badge"}>
                {processing.outcome.replaceAll("_", " ")}
              </span>
              {processing.bucket !== undefined && (
                <span className="small faint"> bucket {processing.bucket}</span>
              )}
            </dd>
          </div>
        )}
        <div>
          <dt>Revision</dt>
          <dd>{revision}</dd>
        </div>
        <div>
          <dt>Fingerprint</dt>
          <dd className="row tight">
            <code>{fingerprint.slice(0, 19)}…</code>
            <CopyButton
              look="ghost"
              size="small"
              aria-label="Copy the fingerprint"
              text={() => fingerprint}
            />
          </dd>
        </div>
      </dl>
      {[
        ...warnings,
        ...(selection.ignored ?? []).map(
          ({ source, value, reason }) => `${source} "${value}" was ignored: ${reason}`,
        ),
      ].map((warning) => (
        <div className="banner warn" key={warning}>
          <Icon name="warn" />
          <p>{warning}</p>
        </div>
      ))}
      <section className="card" aria-label="What it runs with">
        <div className="card-head">
          <h2 className="grow">{shown === "trace" ? "Trace" : "Answer"}</h2>
          <div className="segments">
            <button type="button" aria-pressed={shown === "trace"} onClick={() => setShown("trace")}>
              Trace
            </button>
            <button type="button" aria-pressed={shown === "json"} onClick={() => setShown("json")}>
              JSON
            </button>
          </div>
        </div>
        {shown === "trace" ? (
          <TraceTable trace={trace} />
        ) : (
          <CodeEditor
            label="Answer as JSON"
            language="json"
            size="medium"
            readOnly
            value={prettyJson(rest)}
          />
        )}
      </section>
    </>
  );
}
