/** `resolve`: prints what a request would get (spec 6.4). */
import type { JsonObject as ProtoJsonObject } from "@bufbuild/protobuf";
import { type Command, Option } from "commander";
import type { Environment } from "../config.js";
import { emptyObject, type Json, type JsonObject } from "../domain/json.js";
import { DEPLOYMENTS, type Deployment } from "../domain/rollout.js";
import { shownResolution } from "../rpc/shown-resolution.js";
import { addRegistryOption } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { UsageError } from "./failure.js";
import { printJson } from "./print.js";
import { DEPLOYMENT_VALUES } from "./words.js";

interface ResolveFlags extends Record<string, unknown> {
  registry?: string;
  override?: string[];
  mode?: string;
  processingProfile?: string;
  convId?: string;
  targetingKey?: string;
  deployment?: Deployment;
  aiEngine?: string;
  aiApiType?: string;
  explain?: boolean;
}

export function addResolve(program: Command, env: Environment): void {
  const command = program
    .command("resolve")
    .description("Print which runtime a request would get, from a running server or from a store.")
    .argument("[profile]", "profile to resolve (default: the registry's)");
  addRegistryOption(command)
    .option("--override <K=V...>", 'request override; V is JSON where it begins with { [ or ", else text')
    .option("--mode <MODE>", "processing mode to ask for")
    .option("--processing-profile <SLUG>", "profile of the mode to ask for (default: its first)")
    .option("--conv-id <ID>", "conversation; decides whether it is inside a rollout")
    .option("--targeting-key <KEY>", "what decides that before the conversation, such as a user's id")
    .addOption(
      new Option("--deployment <PATH>", "path that the turn runs on (default: local)").choices(DEPLOYMENTS),
    )
    .option("--ai-engine <ENGINE>", "deprecated: override step_settings.ai-chat.ai-engine")
    .option("--ai-api-type <TYPE>", "deprecated: override step_settings.ai-chat.ai-api-type")
    .option("--explain", "add the trace: which layer gave what");
  addTarget(command)
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry resolve agent --server http://127.0.0.1:8080
  $ profile-registry resolve --profile-registry-db ./data/profiles.db --registry team --explain
  $ profile-registry resolve inventory --seed-file registries.yaml --override system_prompt="Be brief."
  $ profile-registry resolve agent --mode fast --targeting-key user-7 --server http://127.0.0.1:8080`,
    )
    .action(async (profile: string | undefined, { aiEngine, aiApiType, ...options }: ResolveFlags) => {
      const { registry = "", override, mode, processingProfile, deployment } = options;
      const resolution = await withClients(options, env, async ({ resolver }) =>
        shownResolution(
          await resolver.resolveProfile({
            registry,
            profile: profile ?? "",
            ...(override ? { requestOverrides: parseOverrides(override) as ProtoJsonObject } : {}),
            ...(mode === undefined && processingProfile === undefined
              ? {}
              : { processing: { mode: mode ?? "", profile: processingProfile ?? "" } }),
            ...(deployment ? { deployment: DEPLOYMENT_VALUES[deployment] } : {}),
            convId: options.convId ?? "",
            targetingKey: options.targetingKey ?? "",
            aiEngine: aiEngine ?? "",
            aiApiType: aiApiType ?? "",
            explain: options.explain ?? false,
          }),
        ),
      );
      for (const warning of resolution.warnings) process.stderr.write(`warning: ${warning}\n`);
      printJson(resolution);
    });
}

function parseOverrides(pairs: readonly string[]): JsonObject {
  const overrides = emptyObject();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) throw new UsageError(`--override must have the form KEY=VALUE, not "${pair}"`);
    overrides[pair.slice(0, equals)] = parseValue(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return overrides;
}

function parseValue(key: string, text: string): Json {
  if (!/^\s*[[{"]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError(`--override ${key}: the value is not valid JSON: ${(error as Error).message}`);
  }
}
