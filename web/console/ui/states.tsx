/** What stands where there is nothing to show, or nothing yet. */
import type { ReactNode } from "react";
import { Button } from "./button.js";
import { describeError } from "./describe-error.js";
import { Icon } from "./icon.js";

export function Empty({
  title,
  children,
  actions,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

export function Loading({ label = "Loading", lines = 4 }: { label?: string; lines?: number }) {
  return (
    <div className="stack tight" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div className="skeleton skeleton-line" key={i} />
      ))}
    </div>
  );
}

/** `done` of `total`; without a total it only moves. */
export function Progress({ label, done, total }: { label: string; done?: number; total?: number }) {
  const known = done !== undefined && total !== undefined && total > 0;
  const percent = known ? Math.min(100, (100 * done) / total) : undefined;
  return (
    <div className="stack tight">
      <p className="small muted">{label}</p>
      <div
        className={known ? "progress" : "progress unknown"}
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
      >
        <div style={known ? { width: `${percent}%` } : undefined} />
      </div>
    </div>
  );
}

/** A request that failed, in the server's words; `retry` where asking again may help. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail, requestId } = describeError(error);
  return (
    <div className="banner danger" role="alert">
      <Icon name="warn" />
      <p>
        <span className="strong">{title}</span>
        {detail && <> — {detail}</>}
        {requestId && <span className="small"> (request {requestId})</span>}
      </p>
      {retry && (
        <Button size="small" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
