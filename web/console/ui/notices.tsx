/** Short words about what has just been done, at the edge of the page. */
import { useSyncExternalStore } from "react";
import { Button } from "./button.js";
import { describeError } from "./describe-error.js";

interface Notice {
  id: number;
  text: string;
  danger: boolean;
}

const SHOWN_MS = 6_000;
let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

export function notify(text: string): void {
  add(text, false);
}

export function notifyError(error: unknown): void {
  const { title, detail } = describeError(error);
  add(detail ? `${title}: ${detail}` : title, true);
}

function add(text: string, danger: boolean): void {
  const id = ++lastId;
  set([...notices.slice(-3), { id, text, danger }]);
  // What went wrong stays until it is read.
  if (!danger) setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  set(notices.filter((notice) => notice.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Notices() {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <div className="notices" role="status" aria-label="Notices">
      {shown.map(({ id, text, danger }) => (
        <div className={danger ? "notice danger" : "notice"} key={id}>
          <p>{text}</p>
          <Button look="ghost" size="small" icon="close" aria-label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
