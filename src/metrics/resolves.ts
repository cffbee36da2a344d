/** Resolves: what was asked for and what became of it. */
import { canonicalKey } from "../domain/canonical-key.js";
import { DomainError } from "../domain/errors.js";
import { isBlank, normalizeIdentifier } from "../domain/identifiers.js";
import { DIRECT_OVERRIDES, type DirectOverride, type OverrideRequest } from "../domain/overrides.js";
import type { ResolveObserver } from "../service/resolver.js";
import type { Family, Sample } from "./family.js";
import { type NamesInUse, OTHER } from "./label-names.js";
import { type Count, countSamples, createCounts, type Table } from "./table.js";

const OVERRIDE_KEYS: ReadonlySet<string> = new Set([
  "system_prompt",
  "tools",
  "middlewares",
  "step_settings_patch",
]);
const DIRECT_KEYS = Object.keys(DIRECT_OVERRIDES) as DirectOverride[];
/** More than there are known keys: a request with more of them is refused anyway. */
const MOST_KEYS_READ = 16;
/** Failures that somebody should hear of; they are there from the start, since an increase from nothing is none. */
const SERIOUS_CODES = ["internal", "data_loss", "unavailable"];

export interface ResolveCounts {
  observer: ResolveObserver;
  families: Family[];
}

export function createResolveCounts(names: NamesInUse, defaultRegistry: string): ResolveCounts {
  const { registries, modes } = names;
  const answered = createCounts("registry", "requested_mode", "applied_mode", "outcome");
  const failed = createCounts("registry", "code");
  const overrides = createCounts("key", "result");

  return {
    observer: {
      answered(overridden, { registry, processing: { requested_mode, applied_mode, outcome } }) {
        const cell = answered.at(
          registries.admit(registry),
          modes.admit(requested_mode),
          modes.admit(applied_mode),
          outcome,
        );
        cell.value++;
        countOverrides(overrides, overridden, "applied");
      },
      failed(request, error) {
        const { registry: raw } = request.selection;
        const registry = registries.known(isBlank(raw) ? defaultRegistry : normalizeIdentifier(raw));
        failed.at(registry, error instanceof DomainError ? error.code : "internal").value++;
        countOverrides(overrides, request, "refused");
      },
    },
    families: [
      {
        name: "profile_registry_resolves_total",
        help: "Resolves that were answered.",
        type: "counter",
        merge: "sum",
        read: () => countSamples(answered),
      },
      {
        name: "profile_registry_resolve_failures_total",
        help: "Resolves that were refused or failed.",
        type: "counter",
        merge: "sum",
        read: (): Sample[] => {
          for (const [{ registry }] of answered.entries()) {
            for (const code of SERIOUS_CODES) failed.at(registry, code);
          }
          return countSamples(failed);
        },
      },
      {
        name: "profile_registry_overrides_total",
        help: "Resolves that came with an override, by its key.",
        type: "counter",
        merge: "sum",
        read: () => countSamples(overrides),
      },
    ],
  };
}

function countOverrides(counts: Table<string, Count>, request: OverrideRequest, result: string): void {
  for (const name of DIRECT_KEYS) {
    if (!isBlank(request[name])) counts.at(name, result).value++;
  }
  const given = request.request_overrides;
  if (given === undefined) return;
  const keys = new Set<string>();
  for (const raw in given) {
    const key = canonicalKey(raw.slice(0, 128));
    keys.add(OVERRIDE_KEYS.has(key) ? key : OTHER);
    if (keys.size >= MOST_KEYS_READ) break;
  }
  for (const key of keys) counts.at(key, result).value++;
}
