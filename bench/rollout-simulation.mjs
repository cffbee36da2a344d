/**
 * How auto_rollback judges: days of simulated traffic, ten seconds at a time, put before the functions that the service decides
 * with. Healthy modes, which must not be turned back, and sick ones, which must be, soon. `npm run bench:rollouts`; the same
 * numbers each time. DAYS (of healthy traffic) and RUNS (of each sickness) set the size; results go to bench/results.
 */
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { noCounts } from "../dist/src/domain/figures.js";
import { count } from "../dist/src/domain/outcome-cell.js";
import { regressionsOf } from "../dist/src/domain/regression.js";
import { DEFAULT_THRESHOLDS } from "../dist/src/domain/rollout.js";
import { randomFrom } from "./zipf.mjs";

const DAYS = Number(process.env.DAYS ?? 1_000);
const RUNS = Number(process.env.RUNS ?? 50);
const SLOT_S = 10;
const SLOTS_PER_DAY = 86_400 / SLOT_S;
const SLOTS_PER_WINDOW = DEFAULT_THRESHOLDS.window_s / SLOT_S;
/** A mode is healthy for so long before it falls sick. */
const HEALTHY_SLOTS = 360;

/** Turns per second that ask for the mode, its percentage, and the share that fails anyway. */
const HEALTHY = [0.1, 1, 5].flatMap((rate) =>
  [1, 25, 50].flatMap((percentage) => [0.005, 0.03, 0.1].map((errors) => ({ rate, percentage, errors }))),
);

const SICKNESSES = [
  { name: "errors 1 % → 6 %", errors: 0.06 },
  { name: "errors 1 % → 20 %", errors: 0.2 },
  { name: "every turn fails", errors: 1 },
  { name: "critical errors 0 % → 5 %", critical: 0.05 },
  { name: "latency × 1.5", slower: 1.5 },
  { name: "latency × 2", slower: 2 },
  { name: "latency × 4", slower: 4 },
  { name: "1 in 1,000 turns mismatched", mismatch: 0.001 },
  { name: "1 in 1,000 turns severely unsafe", unsafe: 0.001 },
];
const PLACES = [
  { rate: 1, percentage: 1 },
  { rate: 1, percentage: 25 },
  { rate: 10, percentage: 1 },
];
const SICK = SICKNESSES.flatMap((sickness) => PLACES.map((place) => ({ ...place, errors: 0.01, sickness })));

/** The last window of a population's turns. */
function createWindow() {
  const sum = noCounts();
  const slots = [];
  return {
    sum,
    push(outcomes) {
      for (const outcome of outcomes) count(sum, outcome);
      slots.push(outcomes);
      if (slots.length <= SLOTS_PER_WINDOW) return;
      const gone = noCounts();
      for (const outcome of slots.shift()) count(gone, outcome);
      for (const [name, value] of Object.entries(gone)) if (name !== "latency") sum[name] -= value;
      for (const [bucket, value] of Object.entries(gone.latency)) sum.latency[bucket] -= value;
    },
  };
}

/**
 * From the beginning of a stage on for `slots`, or until it is turned back: after how many slots, by which trigger, and after
 * how many turns of the mode since it fell sick.
 */
function run({ rate, percentage, errors, sickness }, slots, seed) {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const poisson = (mean) => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const limit = Math.exp(-mean);
    let [events, product] = [0, random()];
    while (product > limit) {
      events++;
      product *= random();
    }
    return events;
  };
  // Twice a day the provider is in trouble for ten minutes: for everybody alike.
  const troubles = [0, 1].map(() => Math.floor(random() * SLOTS_PER_DAY));
  const inTrouble = (slot) =>
    troubles.some((at) => slot % SLOTS_PER_DAY >= at && slot % SLOTS_PER_DAY < at + 60);
  const turn = (trouble, sick = {}) => {
    const failure = random();
    const base = trouble ? Math.min(1, errors * 10) : errors;
    const critical = failure < (sick.critical ?? 0);
    return {
      resolved_mode: "fast",
      applied_mode: random() < (sick.mismatch ?? 0) ? "default" : "fast",
      latency_ms: 800 * (sick.slower ?? 1) * (trouble ? 3 : 1) * Math.exp(0.5 * normal()),
      success: failure >= Math.max(base, sick.errors ?? 0, sick.critical ?? 0),
      ...(critical ? { critical } : {}),
      ...(random() < (sick.unsafe ?? 0) ? { severity: "severe", category: "safety" } : {}),
    };
  };
  const mode = createWindow();
  const control = createWindow();
  const none = noCounts();
  const start = Math.floor(random() * SLOTS_PER_DAY);
  let suspicions = new Map();
  let sickTurns = 0;
  for (let slot = 0; slot < slots; slot++) {
    const sick = sickness !== undefined && slot >= HEALTHY_SLOTS ? sickness : undefined;
    // A night has a third of the traffic of the day.
    const wave = 1 + 0.5 * Math.sin((2 * Math.PI * (start + slot)) / SLOTS_PER_DAY);
    const trouble = inTrouble(start + slot);
    const turns = (share, ...rest) =>
      Array.from({ length: poisson(rate * wave * SLOT_S * share) }, () => turn(trouble, ...rest));
    const ofMode = turns(percentage / 100, sick);
    mode.push(ofMode);
    control.push(turns(1 - percentage / 100));
    if (sick) sickTurns += ofMode.length;
    const found = regressionsOf(
      {
        mode: mode.sum,
        deployments: { local: mode.sum, cloud: none },
        control: control.sum,
        controlIs: "asked",
        mismatches: { local: mode.sum.mismatches, cloud: 0 },
      },
      DEFAULT_THRESHOLDS,
    );
    const seen = new Map();
    for (const { trigger, certain } of found) {
      seen.set(trigger, suspicions.get(trigger) ?? slot);
      if (certain || slot > seen.get(trigger)) return { slots: slot + 1, trigger, sickTurns };
    }
    suspicions = seen;
  }
  return undefined;
}

