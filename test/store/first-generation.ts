/** Databases of the first generation, made by hand (spec 6.2). */
import { chmodSync } from "node:fs";
import Database from "better-sqlite3";

export interface FirstGeneration {
  /** Payloads by the slug of their row; text is taken as it is. */
  registries: Record<string, unknown>;
  journalMode?: "DELETE" | "WAL";
}

export const UPDATED_AT = 1_700_000_000_500;

export function makeFirstGeneration(
  path: string,
  { registries, journalMode = "DELETE" }: FirstGeneration,
): void {
  const db = new Database(path);
  db.pragma(`journal_mode = ${journalMode}`);
  db.exec(
    "CREATE TABLE profile_registries (slug TEXT PRIMARY KEY, payload_json TEXT NOT NULL, updated_at_ms INTEGER NOT NULL)",
  );
  const insert = db.prepare("INSERT INTO profile_registries VALUES (?, ?, ?)");
  for (const [slug, payload] of Object.entries(registries))
    insert.run(slug, typeof payload === "string" ? payload : JSON.stringify(payload), UPDATED_AT);
  db.close();
  chmodSync(path, 0o600);
}

const metadata = {
  version: 3,
  created_at_ms: 1_600_000_000_000,
  updated_at_ms: 1_700_000_000_000,
  created_by: "ann",
  updated_by: "bob",
  source: "rest",
};

/** What a chat tool left behind: several registries, not all of them sound. */
export const WORN: Record<string, unknown> = {
  default: {
    slug: "default",
    display_name: "Web chat",
    default_profile_slug: "agent",
    metadata: { ...metadata, version: 7, source: "profiles.db", tags: ["web"] },
    profiles: {
      agent: {
        slug: "agent",
        display_name: "Agent",
        description: "",
        runtime: {
          system_prompt: "You are an agent.",
          step_settings_patch: { "openai-chat": { "openai-api-key": "sk-secret" } },
          middlewares: [
            { name: "agentmode", id: "default", config: { default_mode: "financial_analyst" } },
            { name: "sqlite", enabled: false, config: { dsn: "file:x.db", max_rows: "20" } },
            { name: "sqlite", config: { dsn: 5 } },
            { name: "gone", id: " g ", config: { token: "t" } },
          ],
          tools: [],
        },
        policy: { allow_overrides: true },
        metadata: { ...metadata, version: 0, tags: ["x"] },
        extensions: { "webchat.starter_suggestions@v1": { items: ["Hi"] } },
      },
      plain: { slug: "plain", runtime: { system_prompt: "Plain." } },
      broken: { slug: "broken", runtime: [] },
      contrary: { slug: "other", runtime: {} },
      "no slug": { slug: "no slug", runtime: {}, metadata },
      unplaced: {
        slug: "unplaced",
        runtime: { middlewares: [{ name: "sqlite", config: "text" }] },
        metadata,
      },
    },
  },
  empty: { slug: "empty", profiles: null },
  torn: '{"slug": "torn", "profiles": {"a": {"api_key": "sk-',
  alias: { slug: "team", metadata, profiles: {} },
  listed: { slug: "listed", metadata, profiles: [] },
};
