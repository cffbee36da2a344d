/** What the cases of the order of checks (spec 2.3) are refused with. */
import { invalid } from "./both-edges.js";

/** A document that is not valid, and what it is refused with. */
export const INVALID = { runtime: { tools: [""] } };
export const LOCKED = { policy: { read_only: true } };
export const NO_TOOL = invalid(["runtime.tools[0]", "must not be empty"]);
export const NO_NAME = invalid(["profile.slug", 'profile slug "No!" is invalid']);
export const NO_REGISTRY = { error: "malformed", message: "invalid registry: No!" } as const;
export const REGISTRY_NOT_FOUND = { error: "not_found", message: "registry not found" } as const;
export const PROFILE_NOT_FOUND = { error: "not_found", message: "profile not found" } as const;
export const READ_ONLY = {
  error: "policy",
  message: 'policy violation for profile "a": profile is read-only',
} as const;
export const stale = { expected_version: 9 };
