import { useEffect, useState } from "react";

const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** `5 min. ago`, and the date itself on hover; past a week, the date. */
export function Time({ ms }: { ms: number }) {
  const now = useNow();
  const date = new Date(ms);
  return (
    <time dateTime={date.toISOString()} title={ABSOLUTE.format(date)} className="nowrap">
      {relative(ms, now)}
    </time>
  );
}

/** When and by whom, in two short lines. */
export function Edited({ ms, by }: { ms: number; by: string }) {
  return (
    <span className="edited muted">
      <Time ms={ms} />{" "}
      <span className="small faint clip">
        by <bdi>{by}</bdi>
      </span>
    </span>
  );
}

function relative(ms: number, now: number): string {
  const ago = now - ms;
  if (Math.abs(ago) > 7 * 86_400_000) return SHORT.format(ms);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(ago) >= size) ?? [];
  return unit && length ? RELATIVE.format(-Math.round(ago / length), unit) : "just now";
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function absoluteTime(ms: number): string {
  return ABSOLUTE.format(ms);
}

/** `12 min`, `3 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
