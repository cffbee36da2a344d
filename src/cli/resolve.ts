/** `resolve`: prints what a request would get (spec 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { emptyObject, type Json, type JsonObject } from "../domain/json.js";
import { defined } from "../domain/parse-document.js";
import { addTarget } from "./clients.js";
import { UsageError } from "./failure.js";
import { readFlags } from "./options.js";
import { openTarget } from "./target.js";

interface ResolveFlags extends Record<string, unknown> {
  server?: string;
  registry?: string;
  override?: string[];
  aiEngine?: string;
  aiApiType?: string;
  explain?: boolean;
}

export function addResolve(program: Command, env: Environment): void {
  const command = program
    .command("resolve")
    .description("Print which runtime a request would get, from a running server or from a store.")
    .argument("[profile]", "profile to resolve (default: the registry's)")
    .option("--registry <SLUG>", "registry to look in (default: the default registry)")
    .option("--override <K=V...>", 'request override; V is JSON where it begins with { [ or ", else text')
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
  $ profile-registry resolve inventory --seed-file registries.yaml --override system_prompt="Be brief."`,
    )
    .action(async (profile: string | undefined, options: ResolveFlags) => {
      const target = await openTarget(
        options.server,
        readFlags({ ...options, aiEngine: undefined, aiApiType: undefined }),
        env,
      );
      try {
        const resolution = await target.resolve(
          defined({
            profile,
            registry: options.registry,
            request_overrides: options.override && parseOverrides(options.override),
            ai_engine: options.aiEngine,
            ai_api_type: options.aiApiType,
            explain: options.explain,
          }),
        );
        for (const warning of resolution.warnings) process.stderr.write(`warning: ${warning}\n`);
        process.stdout.write(`${JSON.stringify(resolution, null, 2)}\n`);
      } finally {
        await target.close();
      }
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
