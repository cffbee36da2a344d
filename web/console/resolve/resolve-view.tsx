import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { client } from "../api/client.js";
import type { JsonObject } from "../json/json.js";
import { Page } from "../ui/page.js";
import { Problem } from "../ui/states.js";
import { useDebounced } from "../ui/use-debounced.js";
import { Answer } from "./answer.js";
import { CopyAs } from "./copy-as-buttons.js";
import { explained } from "./request-body.js";
import { RequestForm } from "./request-form.js";

const DEBOUNCE_MS = 300;

export default function ResolveView() {
  const [params] = useSearchParams();
  const [body, setBody] = useState<JsonObject>(() => fromQuery(params));
  const settled = useDebounced(body, DEBOUNCE_MS);
  const answer = useQuery({
    queryKey: ["resolve", settled],
    queryFn: () => client.resolve(explained(settled)),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
  const current = useMemo(
    () => !answer.isPlaceholderData && settled === body,
    [answer.isPlaceholderData, settled, body],
  );
  return (
    <Page
      title="Resolve"
      subtitle="Which runtime would a turn run with, and why? Asking changes nothing."
      actions={<CopyAs body={body} />}
    >
      <div className="resolve">
        <RequestForm body={body} onChange={setBody} />
        <section className={current ? "stack" : "stack stale"} aria-label="Answer" aria-busy={!current}>
          {answer.isError && <Problem error={answer.error} retry={() => void answer.refetch()} />}
          {answer.data && !answer.isError && <Answer answer={answer.data} />}
        </section>
      </div>
    </Page>
  );
}

function fromQuery(params: URLSearchParams): JsonObject {
  const given = ["registry", "profile"].flatMap((name) => {
    const value = params.get(name);
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}
