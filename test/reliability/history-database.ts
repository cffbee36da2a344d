/** The log as it is in the file, in the terms of the model. */
import Database from "better-sqlite3";
import type { Logged, ProfileState, RegistryState } from "./history.js";

interface Row {
  revision: number;
  commitRevision: number;
  source: string;
  operation: string;
  registry: string;
  profile: string | null;
  version: number;
  registryVersion: number;
  payload: string | null;
}

interface Document {
  display_name?: string;
  description?: string;
  default_profile_slug?: string;
  runtime?: { system_prompt?: string };
  policy?: { read_only: boolean };
}

/** Reads while servers have the file open, so that it leaves the write-ahead log to them. */
export function withDatabase<T>(file: string, read: (db: Database.Database) => T): T {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return db.transaction(() => read(db)).deferred();
  } finally {
    db.close();
  }
}

export function readLog(db: Database.Database): Logged[] {
  const rows = db
    .prepare<[], Row>(
      `SELECT revision, commit_revision AS commitRevision, source, operation, registry_slug AS registry,
         profile_slug AS profile, version, registry_version AS registryVersion, payload_json AS payload
       FROM log ORDER BY revision`,
    )
    .all();
  return rows.map(({ payload, profile, ...row }) => ({
    ...row,
    profile: profile ?? undefined,
    document: payload === null ? undefined : stateIn(JSON.parse(payload) as Document),
  }));
}

function stateIn(document: Document): ProfileState | RegistryState {
  const name = document.display_name ?? "";
  if (document.runtime === undefined) return { name, defaultProfile: document.default_profile_slug ?? "" };
  return {
    name,
    note: document.description ?? "",
    prompt: document.runtime.system_prompt ?? "",
    readOnly: document.policy?.read_only ?? false,
  };
}
