/** `/registries` and below (spec 2.5). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { malformed, quoteCut } from "../domain/errors.js";
import { isBlank } from "../domain/identifiers.js";
import { parseRegistryInput } from "../domain/parse-document.js";
import type { RegistryAnswer } from "../service/registries.js";
import { bodyOf } from "./body.js";
import { registryTag, setRevision } from "./documents.js";
import { expectedVersion, markingIfMatch, notModified } from "./etag.js";
import { callerOf, type RestOptions } from "./options.js";
import { slugOf } from "./profiles.js";
import { queryOf } from "./query.js";
import type { Resource } from "./route.js";

export function registryResources(options: RestOptions): Resource[] {
  const { registries } = options.services;

  const send = (reply: FastifyReply, { registry, revision }: RegistryAnswer): FastifyReply => {
    setRevision(reply, revision);
    return reply.header("etag", registryTag(registry)).send(registry);
  };

  return [
    {
      path: "/registries",
      methods: {
        async GET(request, reply) {
          const list = await registries.listRegistries();
          setRevision(reply, list.revision);
          if (notModified(request, reply, `"${list.revision}"`)) return reply;
          return reply.send(list.registries);
        },

        async POST(request, reply) {
          const body = bodyOf(request);
          const version = expectedVersion(request, body.count("expected_version"), "version");
          const answer = await markingIfMatch(
            version,
            registries.createRegistry(
              { slug: body.string("slug") ?? "", input: parseRegistryInput(body), ...version },
              callerOf(options, request),
            ),
          );
          const path = (request.url.split("?", 1)[0] ?? "").replace(/\/$/, "");
          void reply.code(201).header("location", `${path}/${answer.registry.slug}`);
          return send(reply, answer);
        },
      },
    },
    {
      path: "/registries/:slug",
      methods: {
        async GET(request, reply) {
          const answer = await registries.getRegistry(registryNamed(request));
          setRevision(reply, answer.revision);
          if (notModified(request, reply, registryTag(answer.registry))) return reply;
          return send(reply, answer);
        },

        async PATCH(request, reply) {
          const body = bodyOf(request);
          const version = expectedVersion(request, body.count("expected_version"), "version");
          const answer = await markingIfMatch(
            version,
            registries.updateRegistry(
              { registry: registryNamed(request), input: parseRegistryInput(body), ...version },
              callerOf(options, request),
            ),
          );
          return send(reply, answer);
        },

        async DELETE(request, reply) {
          const query = queryOf(request);
          const version = expectedVersion(request, query.count("expected_version"), "version");
          const { revision } = await markingIfMatch(
            version,
            registries.deleteRegistry(
              { registry: registryNamed(request), force: query.boolean("force") ?? false, ...version },
              callerOf(options, request),
            ),
          );
          setRevision(reply, revision);
          return reply.code(204).send();
        },
      },
    },
  ];
}

/** Throws `malformed` where the path names none: only elsewhere does that mean the default registry. */
function registryNamed(request: FastifyRequest): string {
  const slug = slugOf(request);
  if (isBlank(slug)) throw malformed(`invalid registry: ${quoteCut(slug)}`);
  return slug;
}
