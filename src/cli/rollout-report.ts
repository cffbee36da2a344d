/** `rollout report`: the figures behind each gate. */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import type { FiguresReport, Gate, Incident, RolloutReport } from "../domain/rollout.js";
import { shownReport } from "../rpc/shown-rollouts.js";
import { addJson, addRegistryOption } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { printJson, timeText } from "./print.js";
import { oneLine, printTable } from "./table.js";

interface ReportFlags extends Record<string, unknown> {
  registry?: string;
  incident?: boolean;
  json?: boolean;
}

export function addRolloutReport(group: Command, env: Environment): void {
  const command = group
    .command("report")
    .description("Show whether a rollout may go on, and the figures behind it.")
    .argument("<MODE>", "processing mode");
  addRegistryOption(command).option("--incident", "add the last rollback, and what led to it");
  addTarget(addJson(command))
    .addHelpText(
      "after",
      `
Figures are those of all processes on the store since the stage began, at most of the window of the thresholds.

Examples:
  $ profile-registry rollout report fast --server http://127.0.0.1:8080
  $ profile-registry rollout report fast --incident --json --server http://127.0.0.1:8080`,
    )
    .action(async (mode: string, { registry = "", incident, json, ...options }: ReportFlags) => {
      const report = await withClients(options, env, async ({ rollouts }) => {
        const answer = await rollouts.getRolloutReport({
          registry,
          mode,
          includeIncident: incident ?? false,
        });
        return shownReport(answer.report!, answer.revision);
      });
      if (json) return printJson(report);
      printReport(report);
      if (report.incident) printIncident(report.incident);
      else if (incident) process.stdout.write("\nit was never turned back\n");
    });
}

function printReport(report: RolloutReport): void {
  const { registry, mode, percentage, stage_since_ms, next_stage, ready, window } = report;
  const next = next_stage === null ? "the last stage" : `next stage ${next_stage} %`;
  printLine(`${registry}/${mode}: ${percentage} % since ${timeText(stage_since_ms)}, ${next}`);
  printLine(ready ? "every gate holds" : "not ready to go on");
  printLine("");
  printGates(report.gates);
  printLine("");
  printLine(`outcomes from ${timeText(window.from_ms)} to ${timeText(window.to_ms)}`);
  const control = report.control === "asked" ? "default, asked for it" : "default, all";
  printTable(
    [
      "TURNS",
      "SAMPLES",
      "ERRORS",
      "ERROR RATE",
      "CRITICAL",
      "MISMATCHES",
      "SEVERE",
      "P50 MS",
      "P95 MS",
      "P99 MS",
      "QUALITY",
    ],
    [
      figuresRow(mode, report.mode_figures),
      figuresRow(control, report.control_figures),
      figuresRow(`${mode}, local`, report.deployments.local),
      figuresRow(`${mode}, cloud`, report.deployments.cloud),
    ],
  );
}

function figuresRow(name: string, figures: FiguresReport): string[] {
  const { latency_ms } = figures;
  return [
    name,
    String(figures.samples),
    String(figures.errors),
    rounded(figures.error_rate),
    String(figures.critical_errors),
    String(figures.mismatches),
    String(figures.severe),
    rounded(latency_ms.p50),
    rounded(latency_ms.p95),
    rounded(latency_ms.p99),
    rounded(figures.quality_score),
  ];
}

function printGates(gates: readonly Gate[]): void {
  printTable(
    ["GATE", "HOLDS", "REASON"],
    gates.map(({ name, passed, reason }) => [name, passed ? "yes" : "no", reason]),
  );
}

function printIncident(incident: Incident): void {
  printLine("");
  const { kind, time_ms, actor, source, revision, trigger, reason, percentage, deployment } = incident;
  printLine(`turned back (${kind}) ${timeText(time_ms)} by ${actor} (${source}), revision ${revision}`);
  printLine(`trigger: ${trigger}${deployment === undefined ? "" : `, seen on ${deployment}`}`);
  if (reason !== "") printLine(`reason: ${reason}`);
  printLine(`at ${percentage} %, stage ${incident.stage ?? "none"}`);
  const { before, after } = incident.default_share;
  printLine(
    `share of default answers: ${rounded(before) || "none"} before, ${rounded(after) || "none"} after`,
  );
  printGates(incident.gates);
}

function printLine(text: string): void {
  process.stdout.write(`${oneLine(text)}\n`);
}

/** Three digits that say something; blank for what there is not. */
function rounded(value: number | null): string {
  return value === null ? "" : String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
