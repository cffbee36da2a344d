/**
 * How long an answer takes, at half of the rate that the service reached in this run: beside the bare server at the same rate,
 * and beside itself without writes, then also at a tenth. Requests come at a constant rate (open-loop.mjs; for gRPC h2load, a
 * connection with room for all that wait). Medians over rounds of each round's p99.
 */
import { readFileSync, rmSync } from "node:fs";
import { h2load, TOOLS } from "./load.mjs";
import { progress, task, temporary } from "./processes.mjs";
import { service } from "./profiles.mjs";
import { median, medians } from "./rates.mjs";
import { writeRequests } from "./requests.mjs";
import { P99_SECONDS, PROFILES, ROUNDS, WRITES } from "./settings.mjs";
import { target } from "./targets.mjs";
import { shuffled } from "./zipf.mjs";

/** Of writes, which take some thousand until their code is compiled. */
const WARM_UP_RATE = 1_000;

const HALF = [
  ["Connect JSON", "profiles json", "http json"],
  ["gRPC", "profiles grpc", "http2 grpc"],
  ["REST GET resolve/{slug}", "profiles restResolve", "fastify restResolve"],
].map(([what, measured, baseline]) => ({ name: `p99 at half load, ${what}`, measured, baseline, atMost: 3 }));

/** `another`: to a service in another process, which costs this one nothing: what is left is that others need the processors too. */
const writing = (load, share, another) => ({
  name: `p99 at ${load}, Connect JSON, with ${WRITES} durable writes/s${another ? " to another process" : ""}, to without`,
  measured: "profiles json",
  share,
  another,
  ...(another ? {} : { atMost: 2 }),
});
const WHILE_WRITING = [
  writing("half load", 1 / 2, false),
  writing("half load", 1 / 2, true),
  writing("a tenth of the load", 1 / 10, false),
  writing("a tenth of the load", 1 / 10, true),
];

export const ROWS = [...HALF, ...WHILE_WRITING];

/** Rows of the report. `rates` are those that this run has measured already. */
export async function measureLatencies(rows, rates) {
  const results = [];
  for (const row of rows) {
    progress(row.name);
    const reached = rates.get(row.measured) ?? (await medians([row.measured])).rates.get(row.measured);
    results.push(
      await (HALF.includes(row) ? besideBare(row, reached / 2) : whileWriting(row, reached * row.share)),
    );
  }
  return results;
}

async function besideBare({ name, measured, baseline, atMost }, rate) {
  if (measured.endsWith("grpc") && TOOLS.http2 !== "h2load") {
    return { name, unit: "ms", note: "needs h2load", atMost };
  }
  const took = { measured: [], baseline: [] };
  for (let round = 0; round < ROUNDS; round++) {
    took.measured.push(await p99(measured, rate, round));
    took.baseline.push(await p99(baseline, rate, round));
  }
  const note = `${Math.round(rate).toLocaleString("en")}/s`;
  return { name, unit: "ms", measured: median(took.measured), baseline: median(took.baseline), note, atMost };
}

async function whileWriting({ name, measured, another, atMost }, rate) {
  const { url } = another ? await service(PROFILES, "another") : await target(measured);
  const file = writeRequests("write", shuffled(PROFILES, 5));
  const took = { with: [], without: [] };
  const achieved = [];
  // Thrown away: the code of writes is compiled, and what they changed is asked for again.
  await task("open-loop.mjs", { url, file, from: 0, rate: WARM_UP_RATE, seconds: 4, connections: 64 });
  await p99(measured, rate, ROUNDS);
  for (let round = 0; round < ROUNDS; round++) {
    took.without.push(await p99(measured, rate, round));
    const load = {
      url,
      file,
      from: (round + 1) * 1_000_000,
      rate: WRITES,
      seconds: P99_SECONDS,
      connections: 64,
    };
    const [written, slowest] = await Promise.all([task("open-loop.mjs", load), p99(measured, rate, round)]);
    achieved.push(written.rate);
    took.with.push(slowest);
  }
  const note = `${median(achieved).toFixed(0)} writes/s, ${Math.round(rate).toLocaleString("en")} resolves/s`;
  return { name, unit: "ms", measured: median(took.with), baseline: median(took.without), note, atMost };
}

async function p99(name, rate, round) {
  const { url, file, requests } = await target(name);
  if (file === undefined) return http2P99(url, requests(round), rate);
  const load = { url, file, from: round * 100_000_000, rate, seconds: P99_SECONDS, connections: 256 };
  return (await task("open-loop.mjs", load)).p99;
}

async function http2P99(url, requests, rate) {
  const share = rate / requests.length;
  const took = await Promise.all(
    requests.map(async (request, i) => {
      const log = temporary(`took-${i}.log`);
      // h2load would append to it.
      rmSync(log, { force: true });
      const flags = ["-D", P99_SECONDS, "-m", 1_000, "--rps", share, `--log-file=${log}`];
      await h2load(url, request, flags, `took-${i}`);
      const lines = readFileSync(log, "utf8").trim().split("\n");
      return lines.map((line) => Number(line.split("\t")[2]) / 1_000);
    }),
  );
  const sorted = Float64Array.from(took.flat()).sort();
  return sorted[Math.floor(0.99 * sorted.length)];
}
