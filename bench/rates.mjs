/** Requests per second, ours beside what they are compared with: the rows, and how they are measured. */
import { processorMicros, progress } from "./processes.mjs";
import { BATCH } from "./requests.mjs";
import { LARGE, ROUNDS, SECONDS, SMALL, UNCOUNTED } from "./settings.mjs";
import { target } from "./targets.mjs";

const number = (value) => value.toLocaleString("en");

/** A name, what is measured and its baseline, both as targets.mjs names them, and the least ratio of the two. */
export const ROWS = [
  ["Connect JSON", "profiles json", "http json", 0.6],
  ["Connect proto", "profiles proto", "http proto", 0.6],
  ["gRPC", "profiles grpc", "http2 grpc", 0.6],
  ["REST GET resolve/{slug}", "profiles restResolve", "fastify restResolve", 0.6],
  ["REST GET profiles/{slug}", "profiles restProfile", "fastify restProfile", 0.6],
  ["Connect JSON, any conv_id", "profiles conversations", "http conversations", 0.6],
  ["Connect JSON, any conv_id, a mode at 50 %", "profiles rollout", "http rollout", 0.6],
  ["Connect JSON, request overrides", "profiles overrides", "http overrides", 0.3],
  ["Connect JSON, keys never asked for", "cold each", "http json"],
  ["Connect JSON, to the stock handler", "profiles json", "stock json", 5],
  ["gRPC, to the stock handler", "profiles grpc", "stock2 grpc", 5],
  [`Connect JSON, ${number(LARGE)} profiles to ${number(SMALL)}`, "large json", "small json", 0.9],
  [`answers in batches of ${BATCH}, Connect JSON, to single calls`, "profiles batchJson", "profiles json", 3],
  [`answers in batches of ${BATCH}, gRPC, to single calls`, "profiles batchGrpc", "profiles grpc", 3],
].map(([name, measured, baseline, goal]) => ({ name, measured, baseline, goal }));

/** Rows of the report, and the median rate by target. `micros` is processor time of the server for an answer, in µs. */
export async function measureRates(rows) {
  if (rows.length === 0) return { results: [], rates: new Map() };
  const { rates, micros } = await medians([
    ...new Set(rows.flatMap(({ measured, baseline }) => [measured, baseline])),
  ]);
  const results = rows.map(({ name, measured, baseline, goal }) => ({
    name,
    unit: "/s",
    measured: rates.get(measured),
    baseline: rates.get(baseline),
    micros: [micros.get(measured), micros.get(baseline)],
    atLeast: goal,
    ofBare: /^(http|fastify)/.test(baseline),
  }));
  return { results, rates };
}

/** All targets in turns, forth and back: what disturbs the machine disturbs neighbours alike. */
export async function medians(names) {
  progress("servers, each asked for every key");
  const [rates, micros] = [new Map(), new Map()];
  for (const name of names) {
    await target(name);
    rates.set(name, []);
    micros.set(name, []);
  }
  for (let round = -UNCOUNTED; round < ROUNDS; round++) {
    progress(`requests per second, round ${round + 1} of ${ROUNDS}`);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { pid, rate } = await target(name);
      const before = processorMicros(pid);
      const reached = await rate(round + UNCOUNTED);
      if (reached === 0) throw new Error(`${name}: no answer within ${SECONDS} s`);
      if (round < 0) continue;
      rates.get(name).push(reached);
      micros.get(name).push((processorMicros(pid) - before) / (reached * SECONDS));
    }
  }
  const ofEach = (all) => new Map(names.map((name) => [name, median(all.get(name))]));
  return { rates: ofEach(rates), micros: ofEach(micros) };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
