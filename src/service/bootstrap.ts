/** What an empty store starts with (spec 6.2): the built-in registry, or a seed file's. */
import { readFile } from "node:fs/promises";
import { DomainError, invalid } from "../domain/errors.js";
import type { EnvironmentFlags } from "../domain/processing.js";
import { draftProfile, draftRegistry, type Rules } from "../domain/profile-draft.js";
import { decodeUtf8 } from "../formats/decode-utf8.js";
import { readDocuments } from "../formats/read-documents.js";
import type { SourceDocuments, SourceRegistry } from "../formats/source-documents.js";
import { atItsPosition } from "../formats/violation-position.js";
import type { Change, Store } from "../store/store.js";
import { rolloutChanges } from "./declared-rollouts.js";
import { newProfile } from "./profiles.js";
import { newRegistry } from "./registries.js";
import type { Caller } from "./write.js";

const BUILT_IN: SourceRegistry = {
  slug: "default",
  input: { default_profile_slug: "default" },
  profiles: [
    { slug: "default", input: { runtime: { system_prompt: "You are an assistant" } } },
    {
      slug: "agent",
      input: {
        runtime: {
          middlewares: [{ name: "agentmode", id: "default", config: { default_mode: "financial_analyst" } }],
        },
        policy: { allow_overrides: true },
      },
    },
  ],
};

/** Nobody calls: the server itself seeds. */
const SEED: Caller = { actor: "anonymous", source: "seed" };

export interface BootstrapOptions {
  store: Store;
  rules: Rules;
  defaultRegistry: string;
  seedFile: string | undefined;
  environmentFlags?: EnvironmentFlags;
  clock: () => number;
}

/**
 * Seeds a store that has no registry, in one commit; of several processes that start together one does. Throws FormatError,
 * naming file, line and column, for a seed file that is broken or not valid, and Error where the default registry is missing.
 */
export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const { store, defaultRegistry } = options;
  const found = await store.listRegistries();
  if (found.registries.length + found.unreadable.length === 0) {
    const nowMs = options.clock();
    const changes = await seedChanges(options, nowMs);
    if (changes.length > 0) {
      const created = changes.flatMap((change) =>
        "registry" in change && typeof change.registry !== "string" ? [change.registry.slug] : [],
      );
      // A conflict means that another process has seeded meanwhile.
      await store.commit({
        timeMs: nowMs,
        ...SEED,
        expect: created.map((registry) => ({ registry, version: 0 })),
        changes,
      });
    }
  }
  const { registries, unreadable } = await store.listRegistries();
  // One that cannot be read is there all the same: the others are served.
  const known = [...registries.map(({ slug }) => slug), ...unreadable].sort();
  if (!known.includes(defaultRegistry)) {
    throw new DomainError(
      "not_found",
      `default registry "${defaultRegistry}" does not exist (there are: ${known.join(", ") || "none"})`,
    );
  }
}

async function seedChanges(options: BootstrapOptions, nowMs: number): Promise<Change[]> {
  const { seedFile: file, defaultRegistry } = options;
  if (file === undefined) return registryChanges(BUILT_IN, options, nowMs, (error) => error);
  const source = readDocuments(decodeUtf8(await readSeedFile(file), file), {
    file,
    registry: defaultRegistry,
  });
  return source.registries.flatMap((registry) =>
    registryChanges(registry, options, nowMs, (error, profile) =>
      located(error, source, file, registry.slug, profile),
    ),
  );
}

async function readSeedFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`seed file ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function located(
  error: unknown,
  source: SourceDocuments,
  file: string,
  registry: string,
  profile: string | undefined,
): unknown {
  if (!(error instanceof DomainError)) return error;
  return atItsPosition(error, source, { file, registry, ...(profile === undefined ? {} : { profile }) });
}

/** `explain` turns what is wrong with a document into what the operator reads. */
function registryChanges(
  registry: SourceRegistry,
  { rules, environmentFlags = {} }: Pick<BootstrapOptions, "rules" | "environmentFlags">,
  nowMs: number,
  explain: (error: unknown, profile?: string) => unknown,
): Change[] {
  const attempt = <T>(work: () => T, profile?: string): T => {
    try {
      return work();
    } catch (error) {
      throw explain(error, profile);
    }
  };
  const content = attempt(() => {
    const draft = draftRegistry(registry.slug, undefined, registry.input, rules.limits);
    const { default_profile_slug: slug } = draft;
    if (slug !== undefined && !registry.profiles.some((profile) => profile.slug === slug)) {
      throw invalid("registry.default_profile_slug", "default profile does not exist in registry");
    }
    return draft;
  });
  const created = newRegistry(content, SEED, nowMs);
  return [
    { operation: "create_registry", registry: created },
    ...rolloutChanges(undefined, created, [], nowMs, environmentFlags),
    ...registry.profiles.map(({ slug, input }): Change => {
      const draft = attempt(() => draftProfile(slug, undefined, input, rules), slug);
      return {
        operation: "create_profile",
        registry: registry.slug,
        profile: newProfile(draft, SEED, nowMs),
      };
    }),
  ];
}
