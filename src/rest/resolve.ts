/** `/resolve`: which runtime does this turn run with (spec 4). */
import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { malformed } from "../domain/errors.js";
import { isBlank } from "../domain/identifiers.js";
import type { MemberReader } from "../domain/parse-document.js";
import type { Resolution } from "../domain/resolve.js";
import { bodyOf } from "./body.js";
import { profileCookie } from "./cookie.js";
import { keepPersonal, setRevision } from "./documents.js";
import { notModified } from "./etag.js";
import type { RestOptions } from "./options.js";
import { registryOf } from "./profiles.js";
import { queryOf } from "./query.js";
import type { Handler, Resource } from "./route.js";

const resolutions = new WeakMap<FastifyRequest, Resolution>();

/** What a request was answered with, for logs; undefined where it resolved nothing. */
export function resolutionOf(request: FastifyRequest): Resolution | undefined {
  return resolutions.get(request);
}

export function resolveResources({ services: { resolver } }: RestOptions): Resource[] {
  const GET: Handler = async (request, reply) => {
    const query = queryOf(request);
    const mode = query.string("mode");
    const resolution = await resolver.resolve(
      {
        selection: selectionOf(request),
        processing: isBlank(mode) ? undefined : { mode },
        deployment: query.string("deployment"),
        conv_id: query.string("conv_id"),
        targeting_key: query.string("targeting_key"),
        explain: query.boolean("explain"),
      },
      "none",
    );
    resolutions.set(request, resolution);
    setRevision(reply, resolution.revision);
    keepPersonal(reply);
    // Weak: the revision may differ where the runtime does not.
    if (notModified(request, reply, `W/"${resolution.fingerprint}"`)) return reply;
    const conversation = query.string("conv_id");
    return reply.send(conversation === undefined ? resolution : { conv_id: conversation, ...resolution });
  };

  const POST: Handler = async (request, reply) => {
    const body = bodyOf(request);
    const given = body.string("conv_id");
    const conversation = isBlank(given) ? randomUUID() : given;
    const resolution = await resolver.resolve(
      {
        selection: selectionOf(request, body),
        runtime_key: body.string("runtime_key"),
        base_step_settings: body.object("base_step_settings"),
        request_overrides: overridesOf(body),
        ai_engine: body.string("ai_engine"),
        ai_api_type: body.string("ai_api_type"),
        processing: body.any("processing"),
        deployment: body.string("deployment"),
        conv_id: conversation,
        targeting_key: body.string("targeting_key"),
        explain: body.boolean("explain"),
      },
      "none",
    );
    resolutions.set(request, resolution);
    setRevision(reply, resolution.revision);
    return reply.send({ conv_id: conversation, ...resolution });
  };

  return ["/resolve", "/resolve/:profile"].map((path) => ({ path, methods: { GET, POST }, readsOnly: true }));
}

function selectionOf(request: FastifyRequest, body?: MemberReader) {
  const query = queryOf(request);
  return {
    ...registryOf(request, body),
    path: (request.params as { profile?: string }).profile,
    body: body?.string("profile"),
    query_profile: query.string("profile"),
    query_runtime: query.string("runtime"),
    cookie: profileCookie(request),
  };
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
