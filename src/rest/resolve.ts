/** `/resolve`: which runtime does this turn run with (spec 4). */
import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { malformed } from "../domain/errors.js";
import { isBlank } from "../domain/identifiers.js";
import { isObject, type Json } from "../domain/json.js";
import type { MemberReader } from "../domain/parse-document.js";
import type { Resolution, ResolveRequest } from "../domain/resolve.js";
import { bodyOf } from "./body.js";
import { profileCookie } from "./cookie.js";
import { JSON_TYPE, keepPersonal, setRevision } from "./documents.js";
import { notModified } from "./etag.js";
import type { RestOptions } from "./options.js";
import { registryOf } from "./profiles.js";
import { queryOf } from "./query.js";
import { resolutionParts, resolutionText } from "./resolution-text.js";
import type { Handler, Resource } from "./route.js";

export type Answered = Pick<Resolution, "registry" | "profile" | "processing" | "fingerprint">;

/** A property, since most requests of a server are resolves, and an entry of a WeakMap costs more than the answer. */
const ANSWERED = Symbol("answered");
type ResolvingRequest = FastifyRequest & { [ANSWERED]?: Answered };

/** What a request was answered with, for logs; undefined where it resolved nothing. */
export function answeredTo(request: FastifyRequest): Answered | undefined {
  return (request as ResolvingRequest)[ANSWERED];
}

/**
 * Of what is behind the names, keys need not tell; of the names they do, since given twice they are refused. One that is
 * written otherwise makes a key of its own, no other answer.
 */
const PERSONAL_PARAMETERS = /([?&](?:conv_id|targeting_key)=)[^&;]*/g;

export function resolveResources({ services: { resolver } }: RestOptions): Resource[] {
  const GET: Handler = async (request, reply) => {
    const { url } = request;
    const cookie = profileCookie(request);
    const found = await resolver.answer({
      key: `rest ${url.replace(PERSONAL_PARAMETERS, "$1")}\n${cookie ?? ""}`,
      shown: "none",
      read: () => ({ request: requestOf(request, cookie), encode: resolutionParts }),
    });
    const { answer, processing, revision } = found;
    (request as ResolvingRequest)[ANSWERED] = { ...answer, processing };
    setRevision(reply, revision);
    keepPersonal(reply);
    // Weak: the revision may differ where the runtime does not.
    if (notModified(request, reply, `W/"${answer.fingerprint}"`)) return reply;
    const conversation = url.includes("?") ? queryOf(request).string("conv_id") : undefined;
    return reply.header("content-type", JSON_TYPE).send(resolutionText(found, conversation));
  };

  const POST: Handler = async (request, reply) => {
    const body = bodyOf(request);
    const given = body.string("conv_id");
    const conversation = isBlank(given) ? randomUUID() : given;
    const targeting_key = body.string("targeting_key");
    const named = {
      selection: selectionOf(request, profileCookie(request), body),
      runtime_key: body.string("runtime_key"),
      ai_engine: body.string("ai_engine"),
      ai_api_type: body.string("ai_api_type"),
      processing: body.any("processing"),
      deployment: body.string("deployment"),
      explain: body.boolean("explain"),
    };
    const settings = {
      base_step_settings: body.object("base_step_settings"),
      request_overrides: overridesOf(body),
    };
    const isText = [conversation, targeting_key].every((text) => text === undefined || text.isWellFormed());
    const isNamed = Object.values(settings).every((json) => json === undefined) && isFlat(named.processing);
    const found = await resolver.answer({
      key: isText && isNamed ? `rest POST ${JSON.stringify(named)}` : undefined,
      shown: "none",
      read: () => ({
        request: { ...named, ...settings, conv_id: conversation, targeting_key },
        encode: resolutionParts,
      }),
    });
    (request as ResolvingRequest)[ANSWERED] = { ...found.answer, processing: found.processing };
    setRevision(reply, found.revision);
    return reply.header("content-type", JSON_TYPE).send(resolutionText(found, conversation));
  };

  return ["/resolve", "/resolve/:profile"].map((path) => ({ path, methods: { GET, POST }, readsOnly: true }));
}

/** What a GET asks for. */
function requestOf(request: FastifyRequest, cookie: string | undefined): ResolveRequest {
  const query = queryOf(request);
  const mode = query.string("mode");
  return {
    selection: selectionOf(request, cookie),
    processing: isBlank(mode) ? undefined : { mode },
    deployment: query.string("deployment"),
    conv_id: query.string("conv_id"),
    targeting_key: query.string("targeting_key"),
    explain: query.boolean("explain"),
  };
}

function selectionOf(request: FastifyRequest, cookie: string | undefined, body?: MemberReader) {
  const query = queryOf(request);
  return {
    ...registryOf(request, body),
    path: (request.params as { profile?: string }).profile,
    body: body?.string("profile"),
    query_profile: query.string("profile"),
    query_runtime: query.string("runtime"),
    cookie,
  };
}

/** Whether its text tells it from all others: numbers such as `1e400` and `-0` are others when they are written again. */
function isFlat(processing: Json | undefined): boolean {
  return (
    processing === undefined ||
    (isObject(processing) && Object.values(processing).every((value) => typeof value === "string"))
  );
}

/** Chat clients call them `overrides`. */
function overridesOf(body: MemberReader) {
  const overrides = body.object("overrides");
  const named = body.object("request_overrides");
  if (overrides !== undefined && named !== undefined) {
    throw malformed("request_overrides and overrides are two names of one member: send one of them");
  }
  return named ?? overrides;
}
