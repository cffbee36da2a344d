/** A client of the REST API for browsers (spec 7.1): no framework, no dependency. */
import { createCalls } from "./calls.js";
import { type ProfileMethods, profileMethods } from "./profiles.js";
import { type RegistryMethods, registryMethods } from "./registries.js";
import { type RolloutMethods, rolloutMethods } from "./rollouts.js";
import { type ClientOptions, createTransport } from "./transport.js";
import { type TurnMethods, turnMethods } from "./turns.js";

/**
 * A method per route. All reject with `ProfileRegistryError`, or with the reason of their own signal. What was read is asked for
 * again with its `ETag`. After 429 and 503 a call waits as long as the server says, up to 30 s, and tries again, three times at
 * most; a write does so with the same `Idempotency-Key`.
 */
export interface ProfileClient extends ProfileMethods, RegistryMethods, RolloutMethods, TurnMethods {
  /** The registry of methods that are given none; undefined: the server's default one. */
  readonly registry: string | undefined;
  /** Calls back after each write through this client, of the browser's current profile too. Returns what ends that. */
  onWrite(listener: () => void): () => void;
}

export function createProfileClient(options: ClientOptions = {}): ProfileClient {
  const transport = createTransport(options);
  const listeners = new Set<() => void>();
  const calls = createCalls(transport, options.registry, () => {
    for (const listener of listeners) listener();
  });
  return {
    registry: options.registry,
    onWrite(listener) {
      // One of its own, so that a listener given twice is called twice and each end ends one.
      const called = () => listener();
      listeners.add(called);
      return () => void listeners.delete(called);
    },
    ...profileMethods(calls),
    ...registryMethods(calls, transport),
    ...rolloutMethods(calls),
    ...turnMethods(calls, transport),
  };
}
