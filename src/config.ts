/** Flags and environment, read in one place (spec 6.1, 6.5). Each flag has an environment form; a flag beats its variable. */
import { availableParallelism } from "node:os";
import { parseSlug } from "./domain/identifiers.js";
import { DEFAULT_LIMITS, type Limits } from "./domain/limits.js";
import { type EnvironmentFlags, startingFlags } from "./domain/processing.js";
import { NEEDED_FLAG, ROLLOUT_FLAGS, type RolloutFlag, type RolloutFlags } from "./domain/rollout.js";
import { parseDsn } from "./store/sqlite/dsn.js";
import type { SqliteOptions } from "./store/sqlite/open.js";

type Kind = "text" | "count" | "boolean" | "list";

export interface Setting {
  /** Without the leading dashes. */
  flag: string;
  env: string;
  kind: Kind;
  /** What stands for the value in help. */
  value: string;
  help: string;
  /** As help and docs show it. */
  default?: string;
  /** Also a flag of commands that work on a store directly. */
  store?: true;
}

/** Every setting, in the order of docs/configuration.md, which a test holds against this list. */
export const SETTINGS = [
  {
    flag: "host",
    env: "PROFILE_REGISTRY_HOST",
    kind: "text",
    value: "HOST",
    default: "127.0.0.1",
    help: "address to listen on",
  },
  {
    flag: "port",
    env: "PROFILE_REGISTRY_PORT",
    kind: "count",
    value: "PORT",
    default: "8080",
    help: "port to listen on; 0 takes a free one",
  },
  {
    flag: "workers",
    env: "PROFILE_REGISTRY_WORKERS",
    kind: "text",
    value: "N",
    default: "1",
    help: "processes that serve the port together; auto: one for each core; more than one needs a file",
  },
  {
    flag: "profile-registry-db",
    env: "PROFILE_REGISTRY_DB",
    kind: "text",
    value: "PATH",
    help: "SQLite file to keep everything in (default: in memory, nothing is kept)",
    store: true,
  },
  {
    flag: "profile-registry-dsn",
    env: "PROFILE_REGISTRY_DSN",
    kind: "text",
    value: "DSN",
    help: "the same as a DSN: file:PATH?_journal_mode=WAL&_busy_timeout=5000&_foreign_keys=on",
    store: true,
  },
  {
    flag: "profile-registry-file",
    env: "PROFILE_REGISTRY_FILE",
    kind: "text",
    value: "FILE",
    help: "YAML file as the store, for one process: every write rewrites it, an edit by hand is live within a second",
    store: true,
  },
  {
    flag: "seed-file",
    env: "PROFILE_REGISTRY_SEED_FILE",
    kind: "text",
    value: "FILE",
    help: "YAML or JSON that an empty store starts with",
    store: true,
  },
  {
    flag: "default-registry",
    env: "PROFILE_REGISTRY_DEFAULT",
    kind: "text",
    value: "SLUG",
    default: "default",
    help: "registry that requests mean which name none",
    store: true,
  },
  {
    flag: "catalog-dir",
    env: "PROFILE_REGISTRY_CATALOG_DIR",
    kind: "text",
    value: "DIR",
    help: "directory of further middleware definitions and extension schemas",
    store: true,
  },
  {
    flag: "ai-engine",
    env: "PROFILE_REGISTRY_AI_ENGINE",
    kind: "text",
    value: "ENGINE",
    help: "force ai-chat.ai-engine in every answer, for emergencies",
  },
  {
    flag: "ai-api-type",
    env: "PROFILE_REGISTRY_AI_API_TYPE",
    kind: "text",
    value: "TYPE",
    help: "force ai-chat.ai-api-type in every answer, for emergencies",
  },
  {
    flag: "require-expected-version",
    env: "PROFILE_REGISTRY_REQUIRE_EXPECTED_VERSION",
    kind: "boolean",
    value: "BOOL",
    default: "false",
    help: "refuse writes to existing documents that do not give expected_version",
  },
  {
    flag: "cors-origin",
    env: "PROFILE_REGISTRY_CORS_ORIGIN",
    kind: "list",
    value: "ORIGIN",
    help: "let in browsers on this origin (repeatable; the variable is a list with commas)",
  },
  {
    flag: "cookie-secure",
    env: "PROFILE_REGISTRY_COOKIE_SECURE",
    kind: "boolean",
    value: "BOOL",
    default: "true",
    help: "mark the profile cookie Secure; false for plain HTTP off localhost",
  },
  {
    flag: "serve-secrets",
    env: "PROFILE_REGISTRY_SERVE_SECRETS",
    kind: "boolean",
    value: "BOOL",
    default: "false",
    help: "show stored secrets over RPC to callers that are no browsers",
  },
  {
    flag: "console",
    env: "PROFILE_REGISTRY_CONSOLE",
    kind: "boolean",
    value: "BOOL",
    default: "true",
    help: "serve the console for browsers under /console/",
  },
  {
    flag: "secret-exempt",
    env: "PROFILE_REGISTRY_SECRET_EXEMPT",
    kind: "list",
    value: "NAME",
    help: "member name that looks like a secret and is none (repeatable; the variable is a list with commas)",
    store: true,
  },
  {
    flag: "log-level",
    env: "PROFILE_REGISTRY_LOG_LEVEL",
    kind: "text",
    value: "LEVEL",
    default: "info",
    help: "trace, debug, info, warn, error, fatal or silent; debug also logs every read",
  },
  {
    flag: "max-body-bytes",
    env: "PROFILE_REGISTRY_MAX_BODY_BYTES",
    kind: "count",
    value: "N",
    default: "1048576",
    help: "largest request body",
  },
  {
    flag: "max-middlewares",
    env: "PROFILE_REGISTRY_MAX_MIDDLEWARES",
    kind: "count",
    value: "N",
    default: String(DEFAULT_LIMITS.middlewares),
    help: "most middlewares of a profile",
    store: true,
  },
  {
    flag: "max-tools",
    env: "PROFILE_REGISTRY_MAX_TOOLS",
    kind: "count",
    value: "N",
    default: String(DEFAULT_LIMITS.tools),
    help: "most tools of a profile",
    store: true,
  },
  {
    flag: "max-extensions",
    env: "PROFILE_REGISTRY_MAX_EXTENSIONS",
    kind: "count",
    value: "N",
    default: String(DEFAULT_LIMITS.extensions),
    help: "most extensions of a profile",
    store: true,
  },
  {
    flag: "max-system-prompt-bytes",
    env: "PROFILE_REGISTRY_MAX_SYSTEM_PROMPT_BYTES",
    kind: "count",
    value: "N",
    default: String(DEFAULT_LIMITS.systemPromptBytes),
    help: "longest system prompt",
    store: true,
  },
  {
    flag: "max-name-bytes",
    env: "PROFILE_REGISTRY_MAX_NAME_BYTES",
    kind: "count",
    value: "N",
    default: String(DEFAULT_LIMITS.nameBytes),
    help: "longest display name, tag, tool or setting name",
    store: true,
  },
  {
    flag: "max-depth",
    env: "PROFILE_REGISTRY_MAX_DEPTH",
    kind: "count",
    value: "N",
    default: String(DEFAULT_LIMITS.depth),
    help: "deepest nesting of a document or request",
    store: true,
  },
] as const satisfies readonly Setting[];

