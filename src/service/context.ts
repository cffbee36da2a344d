import type { Catalog } from "../domain/catalog.js";
import type { Limits } from "../domain/limits.js";
import type { EnvironmentFlags } from "../domain/processing.js";
import type { SecretExemptions } from "../domain/secrets.js";
import type { DocumentReader } from "../store/document-cache.js";
import type { Store } from "../store/store.js";
import type { Writer } from "./write.js";

/** What the use cases of registries and profiles stand on. */
export interface ServiceContext {
  store: Store;
  documents: DocumentReader;
  writer: Writer;
  catalog: Catalog;
  limits: Limits;
  /** Member names that look like secrets and are none. */
  secretExempt: SecretExemptions;
  /** The registry that requests mean which name none. */
  defaultRegistry: string;
  /** Refuses writes to existing documents that do not say which version they were made from. */
  requireExpectedVersion: boolean;
  /** What the environment of the process says of rollout flags (spec 5.3). */
  environmentFlags: EnvironmentFlags;
  /** Unix milliseconds. */
  clock: () => number;
}
