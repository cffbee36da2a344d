/** Operations as REST requests (spec 2.5). */
import { expect } from "vitest";
import type { ErrorCode, JsonObject, Violation } from "../../src/index.js";
import type { Edge, Operation, Outcome } from "./operations.js";

/** The HTTP column of the table in spec 2.4. */
const STATUS: { [code in ErrorCode]?: number } = {
  validation: 400,
  malformed: 400,
  policy: 403,
  not_found: 404,
  already_exists: 409,
  version_conflict: 409,
  failed_precondition: 409,
  idempotency_mismatch: 422,
  too_large: 413,
  unavailable: 503,
  data_loss: 500,
  internal: 500,
};

interface Request {
  method: string;
  path: string;
  query?: Record<string, string | undefined>;
  body?: JsonObject;
}

export function restEdge(baseUrl: string): Edge {
  return {
    async perform(operation) {
      const { method, path, query: asked = {}, body } = requestOf(operation);
      const { validate_only, key } = operation as { validate_only?: boolean; key?: string };
      const query = { ...asked, validate_only: validate_only?.toString() };
      const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
      const answer = await fetch(`${baseUrl}/api/chat${path}?${new URLSearchParams(given)}`, {
        method,
        ...(body ? { body: JSON.stringify(body) } : {}),
        headers: {
          ...(body ? { "content-type": "application/json" } : {}),
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
      });
      const text = await answer.text();
      const json: unknown = text === "" ? {} : JSON.parse(text);
      return answer.ok ? success(answer, json) : refusal(answer, json as Problem);
    },
  };
}

function requestOf(operation: Operation): Request {
  const { expected_version } = operation as { expected_version?: number };
  const version = expected_version === undefined ? {} : { expected_version };
  const versionQuery = { expected_version: expected_version?.toString() };
  const { registry } = operation as { registry?: string };
  const inRegistry = registry === undefined ? {} : { registry };
  const { set_default } = operation as { set_default?: boolean };
  const makeDefault = set_default === undefined ? {} : { set_default };
  switch (operation.do) {
    case "list-registries":
      return { method: "GET", path: "/registries" };
    case "get-registry":
      return { method: "GET", path: `/registries/${named(registry)}` };
    case "create-registry":
      return { method: "POST", path: "/registries", body: { ...operation.document, ...version } };
    case "update-registry":
      return {
        method: "PATCH",
        path: `/registries/${named(registry)}`,
        body: { ...operation.patch, ...version },
      };
    case "delete-registry": {
      const query = { ...versionQuery, force: operation.force?.toString() };
      return { method: "DELETE", path: `/registries/${named(registry)}`, query };
    }
    case "list-profiles":
      return { method: "GET", path: "/profiles", query: { registry, tag: operation.tag } };
    case "get-profile":
      return { method: "GET", path: `/profiles/${named(operation.slug)}`, query: { registry } };
    case "create-profile": {
      const body = { ...operation.document, ...inRegistry, ...version, ...makeDefault };
      return { method: "POST", path: "/profiles", body };
    }
    case "update-profile": {
      const body = { ...operation.patch, ...inRegistry, ...version, ...makeDefault };
      return { method: "PATCH", path: `/profiles/${named(operation.slug)}`, body };
    }
    case "delete-profile": {
      const query = { registry, ...versionQuery };
      return { method: "DELETE", path: `/profiles/${named(operation.slug)}`, query };
    }
    case "set-default-profile": {
      const body = { ...inRegistry, ...version };
      return { method: "POST", path: `/profiles/${named(operation.slug)}/default`, body };
    }
    case "list-versions":
      return { method: "GET", path: `/profiles/${named(operation.slug)}/versions`, query: { registry } };
    case "get-version": {
      const path = `/profiles/${named(operation.slug)}/versions/${operation.version}`;
      return { method: "GET", path, query: { registry } };
    }
    case "rollback": {
      const body = { version: operation.version, ...inRegistry, ...version };
      return { method: "POST", path: `/profiles/${named(operation.slug)}/rollback`, body };
    }
    case "list-log": {
      const { profile, after, limit } = operation;
      const query = { registry, profile, after: after?.toString(), limit: limit?.toString() };
      return { method: "GET", path: "/log", query };
    }
    case "resolve":
      return { method: "POST", path: "/resolve", body: { ...operation.request, ...inRegistry } };
    case "list-rollouts":
      return { method: "GET", path: "/rollouts", query: { registry } };
    case "get-rollout":
      return { method: "GET", path: `/rollouts/${named(operation.mode)}`, query: { registry } };
    case "update-rollout": {
      const { patch, mode, force, reason } = operation;
      const why = { ...(force === undefined ? {} : { force }), ...(reason === undefined ? {} : { reason }) };
      const body = { ...patch, ...inRegistry, ...version, ...why };
      return { method: "PATCH", path: `/rollouts/${named(mode)}`, body };
    }
    case "advance-rollout": {
      const path = `/rollouts/${named(operation.mode)}/advance`;
      return { method: "POST", path, body: { ...inRegistry, ...version } };
    }
    case "rollback-rollout": {
      const { mode, kind, reason } = operation;
      const body = { kind, ...inRegistry, ...version, ...(reason === undefined ? {} : { reason }) };
      return { method: "POST", path: `/rollouts/${named(mode)}/rollback`, body };
    }
    case "get-report": {
      const query = { registry, incident: operation.incident?.toString() };
      return { method: "GET", path: `/rollouts/${named(operation.mode)}/report`, query };
    }
    case "report-outcomes": {
      const body = { outcomes: operation.outcomes, ...inRegistry };
      return { method: "POST", path: "/rollouts/outcomes", body };
    }
    case "get-features":
      return { method: "GET", path: "/features", query: { registry } };
    case "list-middleware-schemas":
      return { method: "GET", path: "/schemas/middlewares" };
    case "list-extension-schemas":
      return { method: "GET", path: "/schemas/extensions" };
  }
}

function named(slug: string | undefined): string {
  return encodeURIComponent(slug ?? "");
}

function success(answer: Response, json: unknown): Outcome {
  const revision = answer.headers.get("profile-registry-revision");
  return {
    document: asEdge(json),
    revision: revision === null ? undefined : Number(revision),
  };
}

/** What REST alone says is left out: `conv_id`, and which edge wrote. */
function asEdge(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(asEdge);
  if (typeof json !== "object" || json === null) return json;
  const { conv_id: _, ...document } = json as { metadata?: Record<string, unknown>; conv_id?: unknown };
  const { metadata, source, incident } = document as {
    metadata?: Record<string, unknown>;
    source?: unknown;
    incident?: unknown;
  };
  if (incident !== undefined) return { ...document, incident: asEdge(incident) };
  // Of an entry of the log.
  if (source === "rest") return { ...document, source: "edge" };
  if (metadata === undefined) return document;
  const edited = Object.entries(metadata).map(([name, value]) => [
    name,
    name.endsWith("source") && value === "rest" ? "edge" : value,
  ]);
  return { ...document, metadata: Object.fromEntries(edited) };
}

interface Problem {
  code: ErrorCode;
  detail: string;
  errors?: Violation[];
}

function refusal(answer: Response, { code, detail, errors = [] }: Problem): Outcome {
  expect(answer.status, code).toBe(STATUS[code]);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  return { error: { code, message: detail, violations: errors } };
}
