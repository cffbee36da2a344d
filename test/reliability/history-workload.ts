/** Random operations of one client, which remembers what it saw and writes from that, or from nothing, or from something older. */
import type { Edge, Operation, Outcome, ProfileTexts, SeenProfile, SeenRegistry } from "./history.js";
import type { Random } from "./history-random.js";
import { WIDE_SLUGS } from "./history-seed.js";

export interface Workload {
  next(): Operation;
  learn(operation: Operation, outcome: Outcome): void;
}

/** Few names, so that clients meet. */
const SLUGS = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];
const BUSY = ["default", "default", "default", "team", "team"];
/** On the last page of a list. */
const LATE_SLUGS = WIDE_SLUGS.slice(-100);
/** Those that come and go. */
const PASSING = ["passing-a", "passing-b"];

/** Versions last seen, by `registry/slug`, or `registry/` of registries: what clients write from. */
export type Known = Map<string, number>;

/** `client` makes its texts its own: what one writer wrote is never taken for what another did. */
export function createWorkload(client: string, edge: Edge, random: Random, known: Known): Workload {
  let texts = 0;
  const text = (): string => `${client}-${++texts}`;
  const keyOf = (registry: string, slug = ""): string => `${registry}/${slug}`;

  const expectation = (registry: string, slug?: string): { expectedVersion?: number } => {
    const version = known.get(keyOf(registry, slug));
    if (version === undefined || random.chance(40)) return random.chance(3) ? { expectedVersion: 7 } : {};
    return { expectedVersion: random.chance(80) ? version : Math.max(1, version - 1 + random.below(3)) };
  };
  const someTexts = (): Partial<ProfileTexts> => ({
    ...(random.chance(40) ? { name: text() } : {}),
    ...(random.chance(40) ? { note: text() } : {}),
    ...(random.chance(40) ? { prompt: text() } : {}),
  });

  /** Most of the time what may succeed. */
  const chosen = (registry: string, slug: string): Drawn => {
    const drawn = draw(random, WEIGHTS);
    const there = known.has(keyOf(registry, slug));
    if (drawn === "create-profile") return there && random.chance(75) ? "update-profile" : drawn;
    return !there && random.chance(60) ? "create-profile" : drawn;
  };

  const inRegistry = (registry: string, slug: string): Operation => {
    const expecting = expectation(registry, slug);
    switch (chosen(registry, slug)) {
      case "create-profile": {
        const content = { name: text(), note: text(), prompt: text() };
        const asDefault = { setDefault: random.chance(25) };
        const expected = random.chance(3) ? { expectedVersion: 1 } : {};
        return { do: "create-profile", registry, slug, texts: content, ...asDefault, ...expected };
      }
      case "update-profile": {
        const setDefault = random.chance(10);
        return { do: "update-profile", registry, slug, texts: someTexts(), setDefault, ...expecting };
      }
      case "delete-profile":
        return { do: "delete-profile", registry, slug, ...expecting };
      case "set-default-profile":
        return { do: "set-default-profile", registry, slug, ...expectation(registry) };
      case "set-read-only":
        // REST cannot: it does what the mark is about.
        return edge === "rpc"
          ? { do: "set-read-only", registry, slug, readOnly: random.chance(25), ...expecting }
          : { do: "update-profile", registry, slug, texts: {}, setDefault: false, ...expecting };
      case "update-registry": {
        const named = random.chance(70) ? { name: text() } : {};
        const defaulted = random.chance(30) ? { defaultProfile: slug } : {};
        return { do: "update-registry", registry, ...named, ...defaulted, ...expectation(registry) };
      }
      case "get-profile":
        return { do: "get-profile", registry, slug };
      case "list-profiles":
        return { do: "list-profiles", registry };
      case "get-registry":
        return { do: "get-registry", registry };
      case "list-registries":
        return { do: "list-registries" };
      case "resolve":
        return random.chance(60) || PASSING.includes(registry)
          ? { do: "resolve", registry, slug }
          : { do: "resolve", registry };
    }
  };

  const ofPassing = (registry: string): Operation => {
    if (random.chance(known.has(keyOf(registry)) ? 5 : 70))
      return { do: "create-registry", registry, name: text() };
    if (random.chance(10))
      return { do: "delete-registry", registry, force: random.chance(70), ...expectation(registry) };
    return inRegistry(registry, random.pick(SLUGS));
  };

  return {
    next() {
      if (random.chance(12)) return ofPassing(random.pick(PASSING));
      if (random.chance(1)) return { do: "delete-registry", registry: "default", force: true };
      if (random.chance(2)) return { do: "list-profiles", registry: "wide" };
      if (random.chance(8)) return inRegistry("wide", random.pick(LATE_SLUGS));
      return inRegistry(random.pick(BUSY), random.pick(SLUGS));
    },
    learn(operation, outcome) {
      if (outcome.is === "lost" || operation.do === "list-registries") return;
      const { registry, slug } = { slug: undefined, ...operation };
      if (outcome.is === "refused") {
        if (outcome.text === "registry not found") known.delete(keyOf(registry));
        if (outcome.text.startsWith("profile not found")) known.delete(keyOf(registry, slug));
        return;
      }
      if (outcome.seen === undefined) {
        known.delete(keyOf(registry, slug));
        return;
      }
      for (const one of [outcome.seen].flat()) {
        if ("registryVersion" in one) learnProfile(one);
        else if ("defaultProfile" in one) learnRegistry(one);
      }
    },
  };

  function learnProfile({ registry, slug, version, registryVersion }: SeenProfile): void {
    known.set(keyOf(registry, slug), version);
    known.set(keyOf(registry), registryVersion);
  }
  function learnRegistry({ slug, version }: SeenRegistry): void {
    known.set(keyOf(slug), version);
  }
}

type Drawn = keyof typeof WEIGHTS;

const WEIGHTS = {
  "create-profile": 14,
  "update-profile": 30,
  "delete-profile": 9,
  "set-default-profile": 6,
  "set-read-only": 5,
  "update-registry": 4,
  "get-profile": 14,
  "list-profiles": 5,
  "get-registry": 3,
  "list-registries": 2,
  resolve: 8,
} as const;

function draw<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][];
  let rest = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    rest -= weight;
    if (rest < 0) return name;
  }
  return entries[0]![0];
}