/** Numbered through, so that each has a seed of its own. */
function jobs() {
  const perScenario = Math.ceil(DAYS / HEALTHY.length);
  const healthy = HEALTHY.map((scenario, i) => ({ kind: "healthy", i, scenario, times: perScenario }));
  const sick = SICK.map((scenario, i) => ({ kind: "sick", i, scenario, times: RUNS }));
  return [...healthy, ...sick];
}

function work({ kind, i, scenario, times }) {
  const slots = SLOTS_PER_DAY + (kind === "sick" ? HEALTHY_SLOTS : 0);
  const seed = (kind === "sick" ? 2_000_000 : 1_000_000) + i * 10_000;
  const results = Array.from({ length: times }, (_, n) => run(scenario, slots, seed + n) ?? null);
  return { kind, i, scenario, results };
}

if (isMainThread) {
  const began = performance.now();
  const all = await inParallel(jobs());
  report(all, (performance.now() - began) / 1_000);
} else {
  parentPort.on("message", (job) => parentPort.postMessage(work(job)));
}

async function inParallel(queue) {
  const found = [];
  // The longest first, so that none is left for the end alone.
  const waiting = [...queue].sort((a, b) => weight(b) - weight(a));
  await Promise.all(
    Array.from({ length: Math.max(1, Math.min(availableParallelism(), 8)) }, async () => {
      const worker = new Worker(fileURLToPath(import.meta.url));
      const failed = once(worker, "error").then(([error]) => Promise.reject(error));
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        const done = once(worker, "message");
        worker.postMessage(job);
        const [result] = await Promise.race([done, failed]);
        found.push(result);
      }
      failed.catch(() => undefined);
      await worker.terminate();
    }),
  );
  return found.sort((a, b) => a.kind.localeCompare(b.kind) || a.i - b.i);
}

function weight({ scenario, times }) {
  return scenario.rate * times;
}

