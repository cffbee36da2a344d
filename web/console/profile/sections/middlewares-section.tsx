import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { MiddlewareDefinition } from "../../../client/index.js";
import { middlewaresQuery } from "../../api/queries.js";
import { Button } from "../../ui/button.js";
import { notify } from "../../ui/notices.js";
import { Empty, Problem } from "../../ui/states.js";
import { addMiddleware, mixesSecrets, moveMiddleware } from "../middlewares.js";
import { type SectionProps, withRuntime } from "../section-props.js";
import { CatalogDialog } from "./catalog-dialog.js";
import { MiddlewareCard } from "./middleware-card.js";

const GIVE_IDS =
  "There are several of these without id that hold stored secrets: give each an id and write its secret again, then it can be moved.";

export function MiddlewaresSection({ draft, update, violations, readOnly }: SectionProps) {
  const catalog = useQuery(middlewaresQuery());
  const [adding, setAdding] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [moved, setMoved] = useState<{ to: number; by: 1 | -1 }>();
  // The focus goes along with what was moved, so that the same key moves it on.
  useEffect(() => {
    if (moved === undefined) return;
    const buttons =
      list.current?.children[moved.to]?.querySelectorAll<HTMLButtonElement>("[data-move]") ?? [];
    const usable = [...buttons].filter(({ disabled }) => !disabled);
    (usable.find(({ dataset }) => dataset.move === String(moved.by)) ?? usable[0])?.focus();
  }, [moved]);
  const [removed, setRemoved] = useState<{ at: number }>();
  // What took its place, else what is the last one now, else the button that adds one.
  useEffect(() => {
    if (removed === undefined) return;
    const cards = list.current?.children ?? [];
    const next = cards[Math.min(removed.at, cards.length - 1)] ?? box.current;
    next?.querySelector<HTMLButtonElement>("button")?.focus();
  }, [removed]);
  const { middlewares } = draft.runtime;
  const definitions = new Map(catalog.data?.map((definition) => [definition.name, definition]));
  const setAll = (next: typeof middlewares): void => update((now) => withRuntime(now, { middlewares: next }));
  const toggle = (at: number): void =>
    setOpened((now) => (now.has(at) ? new Set([...now].filter((one) => one !== at)) : new Set([...now, at])));
  const add = ({ name }: MiddlewareDefinition): void => {
    setAll(addMiddleware(middlewares, name));
    setOpened((now) => new Set([...now, middlewares.length]));
    setAdding(false);
  };
  const addButton = !readOnly && (
    <div>
      <Button icon="add" onClick={() => setAdding(true)}>
        Add middleware
      </Button>
    </div>
  );
  return (
    <div className="stack" ref={box}>
      {catalog.isError && <Problem error={catalog.error} retry={() => void catalog.refetch()} />}
      {middlewares.length === 0 && (
        <section className="card">
          <Empty title="No middlewares" actions={addButton}>
            They run around the model, in this order, each with a config of its own.
          </Empty>
        </section>
      )}
      <ol className="stack tight" ref={list}>
        {middlewares.map((entry, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its position; its config is shown from the draft
          <li key={i}>
            <MiddlewareCard
              entry={entry}
              position={i}
              last={i === middlewares.length - 1}
              definition={definitions.get(entry.name)}
              known={!catalog.isSuccess || definitions.has(entry.name)}
              violations={violations}
              readOnly={readOnly}
              open={opened.has(i)}
              onToggle={() => toggle(i)}
              onChange={(next) => setAll(middlewares.map((one, at) => (at === i ? next : one)))}
              onRemove={() => {
                if (mixesSecrets(middlewares, i)) return notify(GIVE_IDS);
                setAll(middlewares.filter((_, at) => at !== i));
                setOpened(new Set());
                setRemoved({ at: i });
              }}
              onMove={(by) => {
                if (mixesSecrets(middlewares, i, i + by)) return notify(GIVE_IDS);
                setAll(moveMiddleware(middlewares, i, i + by));
                setMoved({ to: i + by, by });
                setOpened(
                  (now) => new Set([...now].map((at) => (at === i ? i + by : at === i + by ? i : at))),
                );
              }}
            />
          </li>
        ))}
      </ol>
      {middlewares.length > 0 && addButton}
      {adding && (
        <CatalogDialog
          title="Add middleware"
          entries={(catalog.data ?? []).map((definition) => ({
            key: definition.name,
            name: definition.display_name,
            description: definition.description,
            choose: () => add(definition),
          }))}
          onClose={() => setAdding(false)}
        />
      )}
    </div>
  );
}
