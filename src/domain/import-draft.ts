/** A document of a file as a write that replaces what is stored, but for what a file cannot say (spec 1.6, 2.2, 6.3). */
import type {
  Extensions,
  MiddlewareInput,
  Profile,
  ProfileInput,
  Registry,
  RegistryInput,
} from "./document.js";
import { isMiddlewareConfigKey, parseExtensionKey } from "./identifiers.js";
import { emptyObject, isObject, type Json, member } from "./json.js";
import type { Limits } from "./limits.js";
import { readSlot, slotName } from "./middleware-config.js";
import { draftRegistry, normalizeMiddleware, type RegistryContent } from "./profile-draft.js";
import { isSecretName, REDACTED } from "./secrets.js";

/**
 * What to create in the place of a stored profile: the file's, with the mark `read_only` as stored, and with the values
 * stored at the same places where secrets came back as `<redacted>`. Those without a value stay, for validation to report.
 * Not an update: that would carry configs along with middlewares that have moved.
 */
export function replacingInput(input: ProfileInput, stored: Profile): ProfileInput {
  const { runtime, policy, extensions } = input;
  const { step_settings_patch: patch, middlewares } = runtime ?? {};
  return {
    ...input,
    ...(runtime && {
      runtime: {
        ...runtime,
        ...(patch !== undefined && {
          step_settings_patch: restored(patch, stored.runtime.step_settings_patch),
        }),
        ...(middlewares && { middlewares: middlewares.map((entry, i) => restoredConfig(entry, i, stored)) }),
      },
    }),
    policy: { ...policy, read_only: stored.policy.read_only },
    ...(extensions && { extensions: restoredExtensions(extensions, stored.extensions) }),
  };
}

/**
 * The content of a registry after an import. Members that the file does not have are kept, or, with `replace`, gone. Whether
 * the default profile exists is for the caller to see.
 */
export function draftImportedRegistry(
  slug: string,
  stored: Registry | undefined,
  input: RegistryInput,
  { replace, limits }: { replace: boolean; limits: Limits },
): RegistryContent {
  return draftRegistry(slug, replace ? undefined : stored, input, limits);
}

function restoredConfig(entry: MiddlewareInput, i: number, { extensions }: Profile): MiddlewareInput {
  if (entry.config === undefined) return entry;
  const { name, id } = normalizeMiddleware(entry);
  return { ...entry, config: restored(entry.config, readSlot(extensions, name, slotName({ id }, i))) };
}

function restoredExtensions(sent: Extensions, stored: Extensions | undefined): Extensions {
  const copy = emptyObject();
  for (const [raw, payload] of Object.entries(sent)) {
    const key = parseExtensionKey(raw);
    const holdsConfigs = key.ok && isMiddlewareConfigKey(key.value);
    copy[raw] = holdsConfigs ? restored(payload, member(stored, key.value)) : payload;
  }
  return copy;
}

function restored(value: Json, stored: Json | undefined): Json {
  if (Array.isArray(value)) {
    return value.map((item, i) => restored(item, Array.isArray(stored) ? stored[i] : undefined));
  }
  if (!isObject(value)) return value;
  const copy = emptyObject();
  for (const [name, inner] of Object.entries(value)) {
    const below = isObject(stored) ? member(stored, name) : undefined;
    copy[name] = inner === REDACTED && isSecretName(name) ? (below ?? inner) : restored(inner, below);
  }
  return copy;
}