export type Flag = (typeof SETTINGS)[number]["flag"];
/** Flag values as the command line gave them: lists for repeatable ones. */
export type Flags = { [flag in Flag]?: string | readonly string[] | undefined };
export type Environment = Readonly<Record<string, string | undefined>>;

export type StoreConfig =
  | { kind: "memory" }
  | { kind: "file"; path: string }
  | ({ kind: "sqlite"; path: string } & Pick<SqliteOptions, "busyTimeoutMs" | "foreignKeys">);

export interface Config {
  host: string;
  port: number;
  /** How many processes serve the port together. */
  workers: number;
  store: StoreConfig;
  seedFile: string | undefined;
  defaultRegistry: string;
  catalogDir: string | undefined;
  operator: { ai_engine: string | undefined; ai_api_type: string | undefined };
  requireExpectedVersion: boolean;
  corsOrigins: readonly string[];
  cookieSecure: boolean;
  serveSecrets: boolean;
  /** Whether `/console/` is served. */
  console: boolean;
  secretExempt: readonly string[];
  logLevel: string;
  maxBodyBytes: number;
  limits: Limits;
  /** `FAST_MODE_…` (spec 5.3). */
  environmentFlags: EnvironmentFlags;
  /** What the operator should know and that does not stop the start. */
  warnings: readonly string[];
}

