/** Clients that write to a server between the steps of a restore drill, and what they were told. */
import { setTimeout as sleep } from "node:timers/promises";
import { withDatabase } from "./disk-database.js";
import type { Random } from "./history-random.js";

export interface Document {
  version: number;
  text: string | undefined;
}

/** What each slug and version was acknowledged as. */
export interface Names {
  add(slug: string, document: Document): void;
  readonly size: number;
  readonly contradictions: readonly string[];
}

export function createNames(): Names {
  const known = new Map<string, string | undefined>();
  const contradictions: string[] = [];
  return {
    contradictions,
    get size() {
      return known.size;
    },
    add(slug, { version, text }) {
      const name = `${slug} ${version}`;
      if (known.has(name)) contradictions.push(`${name} is ${known.get(name)} and ${text}`);
      known.set(name, text);
    },
  };
}

const WRITERS = 3;
const SLUGS = 8;
let texts = 0;

/** Creates, changes and deletes profiles of the registry `default` for as long as `during` takes. */
export async function workOn(
  url: string,
  { names, random, during }: { names: Names; random: Random; during: () => Promise<unknown> },
): Promise<void> {
  let running = true;
  const writers = Array.from({ length: WRITERS }, async () => {
    while (running) {
      const slug = `p${random.below(SLUGS)}`;
      const text = `text ${++texts}`;
      const body = { slug, runtime: { system_prompt: text } };
      if (random.chance(15)) await send(url, "DELETE", `/profiles/${slug}`);
      const created = await send(url, "POST", "/profiles", body);
      const written = created ?? (await send(url, "PATCH", `/profiles/${slug}`, body));
      if (written !== undefined) names.add(slug, written);
      await sleep(1);
    }
  });
  try {
    await during();
  } finally {
    running = false;
    await Promise.all(writers);
  }
}

/** The document after an accepted write; undefined for one that was refused, or a delete. */
async function send(url: string, method: string, path: string, body?: object): Promise<Document | undefined> {
  const response = await fetch(`${url}/api/chat${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if ([404, 409].includes(response.status) || response.status === 204) return undefined;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return documentOf(JSON.parse(text) as StoredProfile);
}

/** What a write that expects this version is answered with. */
export async function statusOfPatch(url: string, slug: string, version: number): Promise<number> {
  const response = await fetch(`${url}/api/chat/profiles/${slug}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ expected_version: version }),
  });
  await response.arrayBuffer();
  return response.status;
}

interface StoredProfile {
  slug: string;
  runtime: { system_prompt?: string };
  metadata: { version: number };
}

function documentOf({ runtime, metadata }: StoredProfile): Document {
  return { version: metadata.version, text: runtime.system_prompt };
}

/** The profiles of the registry `default`, as a server answers. */
export async function servedDocuments(url: string): Promise<Map<string, Document>> {
  const list = (await (await fetch(`${url}/api/chat/profiles`)).json()) as { slug: string }[];
  const documents = new Map<string, Document>();
  for (const { slug } of list) {
    const response = await fetch(`${url}/api/chat/profiles/${slug}`);
    documents.set(slug, documentOf((await response.json()) as StoredProfile));
  }
  return documents;
}

/** The same, as the file holds them. */
export function storedDocuments(file: string): Map<string, Document> {
  return withDatabase(file, (db) => {
    const rows = db.prepare<[], { slug: string; payload_json: string }>(
      "SELECT slug, payload_json FROM profiles WHERE registry_slug = 'default' ORDER BY slug",
    );
    return new Map(
      rows
        .all()
        .map(({ slug, payload_json }) => [slug, documentOf(JSON.parse(payload_json) as StoredProfile)]),
    );
  });
}

export function storedRevision(file: string): number {
  return withDatabase(file, (db) => db.prepare("SELECT max(revision) FROM log").pluck().get() as number);
}
