/** The registry as a plain sequential program (spec 2): what a write does to a state, what a read sees in it, what is refused. */
import type {
  Change,
  Operation,
  ProfileState,
  Read,
  Refusal,
  RegistryState,
  Seen,
  SeenProfile,
  SeenRegistry,
  Write,
} from "./history.js";
import { isRead } from "./history.js";

/** All documents at one revision. */
export interface View {
  registry(slug: string): (RegistryState & Versioned) | undefined;
  profile(registry: string, slug: string): (ProfileState & Versioned) | undefined;
  /** Sorted. */
  registries(): string[];
  /** Sorted. */
  profiles(registry: string): string[];
  /** The last version ever, through deletes; 0 where there was none. */
  lastVersion(registry: string, profile?: string): number;
}

interface Versioned {
  version: number;
}

export type Decision = { changes: Change[] } | { refusal: Refusal };
export type Sight = { seen: Seen } | { refusal: Refusal };

/** The registry that servers fall back to, which cannot be deleted. */
export const DEFAULT_REGISTRY = "default";

class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.text);
  }
}

/** What a write does to a state. */
export function decide(view: View, write: Write): Decision {
  try {
    return { changes: changesOf(view, write) };
  } catch (error) {
    return { refusal: refusalIn(error) };
  }
}

/** What a read sees in a state. */
export function look(view: View, read: Read): Sight {
  try {
    return { seen: sightOf(view, read) };
  } catch (error) {
    return { refusal: refusalIn(error) };
  }
}

/** Why an operation is refused in a state; undefined where it is not. */
export function refusalOf(view: View, operation: Operation): Refusal | undefined {
  const result = isRead(operation) ? look(view, operation) : decide(view, operation);
  return "refusal" in result ? result.refusal : undefined;
}

/** What the answer to a write shows of the state after it. */
export function answerOf(after: View, write: Write): Seen {
  switch (write.do) {
    case "delete-profile":
    case "delete-registry":
      return undefined;
    case "create-registry":
    case "update-registry":
      return registryIn(after, write.registry);
    default:
      return profileIn(after, write.registry, write.slug);
  }
}

function changesOf(view: View, write: Write): Change[] {
  if (write.do === "create-registry") return createRegistry(view, write);
  const { registry: slug } = write;
  const registry = view.registry(slug) ?? refuse("not_found", "registry not found");
  const registryVersion = registry.version + 1;
  const ofRegistry = (operation: string, document: RegistryState | undefined): Change => ({
    operation,
    registry: slug,
    profile: undefined,
    version: registryVersion,
    registryVersion,
    document,
  });
  const ofProfile = (operation: string, profile: string, document: ProfileState | undefined): Change => ({
    operation,
    registry: slug,
    profile,
    // A delete leaves the version where it was.
    version: view.lastVersion(slug, profile) + (document === undefined ? 0 : 1),
    registryVersion,
    document,
  });
  const asDefault = (profile: string): Change =>
    ofRegistry("set_default_profile", { name: registry.name, defaultProfile: profile });
  const stored = (profile: string): ProfileState & Versioned =>
    view.profile(slug, profile) ?? refuse("not_found", "profile not found");

  switch (write.do) {
    case "create-profile": {
      const existing = view.profile(slug, write.slug);
      if (existing !== undefined)
        refuse("already_exists", `profile "${write.slug}" already exists (version ${existing.version})`);
      checkVersion("profile", write.slug, write.expectedVersion, 0);
      const created = ofProfile("create_profile", write.slug, { ...write.texts, readOnly: false });
      return [created, ...(write.setDefault ? [asDefault(write.slug)] : [])];
    }
    case "update-profile": {
      const { version, ...content } = stored(write.slug);
      if (content.readOnly) refusePolicy(write.slug, "profile is read-only");
      checkVersion("profile", write.slug, write.expectedVersion, version);
      const updated = ofProfile("update_profile", write.slug, { ...content, ...write.texts });
      return [updated, ...(write.setDefault ? [asDefault(write.slug)] : [])];
    }
    case "delete-profile": {
      const { version, readOnly } = stored(write.slug);
      if (readOnly) refusePolicy(write.slug, "profile is read-only");
      if (registry.defaultProfile === write.slug) refusePolicy(write.slug, "profile is the registry default");
      checkVersion("profile", write.slug, write.expectedVersion, version);
      return [ofProfile("delete_profile", write.slug, undefined)];
    }
    case "set-default-profile": {
      stored(write.slug);
      checkVersion("registry", slug, write.expectedVersion, registry.version);
      return [asDefault(write.slug)];
    }
    case "set-read-only": {
      const { version, ...content } = stored(write.slug);
      checkVersion("profile", write.slug, write.expectedVersion, version);
      return [ofProfile("set_read_only", write.slug, { ...content, readOnly: write.readOnly })];
    }
    case "update-registry": {
      const { name = registry.name, defaultProfile = registry.defaultProfile } = write;
      if (defaultProfile !== "" && view.profile(slug, defaultProfile) === undefined) {
        const reason = "default profile does not exist in registry";
        refuse("validation", `validation error (registry.default_profile_slug): ${reason}`);
      }
      checkVersion("registry", slug, write.expectedVersion, registry.version);
      return [ofRegistry("update_registry", { name, defaultProfile })];
    }
    case "delete-registry": {
      if (slug === DEFAULT_REGISTRY)
        refuse("failed_precondition", `registry "${slug}" is the default registry of this server`);
      const profiles = view.profiles(slug);
      if (profiles.length > 0 && !write.force)
        refuse("failed_precondition", `registry "${slug}" is not empty`);
      const locked = profiles.find((profile) => view.profile(slug, profile)?.readOnly);
      if (locked !== undefined) refusePolicy(locked, "profile is read-only");
      checkVersion("registry", slug, write.expectedVersion, registry.version);
      // A delete leaves the version where it was, of a registry too.
      const { version } = registry;
      return [
        ...profiles.map((profile) => ofProfile("delete_profile", profile, undefined)),
        { ...ofRegistry("delete_registry", undefined), version },
      ].map((change) => ({ ...change, registryVersion: version }));
    }
  }
}

