import { useMemo } from "react";
import {
  equalJson,
  isObject,
  type Json,
  type JsonObject,
  member,
  prettyJson,
  withMember,
} from "../json/json.js";
import { DiffView } from "./diff-view.js";

export interface DocumentDiffProps {
  /** Undefined: there is none. */
  before: JsonObject | undefined;
  after: JsonObject | undefined;
}

/** The prompt as the text that it is, all else as JSON. */
export function DocumentDiff({ before, after }: DocumentDiffProps) {
  const [a, b] = useMemo(() => [parts(before), parts(after)], [before, after]);
  const prompt = a.prompt !== b.prompt;
  const rest = !equalJson(a.rest, b.rest);
  if (!prompt && !rest) return <p className="muted">There is no difference.</p>;
  return (
    <div className="stack">
      {prompt && (
        <section className="stack tight">
          <h3>Prompt</h3>
          <DiffView label="Difference of the prompt" language="text" before={a.prompt} after={b.prompt} />
        </section>
      )}
      {rest && (
        <section className="stack tight">
          <h3>{prompt ? "Everything else" : "Document"}</h3>
          <DiffView label="Difference of the document" before={textOf(a.rest)} after={textOf(b.rest)} />
        </section>
      )}
    </div>
  );
}

function parts(document: JsonObject | undefined): { prompt: string; rest: Json | undefined } {
  const runtime = member(document, "runtime");
  const prompt = member(runtime, "system_prompt");
  if (document === undefined || !isObject(runtime) || typeof prompt !== "string")
    return { prompt: "", rest: document };
  return { prompt, rest: withMember(document, "runtime", withMember(runtime, "system_prompt", undefined)) };
}

function textOf(value: Json | undefined): string {
  return value === undefined ? "" : prettyJson(sorted(value));
}

/** Members in one order, so that only what differs shows. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(member(value, name) ?? null)]),
  );
}
