/** What turns came to, as rows that all processes on the database add to (spec 5.5). */
import type { Database } from "better-sqlite3";
import { addCounts, type FiguresCell, type FiguresCounts, type FiguresQuery } from "../../domain/figures.js";

export interface FiguresRows {
  add(cells: readonly FiguresCell[], keepSinceMs: number): void;
  read(query: FiguresQuery): FiguresCell[];
}

interface Row {
  asked_mode: string;
  applied_mode: string;
  deployment: FiguresCell["deployment"];
  slot_ms: number;
  counts_json: string;
}

export function createFiguresRows(db: Database): FiguresRows {
  const find = db.prepare<[string, number, string, string, string], Pick<Row, "counts_json">>(
    `SELECT counts_json FROM rollout_figures
     WHERE registry_slug = ? AND slot_ms = ? AND asked_mode = ? AND applied_mode = ? AND deployment = ?`,
  );
  const put = db.prepare<[string, number, string, string, string, string]>(
    `INSERT INTO rollout_figures (registry_slug, slot_ms, asked_mode, applied_mode, deployment, counts_json)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET counts_json = excluded.counts_json`,
  );
  const forget = db.prepare<[number]>("DELETE FROM rollout_figures WHERE slot_ms < ?");
  const select = db.prepare<[string, number, number], Row>(
    `SELECT asked_mode, applied_mode, deployment, slot_ms, counts_json FROM rollout_figures
     WHERE registry_slug = ? AND slot_ms >= ? AND slot_ms < ? ORDER BY slot_ms`,
  );
  const add = db.transaction((cells: readonly FiguresCell[], keepSinceMs: number): void => {
    for (const { registry, slotMs, askedMode, appliedMode, deployment, counts } of cells) {
      const key = [registry, slotMs, askedMode, appliedMode, deployment] as const;
      const stored = find.get(...key);
      const sum = stored ? addCounts(JSON.parse(stored.counts_json) as FiguresCounts, counts) : counts;
      put.run(...key, JSON.stringify(sum));
    }
    forget.run(keepSinceMs);
  });
  return {
    add: (cells, keepSinceMs) => add.immediate(cells, keepSinceMs),
    read: ({ registry, fromMs, toMs = Number.MAX_SAFE_INTEGER }) =>
      select.all(registry, fromMs, toMs).map((row) => ({
        registry,
        askedMode: row.asked_mode,
        appliedMode: row.applied_mode,
        deployment: row.deployment,
        slotMs: row.slot_ms,
        counts: JSON.parse(row.counts_json) as FiguresCounts,
      })),
  };
}
