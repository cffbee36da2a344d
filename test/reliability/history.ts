/** What clients asked of servers and what they were told, with the times of both: the material of the checks. */

interface OfRegistry {
  registry: string;
}

interface OfProfile extends OfRegistry {
  slug: string;
}

interface Expecting {
  /** Undefined: no check. */
  expectedVersion?: number | undefined;
}

/** The members of a profile that writers change, each on its own. */
export interface ProfileTexts {
  name: string;
  note: string;
  prompt: string;
}

export type Write =
  | ({ do: "create-profile"; texts: ProfileTexts; setDefault: boolean } & OfProfile & Expecting)
  /** Members that are not given keep what is stored. */
  | ({ do: "update-profile"; texts: Partial<ProfileTexts>; setDefault: boolean } & OfProfile & Expecting)
  | ({ do: "delete-profile" } & OfProfile & Expecting)
  /** `expectedVersion` is the registry's. */
  | ({ do: "set-default-profile" } & OfProfile & Expecting)
  /** Over RPC only. */
  | ({ do: "set-read-only"; readOnly: boolean } & OfProfile & Expecting)
  | ({ do: "create-registry"; name: string } & OfRegistry & Expecting)
  | ({ do: "update-registry"; name?: string; defaultProfile?: string } & OfRegistry & Expecting)
  | ({ do: "delete-registry"; force: boolean } & OfRegistry & Expecting);

export type Read =
  | ({ do: "get-profile" } & OfProfile)
  | ({ do: "list-profiles" } & OfRegistry)
  | ({ do: "get-registry" } & OfRegistry)
  | { do: "list-registries" }
  /** Without a slug: the default profile of the registry. */
  | ({ do: "resolve"; slug?: string } & OfRegistry);

export type Operation = Write | Read;

const READS: ReadonlySet<string> = new Set<Read["do"]>([
  "get-profile",
  "list-profiles",
  "get-registry",
  "list-registries",
  "resolve",
]);

export function isRead(operation: Operation): operation is Read {
  return READS.has(operation.do);
}

/** A profile as every edge shows it. */
export interface SeenProfile extends ProfileTexts {
  registry: string;
  slug: string;
  version: number;
  readOnly: boolean;
  isDefault: boolean;
  registryVersion: number;
}

export interface SeenRegistry {
  slug: string;
  version: number;
  name: string;
  /** Empty where there is none. */
  defaultProfile: string;
}

export interface SeenResolution {
  registry: string;
  slug: string;
  version: number;
  prompt: string;
}

/** `undefined` of a delete. */
export type Seen = SeenProfile | SeenProfile[] | SeenRegistry | SeenRegistry[] | SeenResolution | undefined;

export interface Refusal {
  code: string;
  text: string;
}

export type Outcome =
  | { is: "done"; revision: number; seen: Seen }
  | ({ is: "refused" } & Refusal)
  /** The connection ended before an answer: nobody knows whether it was done. */
  | { is: "lost" };

export type Edge = "rest" | "rpc";

export interface Recorded {
  client: string;
  edge: Edge;
  operation: Operation;
  /** Of one clock for all clients. */
  startedAt: number;
  endedAt: number;
  outcome: Outcome;
}

/** An entry of the log as it is stored, its document in the terms of the model. */
export interface Logged extends Change {
  revision: number;
  commitRevision: number;
  source: string;
}

export interface ProfileState extends ProfileTexts {
  readOnly: boolean;
}

export interface RegistryState {
  name: string;
  defaultProfile: string;
}

/** A document changed by a write. */
export interface Change {
  operation: string;
  registry: string;
  /** Undefined: the registry itself. */
  profile: string | undefined;
  version: number;
  registryVersion: number;
  /** Undefined: deleted. */
  document: ProfileState | RegistryState | undefined;
}
