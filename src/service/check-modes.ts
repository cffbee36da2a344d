/** Processing modes looked at when a server starts, and whenever an operator asks: nothing about them stops it (spec 5.1). */
import type { Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError } from "../domain/errors.js";
import { rolloutOf } from "../domain/processing.js";
import { modesOf, undeclarable } from "../domain/processing-modes.js";
import type { Change, Commit } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { createdRollout, endedRollout } from "./declared-rollouts.js";
import { modeProblems } from "./mode-problems.js";
import { unlessUnreadable } from "./unless-unreadable.js";

export interface ModesService {
  /**
   * Gives declared modes the rollouts that they lack, because their documents are from before there were rollouts or because
   * state was lost, and ends those that nothing declares any more. Never throws: what cannot be done is told by `warn`, a line
   * each, and so is every problem that there is then.
   */
  settle(warn: (line: string) => void): Promise<void>;
  /** What is wrong with modes, a line each, as of at most a second ago. */
  problems(): Promise<readonly string[]>;
}

/** Nobody calls: the server itself mends. */
const SERVER = { actor: "anonymous", source: "auto" } as const;
/** Each conflict is another process's write, which as a rule has done the same. */
const MAX_ATTEMPTS = 20;
/** Probes may come more often than it is worth looking again. */
const KEPT_MS = 1_000;
const MOST_WARNINGS = 100;

export function createModesService({
  store,
  documents,
  environmentFlags,
  clock,
}: Pick<ServiceContext, "store" | "documents" | "environmentFlags" | "clock">): ModesService {
  const isUnreadable = (registry: string, mode: string): boolean =>
    store.unreadable().includes(`${registry}/rollouts/${mode}`);

  const settleRegistry = async (slug: string): Promise<void> => {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const { registry, rollouts } = await store.read(slug, []);
      if (registry === undefined) return;
      const nowMs = clock();
      const modes = modesOf(registry);
      // One that cannot be read may be mended yet; it counts as off meanwhile.
      const missing = [...modes.keys()].filter(
        (mode) => rolloutOf(rollouts, mode) === undefined && !isUnreadable(slug, mode),
      );
      const changes: Change[] = [
        ...rollouts.filter(({ mode }) => !modes.has(mode)).map(({ mode }) => endedRollout(slug, mode)),
        ...missing.map((mode) => createdRollout(slug, mode, nowMs, environmentFlags)),
      ];
      if (changes.length === 0) return;
      const expect: Commit["expect"] = [
        { registry: slug, version: registry.metadata.version },
        ...missing.map((mode) => ({ registry: slug, mode, version: 0 })),
      ];
      if ((await store.commit({ timeMs: nowMs, ...SERVER, expect, changes })).committed) return;
    }
    throw new DomainError("unavailable", "store is busy");
  };

  const look = async (): Promise<string[]> => {
    const { registries } = await store.listRegistries();
    const lines: string[] = [];
    for (const { slug } of registries.filter((registry) => registry.processing_modes !== undefined)) {
      const found = await unlessUnreadable(
        documents.decide((view) => {
          const registry = view.registry(slug);
          return registry && linesOf(view, registry, isUnreadable);
        }),
      );
      lines.push(...(found ?? []));
    }
    return lines;
  };

  let kept: { atMs: number; lines: Promise<string[]> } | undefined;
  return {
    async settle(warn) {
      try {
        for (const { slug } of (await store.listRegistries()).registries) {
          await settleRegistry(slug).catch((error: unknown) =>
            warn(`rollouts of registry "${slug}" cannot be brought in line: ${(error as Error).message}`),
          );
        }
        const lines = await look();
        for (const line of lines.slice(0, MOST_WARNINGS)) warn(line);
        if (lines.length > MOST_WARNINGS)
          warn(`and ${lines.length - MOST_WARNINGS} more problems of processing modes`);
      } catch (error) {
        warn(`processing modes cannot be checked: ${(error as Error).message}`);
      }
    },
    problems() {
      const nowMs = clock();
      if (kept === undefined || Math.abs(nowMs - kept.atMs) >= KEPT_MS) kept = { atMs: nowMs, lines: look() };
      return kept.lines;
    },
  };
}

function linesOf(
  view: DocumentView,
  registry: Registry,
  isUnreadable: (registry: string, mode: string) => boolean,
): string[] {
  const { slug } = registry;
  const line = (mode: string, problem: string): string =>
    `processing mode "${mode}" of registry "${slug}": ${problem}`;
  const rollouts = view.rollouts(slug);
  return [
    ...undeclarable(registry).map((mode) =>
      line(mode, "what is stored declares no mode, and counts as none"),
    ),
    ...modeProblems(view, registry).map(({ mode, profile, problem }) =>
      line(
        mode,
        `profile "${profile}" ${problem === "profile_missing" ? "does not exist" : "cannot be read"}`,
      ),
    ),
    ...[...modesOf(registry).keys()]
      .filter((mode) => rolloutOf(rollouts, mode) === undefined)
      .map((mode) =>
        line(
          mode,
          `its rollout ${isUnreadable(slug, mode) ? "cannot be read" : "is lost"}, and counts as off`,
        ),
      ),
  ];
}
