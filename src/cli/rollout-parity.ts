/** `rollout parity`: whether two deployments would act alike (spec 5.5). */
import { isDeepStrictEqual } from "node:util";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import type { Json } from "../domain/json.js";
import { DEPLOYMENTS, type Deployment, type ShownRollout } from "../domain/rollout.js";
import { shownResolution } from "../rpc/shown-resolution.js";
import { addJson, addRegistryOption } from "./arguments.js";
import { type Clients, openClients } from "./clients.js";
import { UsageError } from "./failure.js";
import { printJson } from "./print.js";
import { listRollouts } from "./rollout-status.js";
import { oneLine } from "./table.js";
import { DEPLOYMENT_VALUES } from "./words.js";

/** Of sample requests: some without a key, which only a full rollout lets in. */
const KEYS = ["", ...Array.from({ length: 20 }, (_, i) => `parity-${i}`)];

/** Characters of a value that are printed: prompts are long. */
const MAX_VALUE = 200;

interface ParityFlags {
  server?: string[];
  registry?: string;
  json?: boolean;
}

interface Difference {
  mode: string;
  /** A member of the rollout, or of answers. */
  what: string;
  /** Of the first server and of the second; null where it has none. */
  values: [Json, Json];
  /** The sample requests whose answers differ so. */
  requests?: string[];
}

export function addRolloutParity(group: Command): void {
  const command = group
    .command("parity")
    .description("Compare the rollouts of two servers, and how they answer sample requests.")
    .argument("[MODE]", "processing mode to compare (default: all)")
    .option("--server <URL>", "server to ask; given twice", (url: string, before: string[] = []) => [
      ...before,
      url,
    ]);
  addJson(addRegistryOption(command))
    .addHelpText(
      "after",
      `
It compares what each mode is made of (declaration, profiles, flags as they act, thresholds) by its config_digest, and
runtime and processing of sample answers, on the local and on the cloud path. It prints a line for each difference, and exits
with 1 where there is one.

Examples:
  $ profile-registry rollout parity --server http://10.0.0.1:8080 --server http://10.0.0.2:8080
  $ profile-registry rollout parity fast --json --server http://10.0.0.1:8080 --server http://10.0.0.2:8080`,
    )
    .action(async (mode: string | undefined, { server = [], registry = "", json }: ParityFlags) => {
      if (server.length !== 2) throw new UsageError("--server must be given twice");
      const pair = (await Promise.all(server.map((url) => openClients(url, {}, {})))) as [Clients, Clients];
      const { modes, samples, differences } = await compare(pair, registry, mode);
      const origins = pair.map((clients) => clients.server?.origin ?? "");
      if (json) printJson({ servers: origins, modes, samples, equal: differences.length === 0, differences });
      else
        printDifferences(
          origins,
          differences,
          `${modes.join(", ") || "no modes"}; ${samples} sample answers`,
        );
      if (differences.length > 0) throw new Error(`${differences.length} differences`);
    });
}

async function compare(pair: readonly [Clients, Clients], registry: string, mode: string | undefined) {
  const [a, b] = (await Promise.all(pair.map((clients) => listRollouts(clients, registry)))) as [
    ShownRollout[],
    ShownRollout[],
  ];
  const asked = mode?.trim().toLowerCase();
  const modes = [...new Set([...a, ...b].map((rollout) => rollout.mode))]
    .filter((name) => asked === undefined || name === asked)
    .sort();
  if (mode !== undefined && modes.length === 0) throw new Error(`processing mode not found: ${mode}`);
  const of = (list: ShownRollout[], name: string) => list.find((rollout) => rollout.mode === name);
  const differences = modes.flatMap((name) => differencesOf(name, of(a, name), of(b, name)));
  const samples = ["default", ...modes].flatMap((name) =>
    DEPLOYMENTS.flatMap((deployment) => KEYS.map((key): Sample => ({ mode: name, deployment, key }))),
  );
  for (const sample of samples) {
    const [one, other] = await Promise.all(pair.map((clients) => answerOf(clients, registry, sample)));
    addDifferences(differences, sample, one!, other!);
  }
  return { modes, samples: samples.length, differences };
}

/** What decides how requests are answered. Cohort and stages are each deployment's own. */
const COMPARED = [
  "contract_enabled",
  "runtime_enabled",
  "ui_enabled",
  "cloud_enforced",
  "percentage",
  "salt",
  "thresholds",
  "capped",
  "config_digest",
] as const;

function differencesOf(mode: string, a: ShownRollout | undefined, b: ShownRollout | undefined): Difference[] {
  if (a === undefined || b === undefined)
    return [{ mode, what: "declared", values: [a !== undefined, b !== undefined] }];
  return COMPARED.filter((member) => !isDeepStrictEqual(a[member], b[member])).map((member) => ({
    mode,
    what: member,
    values: [a[member] as Json, b[member] as Json],
  }));
}

interface Sample {
  mode: string;
  deployment: Deployment;
  key: string;
}

const BUCKET = "processing.bucket";

/** By member. */
type Answer = Record<string, Json>;

/** Without versions, which count the writes of each store for itself. */
async function answerOf(
  { resolver }: Clients,
  registry: string,
  { mode, deployment, key }: Sample,
): Promise<Answer> {
  try {
    const { processing, profile, runtime, step_settings } = shownResolution(
      await resolver.resolveProfile({
        registry,
        processing: { mode },
        deployment: DEPLOYMENT_VALUES[deployment],
        targetingKey: key,
      }),
    );
    const { profile_version: _, ...decided } = processing;
    return { ...membersOf("processing", decided), profile, ...membersOf("runtime", runtime), step_settings };
  } catch (error) {
    const { code, rawMessage } = ConnectError.from(error);
    if (code === Code.Unavailable) throw error;
    return { error: rawMessage };
  }
}

function membersOf(name: string, object: object): Answer {
  return Object.fromEntries(
    Object.entries(object).map(([member, value]) => [`${name}.${member}`, value as Json]),
  );
}

/** Many requests differ in the same way: that is one difference. */
function addDifferences(to: Difference[], { mode, deployment, key }: Sample, a: Answer, b: Answer): void {
  const refused = "error" in a || "error" in b;
  const members = refused ? ["error"] : [...new Set([...Object.keys(a), ...Object.keys(b)])];
  // It is told wherever the contract is on, which is compared already.
  const untold = !(BUCKET in a && BUCKET in b);
  const request = `${deployment}, ${key === "" ? "no key" : `key ${key}`}`;
  for (const member of members) {
    const values: [Json, Json] = [a[member] ?? null, b[member] ?? null];
    if (isDeepStrictEqual(...values) || (untold && member === BUCKET)) continue;
    const what = `answer ${member}`;
    const same = to.find(
      (one) => one.mode === mode && one.what === what && isDeepStrictEqual(one.values, values),
    );
    if (same === undefined) to.push({ mode, what, values, requests: [request] });
    else same.requests?.push(request);
  }
}

function printDifferences(
  origins: readonly string[],
  differences: readonly Difference[],
  compared: string,
): void {
  for (const { mode, what, values, requests = [] } of differences) {
    const [a, b] = values.map(cutJson);
    const [first, ...others] = requests;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    const which = first === undefined ? "" : ` (${first}${more})`;
    const text = `${mode}: ${what}: ${a} at ${origins[0]}, ${b} at ${origins[1]}${which}`;
    process.stdout.write(`${oneLine(text)}\n`);
  }
  if (differences.length === 0) process.stdout.write(`equal: ${compared}\n`);
}

function cutJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE ? `${Array.from(text).slice(0, MAX_VALUE).join("")}…` : text;
}
