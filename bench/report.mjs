/** What came out, for people: a table, and bench/results. */
import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { TOOLS } from "./load.mjs";
import { picture } from "./picture.mjs";
import { output } from "./processes.mjs";
import { CONNECTIONS, LARGE, P99_SECONDS, PROFILES, ROUNDS, SECONDS, SMALL } from "./settings.mjs";

/**
 * A result: `{ name, unit, measured?, baseline?, atLeast?, atMost?, note?, micros?, ofBare? }`. Goals are of measured ÷ baseline,
 * where there is a baseline, else of what was measured.
 */
export function table(results) {
  const head = [
    "what",
    "measured",
    "baseline",
    "ratio",
    "goal",
    "met",
    "µs of the server's processor, and the baseline's",
  ];
  return [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...results.map(cells)]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

export async function writeResults(results) {
  const text = `# What a resolve costs

Measured by \`npm run bench -- --write\`; [Performance](../../docs/performance.md) says what is measured and how to read it.

${table(results)}

${(await facts()).map((fact) => `- ${fact}`).join("\n")}

![Resolves per second, as a share of a bare server](resolve.svg)
`;
  const shares = results.filter(({ ofBare }) => ofBare);
  writeFileSync(new URL("results/resolve.md", import.meta.url), text);
  writeFileSync(new URL("results/resolve.svg", import.meta.url), picture(shares));
}

export async function facts() {
  const number = (value) => value.toLocaleString("en");
  const [cpu] = cpus();
  return [
    `machine: ${cpus().length} × ${cpu.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`,
    `commit: ${await commit()}, ${new Date().toISOString().slice(0, 10)}`,
    `load: ${TOOLS.http1} and ${TOOLS.http2} on the same machine, ${CONNECTIONS} requests in flight`,
    `sizes: ${number(PROFILES)} profiles (${number(SMALL)} and ${number(LARGE)} where it is said), keys drawn by Zipf (s = 1); medians of ${ROUNDS} rounds of ${SECONDS} s, ${P99_SECONDS} s for p99`,
  ];
}

function cells({ name, unit, measured, baseline, atLeast, atMost, note, micros }) {
  const ratio = ratioOf({ measured, baseline });
  const decides = baseline === undefined ? measured : ratio;
  const hasGoal = atLeast !== undefined || atMost !== undefined;
  const goal = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const met = atLeast === undefined ? decides <= atMost : decides >= atLeast;
  return [
    note === undefined ? name : `${name} (${note})`,
    amount(measured, unit),
    amount(baseline, unit),
    ratio?.toFixed(2) ?? "–",
    hasGoal ? goal + (ratio === undefined && measured !== undefined ? ` ${unit}` : "") : "–",
    hasGoal && decides !== undefined ? (met ? "yes" : "NO") : "–",
    micros === undefined ? "–" : micros.map((value) => value.toFixed(1)).join(", "),
  ];
}

export function ratioOf({ measured, baseline }) {
  return measured === undefined || baseline === undefined ? undefined : measured / baseline;
}

function amount(value, unit) {
  if (value === undefined) return "–";
  if (unit === "/s") return `${Math.round(value).toLocaleString("en")}/s`;
  return `${unit === "MB" ? value.toFixed(0) : value.toFixed(2)} ${unit}`;
}

async function commit() {
  const repository = ["-C", fileURLToPath(new URL("..", import.meta.url))];
  try {
    const name = (await output("git", [...repository, "rev-parse", "--short", "HEAD"])).trim();
    const changes = await output("git", [
      ...repository,
      "status",
      "--porcelain",
      "--",
      ".",
      ":!bench/results",
    ]);
    return changes === "" ? name : `${name} + changes`;
  } catch {
    return "unknown (no git checkout)";
  }
}
