/**
 * Answers of resolves as they are sent, reused while the documents that they came from are unchanged: kept by all of the
 * request that decides them, within a budget of bytes, and dropped by revision, never by time (docs/performance.md).
 */
import type { Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { isBlank } from "../domain/identifiers.js";
import { oncePer } from "../domain/once-per.js";
import type { OverrideRequest } from "../domain/overrides.js";
import type { Processing } from "../domain/processing.js";
import {
  decide,
  type Resolution,
  type ResolveRequest,
  type ResolveSettings,
  resolveDecided,
} from "../domain/resolve.js";
import type { ShownSecrets } from "../domain/secrets.js";
import type { CacheUsage, CurrentView } from "../store/document-cache.js";
import { createLru } from "../store/lru.js";

export interface EncodedQuestion {
  /**
   * Names the encoding and all of the request but `conv_id` and `targeting_key`, which must be Unicode: the answer is the same
   * for all requests with this key and the same rollout decision. Undefined: it is not kept.
   */
  key: string | undefined;
  shown: ShownSecrets;
  /** Called where the key does not know the answer. */
  read(): ReadQuestion;
}

export interface ReadQuestion {
  request: ResolveRequest;
  /** That the key is not to be trusted with the answer. Default false. */
  isOdd?: boolean;
  encode(resolution: Resolution): EncodedParts;
}

/** What stands before, between and after `revision` and `processing`, in this order. */
export interface EncodedParts {
  head: string;
  middle: string;
  tail: string;
}

export interface EncodedAnswer
  extends EncodedParts,
    Pick<Resolution, "registry" | "profile" | "fingerprint"> {}

/** With what is to be put between its parts. */
export interface FoundAnswer {
  answer: EncodedAnswer;
  revision: number;
  processing: Processing;
  /** The overrides that the request came with. */
  overrides: OverrideRequest;
}

export interface EncodedAnswers {
  /** As `resolve`, and throws what it throws, or what reading the question throws. */
  find(view: CurrentView, question: EncodedQuestion): FoundAnswer;
  usage(): CacheUsage;
}

interface KeptAnswer extends EncodedAnswer {
  processing: Processing;
  overrides: OverrideRequest;
  /** What was looked up for it. */
  seen: readonly Lookup[];
  /** The last state at which all of that was as it had been. */
  state: object;
}

interface Lookup {
  registry: string;
  profile: string | undefined;
  stamp: number;
  /** Of a registry: see contentOf. */
  content: string | undefined;
}

export interface EncodedAnswersOptions {
  /** Default 78 MiB. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 78 * 1024 * 1024;
/** Longer requests are not sent often enough to be worth their room. */
const MAX_KEY_LENGTH = 4_096;
/** Of an answer besides its text, roughly. */
const OVERHEAD_BYTES = 600;
const MOST_ASKED_ONCE = 1_000;
const NO_OVERRIDES: OverrideRequest = {};

export function createEncodedAnswers(
  settings: ResolveSettings,
  { maxBytes = DEFAULT_MAX_BYTES }: EncodedAnswersOptions = {},
): EncodedAnswers {
  const kept = createLru<KeptAnswer>(maxBytes);
  const askedOnce = new Set<string>();
  /** Of each registry the lookup that answers have in common. */
  const registries = new Map<string, Lookup>();
  let misses = 0;

  const current = (view: CurrentView, key: string): KeptAnswer | undefined => {
    const found = kept.peek(key);
    if (found === undefined) return undefined;
    if (found.state !== view.state) {
      if (!found.seen.every((lookup) => isUnchanged(view, lookup))) return undefined;
      found.state = view.state;
    }
    return kept.get(key);
  };

  /** What callers bring along may be new every time: what is asked for but once would drive out what is asked for again. */
  const noteAsked = (key: string): void => {
    if (askedOnce.size >= MOST_ASKED_ONCE) askedOnce.clear();
    askedOnce.add(key);
  };

  return {
    usage: () => ({ ...kept.usage(), misses }),

    find(view, { key: given, shown, read }) {
      const { revision } = view;
      let key = given !== undefined && given.length <= MAX_KEY_LENGTH ? given : undefined;
      const known = key === undefined ? undefined : current(view, key);
      if (known !== undefined) {
        const { processing, overrides } = known;
        return { answer: known, revision, processing, overrides };
      }

      const { request, encode, isOdd = false } = read();
      if (isOdd) key = undefined;
      const overrides = overridesOf(request);
      const isOwn = overrides !== NO_OVERRIDES || request.base_step_settings !== undefined;
      const asked = key;
      const isKept = asked !== undefined && (!isOwn || askedOnce.has(asked));
      const recorder = isKept ? record(view, registries) : { view, seen: [] };
      const decision = decide(recorder.view, request, settings);
      const { processing, profile: laidOver } = decision.mode;
      // A wish for a mode is decided on every time; what an answer is made of, the profile that is laid over tells.
      if (key !== undefined && request.processing !== undefined) {
        // In front: behind it anything could be of the request.
        key = `${laidOver?.slug ?? ""}\0${key}`;
        const alike = current(view, key);
        if (alike !== undefined) return { answer: alike, revision, processing, overrides: alike.overrides };
      }
      const resolution = resolveDecided(decision, revision, request, shown, settings);
      misses++;
      const { registry, profile, fingerprint } = resolution;
      const { head, middle, tail } = encode(resolution);
      const answer: KeptAnswer = {
        head,
        middle,
        tail,
        registry,
        profile,
        fingerprint,
        processing,
        overrides,
        // A copy has no room to grow, of which there would be one for every answer.
        seen: recorder.seen.slice(),
        state: view.state,
      };
      if (isKept) {
        const bytes = key!.length + head.length + middle.length + tail.length + OVERHEAD_BYTES;
        kept.keep(key!, answer, bytes);
        askedOnce.delete(asked);
      } else if (asked !== undefined) noteAsked(asked);
      return { answer, revision, processing, overrides };
    },
  };
}

function overridesOf({ ai_engine, ai_api_type, request_overrides }: ResolveRequest): OverrideRequest {
  if (isBlank(ai_engine) && isBlank(ai_api_type) && request_overrides === undefined) return NO_OVERRIDES;
  return { ai_engine, ai_api_type, request_overrides };
}

/** A view that notes what is looked up, also what is not there. */
function record(view: CurrentView, registries: Map<string, Lookup>): { view: DocumentView; seen: Lookup[] } {
  const seen: Lookup[] = [];
  return {
    seen,
    view: {
      revision: view.revision,
      registry(slug) {
        const found = view.registry(slug);
        const stamp = view.stamp(slug);
        if (found === undefined) {
          seen.push({ registry: slug, profile: undefined, stamp, content: undefined });
          return undefined;
        }
        const content = contentOf(found);
        let lookup = registries.get(slug);
        if (lookup?.content !== content) {
          lookup = { registry: slug, profile: undefined, stamp, content };
          registries.set(slug, lookup);
        }
        lookup.stamp = stamp;
        seen.push(lookup);
        return found;
      },
      profile(registry, profile) {
        seen.push({ registry, profile, stamp: view.stamp(registry, profile), content: undefined });
        return view.profile(registry, profile);
      },
      // They have their say in the decision alone, which is not kept.
      rollouts: (registry) => view.rollouts(registry),
    },
  };
}

/** Every write to a profile moves the version of its registry, which is no part of an answer. */
function isUnchanged(view: CurrentView, lookup: Lookup): boolean {
  const { registry, profile, content } = lookup;
  const stamp = view.stamp(registry, profile);
  if (stamp === lookup.stamp) return true;
  if (profile !== undefined || content === undefined) return false;
  const found = view.registry(registry);
  if (found === undefined || contentOf(found) !== content) return false;
  lookup.stamp = stamp;
  return true;
}

/** What an answer can have of a registry: all but its version and who last wrote it when. */
const contentOf = oncePer((registry: Registry) => {
  const { version: _, updated_at_ms: _at, updated_by: _by, ...metadata } = registry.metadata;
  return JSON.stringify({ ...registry, metadata });
});
