import type { Policy, Profile } from "../../src/domain/document.js";
import type { JsonObject } from "../../src/domain/json.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/domain/limits.js";
import { type OverrideRequest, readOverrides } from "../../src/domain/overrides.js";
import { aProfile, catalog, open } from "./documents.js";
import { refusalOf, violationsOf } from "./refusal.js";

/** A profile that allows overrides, but for what `policy` says. */
export function allowing(policy: Partial<Policy> = {}, members: Partial<Profile> = {}): Profile {
  return aProfile({ ...members, policy: { ...open, ...policy } });
}

/** What a request overrides, as plain JSON. */
export function read(request: OverrideRequest, profile = allowing(), limits: Partial<Limits> = {}) {
  return JSON.parse(
    JSON.stringify(readOverrides(request, profile, catalog, { ...DEFAULT_LIMITS, ...limits })),
  );
}

export const overriding = (request_overrides: JsonObject, profile?: Profile, limits?: Partial<Limits>) =>
  read({ request_overrides }, profile, limits);

/** `CODE: MESSAGE` of a refusal. */
export function refused(act: () => unknown): string {
  const { code, message } = refusalOf(act);
  return `${code}: ${message}`;
}

export const faultsOf = (request_overrides: JsonObject, profile?: Profile, limits?: Partial<Limits>) =>
  violationsOf(() => overriding(request_overrides, profile, limits));
