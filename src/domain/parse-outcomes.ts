/** Reports of how turns went, member by member (spec 5.5). */
import { malformed } from "./errors.js";
import { isBlank, normalizeIdentifier } from "./identifiers.js";
import { defined, type MemberReader } from "./parse-document.js";
import { quotedList } from "./processing.js";
import { DEPLOYMENTS, type Outcome } from "./rollout.js";

const SEVERITIES = ["minor", "major", "severe"] as const;
const CATEGORIES = ["quality", "safety", "error"] as const;

/**
 * The reports under `outcomes`; `registry` is that of those which name none. Throws `malformed` naming the member, for all of
 * them where one is none. How large numbers may be is not looked at.
 */
export function parseOutcomes(body: MemberReader, registry: string): Outcome[] {
  const given = body.objects("outcomes");
  if (given === undefined) throw malformed("outcomes must be an array");
  return given.map((outcome, i) => parseOutcome(outcome, `outcomes[${i}]`, registry));
}

function parseOutcome(outcome: MemberReader, at: string, registry: string): Outcome {
  const text = (name: string): string | undefined => {
    const value = outcome.string(name);
    return isBlank(value) ? undefined : value;
  };
  const word = <T extends string>(name: string, words: readonly T[]): T | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const found = words.find((one) => one === normalizeIdentifier(value));
    if (found === undefined) throw malformed(`${at}.${name} must be one of ${quotedList(words)}`);
    return found;
  };
  const needed = <T>(name: string, value: T | undefined, type: string): T => {
    if (value === undefined) throw malformed(`${at}.${name} must be ${type}`);
    return value;
  };
  return {
    registry: text("registry") ?? registry,
    mode: text("mode") ?? "",
    resolved_mode: text("resolved_mode") ?? "",
    applied_mode: text("applied_mode") ?? "",
    deployment: word("deployment", DEPLOYMENTS) ?? "local",
    latency_ms: needed("latency_ms", outcome.number("latency_ms"), "a number"),
    success: needed("success", outcome.boolean("success"), "a boolean"),
    ...defined({
      resolved_model: text("resolved_model"),
      observed_model: text("observed_model"),
      conv_id: text("conv_id"),
      observed_conv_id: text("observed_conv_id"),
      fingerprint: text("fingerprint"),
      error_type: text("error_type"),
      critical: outcome.boolean("critical"),
      severity: word("severity", SEVERITIES),
      category: word("category", CATEGORIES),
      quality_score: outcome.number("quality_score"),
    }),
  };
}