/** A flag or variable that cannot be used; one line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const NO_EFFECT = "PINOCCHIO_ENABLE_PROFILE_REGISTRY_MIDDLEWARE";

/** Throws ConfigError. Blank values count as absent. */
export function readConfig(flags: Flags, env: Environment): Config {
  const settings = createReader(flags, env);
  const logLevel = settings.text("log-level") ?? "info";
  if (!LOG_LEVELS.includes(logLevel))
    throw new ConfigError(`--log-level must be one of ${LOG_LEVELS.join(", ")}`);
  const modeFlags = readModeFlags(env);
  const store = readStore(settings);
  const port = settings.count("port") ?? 8080;
  if (port > 65_535) throw new ConfigError(`--port must be at most 65535, not ${port}`);
  return {
    host: settings.text("host") ?? "127.0.0.1",
    port,
    workers: readWorkers(settings.text("workers") ?? "1", store),
    store,
    seedFile: settings.text("seed-file"),
    defaultRegistry: readSlug(settings.text("default-registry") ?? "default"),
    catalogDir: settings.text("catalog-dir"),
    operator: { ai_engine: settings.text("ai-engine"), ai_api_type: settings.text("ai-api-type") },
    requireExpectedVersion: settings.boolean("require-expected-version") ?? false,
    corsOrigins: settings.list("cors-origin").map(readOrigin),
    cookieSecure: settings.boolean("cookie-secure") ?? true,
    serveSecrets: settings.boolean("serve-secrets") ?? false,
    console: settings.boolean("console") ?? true,
    secretExempt: settings.list("secret-exempt"),
    logLevel,
    maxBodyBytes: settings.count("max-body-bytes") ?? 1024 * 1024,
    limits: {
      middlewares: settings.count("max-middlewares") ?? DEFAULT_LIMITS.middlewares,
      tools: settings.count("max-tools") ?? DEFAULT_LIMITS.tools,
      extensions: settings.count("max-extensions") ?? DEFAULT_LIMITS.extensions,
      systemPromptBytes: settings.count("max-system-prompt-bytes") ?? DEFAULT_LIMITS.systemPromptBytes,
      nameBytes: settings.count("max-name-bytes") ?? DEFAULT_LIMITS.nameBytes,
      depth: settings.count("max-depth") ?? DEFAULT_LIMITS.depth,
    },
    environmentFlags: { [MODE_OF_ENVIRONMENT]: modeFlags },
    warnings: [
      ...(isSet(env[NO_EFFECT]) ? [`${NO_EFFECT} has no effect: the profile registry is always on`] : []),
      ...modeWarnings(modeFlags),
    ],
  };
}

/** The mode whose rollouts the environment speaks of (spec 5.3), in every registry. */
const MODE_OF_ENVIRONMENT = "fast";

function readModeFlags(env: Environment): Partial<RolloutFlags> {
  const flags: Partial<RolloutFlags> = {};
  for (const flag of ROLLOUT_FLAGS) {
    const value = env[modeVariable(flag)]?.trim().toLowerCase() ?? "";
    if (value === "") continue;
    if (value !== "true" && value !== "false")
      throw new ConfigError(`${modeVariable(flag)} must be true or false, not "${value}"`);
    flags[flag] = value === "true";
  }
  return flags;
}

