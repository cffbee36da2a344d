/** Use cases of a chat turn: which runtime does it run with, and which profile has this browser chosen (spec 4, 2.5). */

import { malformed, profileNotFound, quoteCut } from "../domain/errors.js";
import { isBlank, parseSlug } from "../domain/identifiers.js";
import type { OverrideRequest } from "../domain/overrides.js";
import { type Resolution, type ResolveRequest, type ResolveSettings, resolve } from "../domain/resolve.js";
import type { ShownSecrets } from "../domain/secrets.js";
import { parseRegistryChoice, type SelectionSource, selectProfile } from "../domain/selection.js";
import type { CacheUsage, DocumentReader } from "../store/document-cache.js";
import {
  createEncodedAnswers,
  type EncodedAnswersOptions,
  type EncodedQuestion,
  type FoundAnswer,
} from "./encoded-answers.js";
import { existingRegistry } from "./names.js";

export interface CurrentProfile {
  slug: string;
  registry: string;
  source: Extract<SelectionSource, "cookie" | "default">;
  revision: number;
  /** Why the cookie did not count, where it did not. */
  cookieIgnored?: string;
}

export interface ResolverService {
  resolve(request: ResolveRequest, shown: ShownSecrets): Promise<Resolution>;
  /** The same as an edge sends it, encoded anew only where it has to be. Throws what reading the question throws, too. */
  answer(question: EncodedQuestion): Promise<FoundAnswer>;
  /** Of encoded answers. */
  reuse(): CacheUsage;
  /** What a request without a profile gets: by its cookie, else the default. */
  currentProfile(request: {
    registry?: string | undefined;
    cookie?: string | undefined;
  }): Promise<CurrentProfile>;
  /** The profile that a browser wants to be its current one. Throws `malformed` or `not_found`. */
  chooseProfile(request: { registry?: string | undefined; slug: string }): Promise<CurrentProfile>;
}

/** Hears of every resolve, once. Must cost next to nothing, and throw nothing. */
export interface ResolveObserver {
  answered(overrides: OverrideRequest, resolution: Pick<Resolution, "registry" | "processing">): void;
  failed(request: ResolveRequest, error: unknown): void;
}

export function createResolverService(
  documents: DocumentReader,
  settings: ResolveSettings,
  observer?: ResolveObserver,
  answersOptions?: EncodedAnswersOptions,
): ResolverService {
  const { defaultRegistry } = settings;
  const answers = createEncodedAnswers(settings, answersOptions);
  return {
    async resolve(request, shown) {
      try {
        const resolution = await documents.decide((view) => resolve(view, request, shown, settings));
        observer?.answered(request, resolution);
        return resolution;
      } catch (error) {
        observer?.failed(request, error);
        throw error;
      }
    },

    async answer(question) {
      let asked: ReturnType<EncodedQuestion["read"]> | undefined;
      const read = () => (asked ??= question.read());
      try {
        const found = await documents.decide((view) => answers.find(view, { ...question, read }));
        const { answer, processing, overrides } = found;
        observer?.answered(overrides, { registry: answer.registry, processing });
        return found;
      } catch (error) {
        if (asked !== undefined) observer?.failed(asked.request, error);
        throw error;
      }
    },

    reuse: answers.usage,

    currentProfile: (request) =>
      documents.decide((view) => {
        const { profile, registry, selection } = selectProfile(view, request, defaultRegistry);
        const ignored = selection.ignored?.[0];
        return {
          slug: profile.slug,
          registry: registry.slug,
          source: selection.source === "cookie" ? "cookie" : "default",
          revision: view.revision,
          ...(ignored ? { cookieIgnored: ignored.reason } : {}),
        };
      }),

    chooseProfile: ({ registry: raw, slug: rawSlug }) =>
      documents.decide((view) => {
        const choice = isBlank(raw) ? defaultRegistry : parseRegistryChoice(raw);
        const slug = parseSlug(rawSlug, "profile slug");
        if (!slug.ok) throw malformed(`invalid profile: ${quoteCut(rawSlug)}`);
        const registry = existingRegistry(view, choice).slug;
        if (view.profile(registry, slug.value) === undefined) throw profileNotFound(rawSlug);
        return { slug: slug.value, registry, source: "cookie", revision: view.revision };
      }),
  };
}
