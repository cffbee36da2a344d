import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.js";
import type { Profile } from "./document.js";
import type { DocumentView } from "./document-view.js";
import { modeProfile } from "./processing.js";
import type { ProcessingMode } from "./processing-modes.js";
import type { RolloutFlags, RolloutThresholds } from "./rollout.js";
import { omitProfileSecrets } from "./secrets.js";

export interface DigestInput {
  registry: string;
  declaration: ProcessingMode;
  /** As they act. */
  flags: RolloutFlags;
  thresholds: RolloutThresholds;
}

/**
 * `sha256:` + hex over the RFC 8785 form of what decides how a mode acts, without secrets (spec 5.5): equal on two deployments
 * that act alike, whatever their registries are called and however often their documents were written.
 */
export function configDigest(view: DocumentView, input: DigestInput): string {
  const { registry, declaration, flags, thresholds } = input;
  const profiles = declaration.profiles.map((slug) => contentOf(modeProfile(view, registry, slug)));
  const hashed = canonicalJson({ declaration, profiles, flags, thresholds });
  return `sha256:${createHash("sha256").update(hashed, "utf8").digest("hex")}`;
}

function contentOf(
  profile: ReturnType<typeof modeProfile>,
): string | Pick<Profile, "runtime" | "extensions"> {
  if (typeof profile === "string") return profile;
  const { runtime, extensions } = omitProfileSecrets(profile);
  return { runtime, ...(extensions ? { extensions } : {}) };
}