function createRegistry(
  view: View,
  { registry: slug, name, expectedVersion }: Extract<Write, { do: "create-registry" }>,
): Change[] {
  const existing = view.registry(slug);
  if (existing !== undefined)
    refuse("already_exists", `registry "${slug}" already exists (version ${existing.version})`);
  checkVersion("registry", slug, expectedVersion, 0);
  const version = view.lastVersion(slug) + 1;
  const document = { name, defaultProfile: "" };
  return [
    {
      operation: "create_registry",
      registry: slug,
      profile: undefined,
      version,
      registryVersion: version,
      document,
    },
  ];
}

function sightOf(view: View, read: Read): Seen {
  if (read.do === "list-registries") return view.registries().map((slug) => registryIn(view, slug));
  const { registry } = read;
  const { defaultProfile } = view.registry(registry) ?? refuse("not_found", "registry not found");
  switch (read.do) {
    case "get-registry":
      return registryIn(view, registry);
    case "list-profiles":
      return view.profiles(registry).map((slug) => profileIn(view, registry, slug));
    case "get-profile":
      if (view.profile(registry, read.slug) === undefined) refuse("not_found", "profile not found");
      return profileIn(view, registry, read.slug);
    case "resolve": {
      const slug = read.slug ?? defaultProfile;
      const found = view.profile(registry, slug) ?? refuse("not_found", `profile not found: ${slug}`);
      return { registry, slug, version: found.version, prompt: found.prompt };
    }
  }
}

function profileIn(view: View, registry: string, slug: string): SeenProfile {
  const { version: registryVersion, defaultProfile } = view.registry(registry)!;
  return {
    registry,
    slug,
    ...view.profile(registry, slug)!,
    isDefault: defaultProfile === slug,
    registryVersion,
  };
}

function registryIn(view: View, slug: string): SeenRegistry {
  return { slug, ...view.registry(slug)! };
}

function checkVersion(kind: string, slug: string, expected: number | undefined, actual: number): void {
  if (!expected || expected === actual) return;
  refuse("version_conflict", `${kind} "${slug}" version conflict: expected=${expected} actual=${actual}`);
}

function refusePolicy(slug: string, reason: string): never {
  refuse("policy", `policy violation for profile "${slug}": ${reason}`);
}

function refuse(code: string, text: string): never {
  throw new Refused({ code, text });
}

function refusalIn(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  throw error;
}
