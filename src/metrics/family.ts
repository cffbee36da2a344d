/**
 * What a scrape reads. Numbers are kept where they arise, as plain as they can be: a request pays for an addition, and the
 * scrape for names and labels. The registry's JSON form adds up over processes by each family's `merge`
 * (AggregatorRegistry.aggregate).
 */
import type { Aggregator, Metric, Registry } from "prom-client";

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels: Labels;
  value: number;
  /** Of a histogram's parts: the family's name and a suffix. */
  metricName?: string;
}

export interface Family {
  /** By the conventions of Prometheus: base units, `_total` for what only grows. */
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  /** How the values of several processes become one. */
  merge: Extract<Aggregator, "sum" | "max" | "first">;
  read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

export function addFamilies(registry: Registry, families: readonly Family[]): void {
  for (const { name, help, type, merge: aggregator, read } of families) {
    const get = async () => ({ name, help, type, aggregator, values: await read() });
    // A name and `get` are all that a registry uses; prom-client's aggregate registers such objects too.
    registry.registerMetric({ name, help, type, aggregator, get } as unknown as Metric);
  }
}

/** A family with a single value. */
export function single(value: number): Sample[] {
  return [{ labels: {}, value }];
}
