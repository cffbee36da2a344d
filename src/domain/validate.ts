/**
 * The checks of spec 1.4, a function per row of its table. Each returns all problems in a fixed order;
 * `field` prefixes let a resolve use the same checks for `request_overrides` (spec 4.3).
 */
import { canonicalKey } from "./canonical-key.js";
import type { Catalog } from "./catalog.js";
import type { MiddlewareInput, Policy } from "./document.js";
import { quoteCut, type Violation } from "./errors.js";
import { isBlank } from "./identifiers.js";
import { isObject, type Json, nestsDeeperThan, whyNotJson } from "./json.js";
import type { Limits } from "./limits.js";

/** What nothing else may look at before it is known to hold: JSON at all, and no deeper than the rules can walk. */
export function checkJson(parts: Readonly<Record<string, unknown>>, limits: Limits): Violation[] {
  const violations: Violation[] = [];
  for (const [field, value] of Object.entries(parts)) {
    if (value === undefined) continue;
    // The parts are members of the root, which is level 1 itself.
    if (nestsDeeperThan(value, limits.depth - 1)) {
      violations.push({ field, reason: `must not nest deeper than ${limits.depth} levels` });
      continue;
    }
    const reason = whyNotJson(value);
    if (reason !== undefined) violations.push({ field, reason });
  }
  return violations;
}

export function checkName(field: string, name: string | undefined, limits: Limits): Violation[] {
  return name !== undefined && byteLength(name) > limits.nameBytes
    ? [{ field, reason: `must not be longer than ${limits.nameBytes} bytes` }]
    : [];
}

export function checkNames(field: string, names: readonly string[], limits: Limits): Violation[] {
  return names.flatMap((name, i) => checkName(`${field}[${i}]`, name, limits));
}

export function checkSystemPrompt(field: string, prompt: string | undefined, limits: Limits): Violation[] {
  return prompt !== undefined && byteLength(prompt) > limits.systemPromptBytes
    ? [{ field, reason: `must not be longer than ${limits.systemPromptBytes} bytes` }]
    : [];
}

export function checkMiddlewareNames(
  field: string,
  entries: readonly MiddlewareInput[],
  catalog: Catalog,
  limits: Limits,
): Violation[] {
  const violations = checkCount(field, entries.length, limits.middlewares);
  entries.forEach((entry, i) => {
    if (entry.name === "") violations.push({ field: `${field}[${i}].name`, reason: "must not be empty" });
    else if (!catalog.has(entry.name)) {
      violations.push({
        field: `${field}[${i}].name`,
        reason: `unknown middleware "${quoteCut(entry.name)}"`,
      });
    }
  });
  return violations;
}

export function checkMiddlewareIds(
  field: string,
  entries: readonly MiddlewareInput[],
  limits: Limits,
): Violation[] {
  const violations: Violation[] = [];
  const firstSeen = new Map<string, number>();
  entries.forEach(({ id }, i) => {
    if (id === undefined) return;
    violations.push(...checkName(`${field}[${i}].id`, id, limits));
    const first = firstSeen.get(id);
    if (first === undefined) firstSeen.set(id, i);
    else {
      violations.push({
        field: `${field}[${i}].id`,
        reason: `duplicate middleware instance id "${quoteCut(id)}" (first seen at ${field}[${first}].id)`,
      });
    }
  });
  return violations;
}

export function checkTools(field: string, tools: readonly string[], limits: Limits): Violation[] {
  return [
    ...checkCount(field, tools.length, limits.tools),
    ...tools.flatMap((tool, i) =>
      isBlank(tool)
        ? [{ field: `${field}[${i}]`, reason: "must not be empty" }]
        : checkName(`${field}[${i}]`, tool, limits),
    ),
  ];
}

/** section → field → value: names that are not blank, sections that are objects. */
export function checkStepSettings(field: string, settings: Json | undefined, limits: Limits): Violation[] {
  if (settings === undefined) return [];
  if (!isObject(settings)) return [{ field, reason: "must be an object" }];
  return Object.entries(settings).flatMap(([section, fields]) => {
    const at = `${field}.${quoteCut(section)}`;
    if (isBlank(section)) return [{ field, reason: "section names must not be empty" }];
    const found = checkName(at, section, limits);
    if (!isObject(fields)) return [...found, { field: at, reason: "must be an object" }];
    for (const name of Object.keys(fields)) {
      if (isBlank(name)) found.push({ field: at, reason: "field names must not be empty" });
      else found.push(...checkName(`${at}.${quoteCut(name)}`, name, limits));
    }
    return found;
  });
}

export function checkPolicy(policy: Policy, limits: Limits): Violation[] {
  const lists = [
    ["policy.allowed_override_keys", policy.allowed_override_keys ?? []],
    ["policy.denied_override_keys", policy.denied_override_keys ?? []],
  ] as const;
  const violations = lists.flatMap(([field, keys]) =>
    keys.flatMap((key, i) =>
      isBlank(key)
        ? [{ field: `${field}[${i}]`, reason: "must not be empty" }]
        : checkName(`${field}[${i}]`, key, limits),
    ),
  );
  const allowed = new Set((policy.allowed_override_keys ?? []).map(canonicalKey));
  const both = new Set(
    (policy.denied_override_keys ?? []).map(canonicalKey).filter((key) => key && allowed.has(key)),
  );
  for (const key of [...both].sort()) {
    violations.push({
      field: "policy.override_keys",
      reason: `key "${quoteCut(key)}" appears in both allow and deny lists`,
    });
  }
  return violations;
}

export function checkCount(field: string, count: number, limit: number): Violation[] {
  return count > limit ? [{ field, reason: `must not have more than ${limit} items` }] : [];
}

/** In UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