function report(all, seconds) {
  const healthy = all.filter(({ kind }) => kind === "healthy");
  const sick = all.filter(({ kind }) => kind === "sick");
  const days = healthy.reduce((sum, { results }) => sum + results.length, 0);
  const turnedBack = healthy.flatMap(({ results }) => results.filter((one) => one !== null));
  const text = [
    "# How auto_rollback judges",
    "",
    "Simulated by `npm run bench:rollouts` with the default thresholds. Traffic has days and nights, and twice a day ten minutes of",
    "trouble for everybody (ten times the errors, three times the latency). Latencies are lognormal (median 800 ms, σ 0.5).",
    "",
    "## Healthy modes",
    "",
    `**${turnedBack.length} of ${days} days** ended with a healthy mode turned back.`,
    "",
    table(
      ["turns per second", "percentage", "errors", "days", "turned back"],
      healthy.map(({ scenario: { rate, percentage, errors }, results }) => [
        rate,
        `${percentage} %`,
        `${errors * 100} %`,
        results.length,
        results.filter((one) => one !== null).length,
      ]),
    ),
    "",
    "## Sick modes",
    "",
    "From falling sick, after an hour of health, until turned back; and how many turns ran in the sick mode until then (median).",
    "",
    table(
      [
        "sickness",
        "turns per second",
        "percentage",
        "median",
        "95 %",
        "sick turns",
        "by",
        "not within a day",
      ],
      sick.map(({ scenario: { sickness, rate, percentage }, results }) => {
        const found = results.filter((one) => one !== null && one.slots > HEALTHY_SLOTS);
        const times = found.map(sicknessSeconds).sort((a, b) => a - b);
        const turns = found.map(({ sickTurns }) => sickTurns).sort((a, b) => a - b);
        const triggers = [...new Set(found.map(({ trigger }) => trigger))].sort();
        return [
          sickness.name,
          rate,
          `${percentage} %`,
          duration(quantile(times, 0.5)),
          duration(quantile(times, 0.95)),
          quantile(turns, 0.5) ?? "–",
          triggers.join(", ") || "–",
          `${results.length - found.length} of ${results.length}`,
        ];
      }),
    ),
    "",
    "![Time until sick modes are turned back](rollouts.svg)",
    "",
  ].join("\n");
  const directory = new URL("results/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  writeFileSync(new URL("rollouts.md", directory), text);
  writeFileSync(new URL("rollouts.svg", directory), picture(sick, `${turnedBack.length} of ${days}`));
  console.log(text);
  console.log(`(in ${seconds.toFixed(0)} s)`);
}

function sicknessSeconds({ slots }) {
  return (slots - HEALTHY_SLOTS) * SLOT_S;
}

function quantile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function duration(seconds) {
  if (seconds === undefined) return "–";
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A row for each sickness and place, a dot for each run, on a logarithmic axis of time. */
function picture(sick, healthy) {
  const [left, right, top, rowHeight, gap] = [250, 860, 84, 15, 12];
  const groups = SICKNESSES.map(({ name }) => sick.filter(({ scenario }) => scenario.sickness.name === name));
  const height = top + groups.length * (PLACES.length * rowHeight + gap) + 46;
  const [from, to] = [Math.log(8), Math.log(2 * 86_400)];
  const x = (seconds) => (left + ((Math.log(seconds) - from) / (to - from)) * (right - left)).toFixed(1);
  const colours = ["#b45309", "#0f766e", "#4338ca"];
  const ticks = [10, 60, 600, 3_600, 21_600, 86_400];
  const names = ["10 s", "1 min", "10 min", "1 h", "6 h", "1 day"];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right + 160} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937"><title>How long a sick mode runs until it is turned back</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="16" font-weight="600">How long a sick mode runs until it is turned back</text>`,
    `<text x="16" y="46" fill="#4b5563">A dot is a run, a bar the median. Healthy modes turned back: ${healthy} days.</text>`,
  ];
  PLACES.forEach(({ rate, percentage }, i) => {
    const at = left + i * 205;
    parts.push(
      `<circle cx="${at}" cy="66" r="4" fill="${colours[i]}"/>`,
      `<text x="${at + 9}" y="70" fill="#4b5563">${percentage} % of ${rate} turns per second</text>`,
    );
  });
  ticks.forEach((seconds, i) => {
    parts.push(
      `<line x1="${x(seconds)}" x2="${x(seconds)}" y1="${top}" y2="${height - 40}" stroke="#e5e7eb"/>`,
      `<text x="${x(seconds)}" y="${height - 22}" text-anchor="middle" fill="#4b5563">${names[i]}</text>`,
    );
  });
  groups.forEach((rows, g) => {
    const y = top + g * (PLACES.length * rowHeight + gap) + gap / 2;
    const middle = y + (PLACES.length * rowHeight) / 2 + 4;
    parts.push(
      `<text x="${left - 14}" y="${middle}" text-anchor="end">${SICKNESSES[g].name}</text>`,
      `<line x1="16" x2="${right}" y1="${y - gap / 2}" y2="${y - gap / 2}" stroke="#f3f4f6"/>`,
    );
    rows.forEach(({ results }, i) => {
      const at = y + i * rowHeight + rowHeight / 2;
      const found = results.filter((one) => one !== null && one.slots > HEALTHY_SLOTS);
      const times = found.map(sicknessSeconds).sort((a, b) => a - b);
      for (const seconds of times) {
        parts.push(`<circle cx="${x(seconds)}" cy="${at}" r="3" fill="${colours[i]}" fill-opacity="0.22"/>`);
      }
      const median = quantile(times, 0.5);
      if (median !== undefined) {
        parts.push(
          `<line x1="${x(median)}" x2="${x(median)}" y1="${at - 6}" y2="${at + 6}" stroke="${colours[i]}" stroke-width="2.5"/>`,
        );
      }
      const missed = results.length - found.length;
      if (missed > 0) {
        parts.push(
          `<text x="${right + 8}" y="${at + 4}" font-size="11" fill="${colours[i]}">${missed} of ${results.length} not within a day</text>`,
        );
      }
    });
  });
  return `${parts.join("\n")}\n</svg>\n`;
}
