/**
 * What a resolve costs, beside servers that send the same bytes without doing anything: `npm run bench`. Prints a table with
 * the goals; with `-- --write` bench/results/resolve.md and its picture are written too. Misses of goals are told, not failed.
 *
 * What is measured is the steady state: every key has been asked for once before, and code is compiled; one row has keys that
 * nobody has asked for. Rounds are interleaved and medians compared, since machines are noisy; only ratios within one run mean
 * something. Load comes from the same machine. settings.mjs has the variables that set the size (QUICK=1: a minute, to see that
 * all of it works), among them ONLY, a regular expression for the names of rows: `ONLY='^Connect|^gRPC' npm run bench`.
 */
import * as durable from "./durable.mjs";
import * as footprint from "./footprint.mjs";
import * as latency from "./latency.mjs";
import * as rates from "./rates.mjs";
import { facts, table, writeResults } from "./report.mjs";
import { ONLY, WRITE } from "./settings.mjs";

const wanted = ({ ROWS }) => ROWS.filter(({ name }) => ONLY.test(name));

const needs = await footprint.measureFootprint(wanted(footprint));
const speed = await rates.measureRates(wanted(rates));
const latencies = await latency.measureLatencies(wanted(latency), speed.rates);
const writes = await durable.measureWrites(wanted(durable));

const results = [...speed.results, ...latencies, ...needs, ...writes];
console.log(`${table(results)}\n\n${(await facts()).join("\n")}`);
if (WRITE) await writeResults(results);
// The servers would keep it alive.
process.exit();
