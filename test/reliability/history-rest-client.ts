/** Operations as REST requests (spec 2.5). */

import type { Operation, Outcome, Seen, SeenProfile, SeenRegistry } from "./history.js";
import type { Client } from "./history-client.js";

interface Request {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: object;
}

interface ProfileJson {
  slug: string;
  display_name?: string;
  description?: string;
  /** Of documents. */
  runtime?: { system_prompt?: string };
  policy?: { read_only: boolean };
  metadata?: { version: number };
  registry_version?: number;
  /** Of list items. */
  default_prompt?: string;
  read_only?: boolean;
  version?: number;
  registry: string;
  is_default?: boolean;
}

interface RegistryJson {
  slug: string;
  display_name?: string;
  default_profile_slug?: string;
  metadata: { version: number };
}

interface ResolutionJson {
  registry: string;
  profile: string;
  profile_version: number;
  revision: number;
  runtime: { system_prompt?: string };
}

export function restClient(url: string): Client {
  return {
    edge: "rest",
    async perform(operation, signal) {
      const { method, path, query = {}, body } = requestOf(operation);
      const given = Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]): [string, string] => [name, String(value)]);
      let answer: Response;
      let json: unknown;
      try {
        answer = await fetch(`${url}/api/chat${path}?${new URLSearchParams(given)}`, {
          method,
          signal: signal ?? null,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        });
        const text = await answer.text();
        // Of an answer with `connection: close` that breaks off, fetch takes what has come for the whole.
        json = text === "" ? undefined : JSON.parse(text);
      } catch {
        return { is: "lost" };
      }
      return outcomeOf(operation, answer, json);
    },
    close() {},
  };
}

function requestOf(operation: Operation): Request {
  switch (operation.do) {
    case "create-profile": {
      const { registry, slug, texts, setDefault, expectedVersion } = operation;
      const body = { registry, slug, set_default: setDefault, expected_version: expectedVersion };
      return { method: "POST", path: "/profiles", body: { ...body, ...profileBody(texts) } };
    }
    case "update-profile": {
      const { registry, slug, texts, setDefault, expectedVersion } = operation;
      const body = { registry, set_default: setDefault, expected_version: expectedVersion };
      return { method: "PATCH", path: `/profiles/${slug}`, body: { ...body, ...profileBody(texts) } };
    }
    case "delete-profile": {
      const query = { registry: operation.registry, expected_version: operation.expectedVersion };
      return { method: "DELETE", path: `/profiles/${operation.slug}`, query };
    }
    case "set-default-profile": {
      const body = { registry: operation.registry, expected_version: operation.expectedVersion };
      return { method: "POST", path: `/profiles/${operation.slug}/default`, body };
    }
    case "set-read-only":
      throw new TypeError("REST has no route for it");
    case "create-registry": {
      const { registry: slug, name: display_name, expectedVersion: expected_version } = operation;
      return { method: "POST", path: "/registries", body: { slug, display_name, expected_version } };
    }
    case "update-registry": {
      const { registry, name: display_name, defaultProfile: default_profile_slug } = operation;
      const body = { display_name, default_profile_slug, expected_version: operation.expectedVersion };
      return { method: "PATCH", path: `/registries/${registry}`, body };
    }
    case "delete-registry": {
      const { registry, force, expectedVersion: expected_version } = operation;
      return { method: "DELETE", path: `/registries/${registry}`, query: { force, expected_version } };
    }
    case "get-profile":
      return {
        method: "GET",
        path: `/profiles/${operation.slug}`,
        query: { registry: operation.registry },
      };
    case "list-profiles":
      return { method: "GET", path: "/profiles", query: { registry: operation.registry } };
    case "get-registry":
      return { method: "GET", path: `/registries/${operation.registry}` };
    case "list-registries":
      return { method: "GET", path: "/registries" };
    case "resolve": {
      const path = operation.slug === undefined ? "/resolve" : `/resolve/${operation.slug}`;
      return { method: "GET", path, query: { registry: operation.registry } };
    }
  }
}

/** JSON leaves out what is undefined. */
function profileBody({ name, note, prompt }: { name?: string; note?: string; prompt?: string }): object {
  return {
    display_name: name,
    description: note,
    runtime: prompt === undefined ? undefined : { system_prompt: prompt },
  };
}

function outcomeOf(operation: Operation, answer: Response, json: unknown): Outcome {
  if (!answer.ok) {
    const { code, detail } = json as { code: string; detail: string };
    return { is: "refused", code, text: detail };
  }
  const revision = Number(answer.headers.get("profile-registry-revision") ?? Number.NaN);
  return { is: "done", revision, seen: seenIn(operation, json, answer.headers.get("etag") ?? "") };
}

function seenIn(operation: Operation, json: unknown, etag: string): Seen {
  switch (operation.do) {
    case "delete-profile":
    case "delete-registry":
      return undefined;
    case "list-registries":
      return (json as RegistryJson[]).map(registryIn);
    case "get-registry":
    case "create-registry":
    case "update-registry":
      return registryIn(json as RegistryJson);
    case "list-profiles": {
      // Items do not say it: the list's tag does.
      const registryVersion = Number(etag.replaceAll('"', ""));
      return (json as ProfileJson[]).map((item) => profileIn({ ...item, registry_version: registryVersion }));
    }
    case "resolve": {
      const { registry, profile: slug, profile_version: version, runtime } = json as ResolutionJson;
      return { registry, slug, version, prompt: runtime.system_prompt ?? "" };
    }
    default:
      return profileIn(json as ProfileJson);
  }
}

function profileIn(json: ProfileJson): SeenProfile {
  return {
    registry: json.registry,
    slug: json.slug,
    version: json.version ?? json.metadata?.version ?? 0,
    name: json.display_name ?? "",
    note: json.description ?? "",
    prompt: json.default_prompt ?? json.runtime?.system_prompt ?? "",
    readOnly: json.read_only ?? json.policy?.read_only ?? false,
    isDefault: json.is_default ?? false,
    registryVersion: json.registry_version ?? 0,
  };
}

function registryIn({ slug, display_name, default_profile_slug, metadata }: RegistryJson): SeenRegistry {
  return {
    slug,
    version: metadata.version,
    name: display_name ?? "",
    defaultProfile: default_profile_slug ?? "",
  };
}