function modeWarnings(flags: Partial<RolloutFlags>): string[] {
  return ROLLOUT_FLAGS.flatMap((flag) => {
    const missing = NEEDED_FLAG[flag];
    return flags[flag] === true && missing !== undefined && !startingFlags(flags)[missing]
      ? [`${modeVariable(flag)}=true has no effect without ${modeVariable(missing)}=true`]
      : [];
  });
}

function modeVariable(flag: RolloutFlag): string {
  return `${MODE_OF_ENVIRONMENT}_MODE_${flag}`.toUpperCase();
}

function readWorkers(text: string, store: StoreConfig): number {
  if (text !== "auto" && !/^[1-9]\d{0,2}$/.test(text))
    throw new ConfigError(`--workers must be a positive integer up to 999 or auto, not "${text}"`);
  const workers = text === "auto" ? availableParallelism() : Number(text);
  if (store.kind === "sqlite") return workers;
  if (text === "auto") return 1;
  if (workers > 1)
    throw new ConfigError(
      "--workers above 1 needs an SQLite file that they share (--profile-registry-db PATH)",
    );
  return workers;
}

/** Any store flag beats any store variable; within one source DSN beats path beats file. */
function readStore(settings: SettingsReader): StoreConfig {
  for (const from of ["flag", "env"] as const) {
    const dsn = settings.from(from, "profile-registry-dsn");
    if (dsn !== undefined) return readDsn(dsn);
    const path = settings.from(from, "profile-registry-db");
    if (path !== undefined) return path === ":memory:" ? { kind: "memory" } : { kind: "sqlite", path };
    const file = settings.from(from, "profile-registry-file");
    if (file !== undefined) return { kind: "file", path: file };
  }
  return { kind: "memory" };
}

function readDsn(dsn: string): StoreConfig {
  const parsed = parseDsn(dsn);
  if ("error" in parsed) throw new ConfigError(parsed.error);
  return { kind: "sqlite", ...parsed };
}

function readSlug(text: string): string {
  const slug = parseSlug(text, "registry slug");
  if (!slug.ok) throw new ConfigError(`--default-registry: ${slug.reason}`);
  return slug.value;
}

function readOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text || !/^https?:/.test(text)) {
    throw new ConfigError(`--cors-origin must be an origin such as https://chat.example.org, not "${text}"`);
  }
  return text;
}

interface SettingsReader {
  text(flag: Flag): string | undefined;
  count(flag: Flag): number | undefined;
  boolean(flag: Flag): boolean | undefined;
  list(flag: Flag): readonly string[];
  from(source: "flag" | "env", flag: Flag): string | undefined;
}

function createReader(flags: Flags, env: Environment): SettingsReader {
  const variable = (flag: Flag): string => SETTINGS.find((setting) => setting.flag === flag)?.env ?? "";
  const given = (flag: Flag): { value: string; name: string } | undefined => {
    const value = from("flag", flag);
    if (value !== undefined) return { value, name: `--${flag}` };
    const fallback = from("env", flag);
    return fallback === undefined ? undefined : { value: fallback, name: variable(flag) };
  };
  const from = (source: "flag" | "env", flag: Flag): string | undefined => {
    const value = source === "flag" ? flags[flag] : env[variable(flag)];
    const last = Array.isArray(value) ? value.at(-1) : (value as string | undefined);
    return isSet(last) ? last.trim() : undefined;
  };
  return {
    from,
    text: (flag) => given(flag)?.value,
    count(flag) {
      const setting = given(flag);
      if (setting === undefined) return undefined;
      if (!/^\d{1,15}$/.test(setting.value))
        throw new ConfigError(`${setting.name} must be a non-negative integer, not "${setting.value}"`);
      return Number(setting.value);
    },
    boolean(flag) {
      const setting = given(flag);
      if (setting === undefined) return undefined;
      if (setting.value !== "true" && setting.value !== "false") {
        throw new ConfigError(`${setting.name} must be true or false, not "${setting.value}"`);
      }
      return setting.value === "true";
    },
    list(flag) {
      const value = flags[flag];
      const items = value === undefined ? (env[variable(flag)] ?? "").split(",") : [value].flat();
      return items.map((item) => item.trim()).filter((item) => item !== "");
    },
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}
