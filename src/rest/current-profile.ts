/** `/profile`: the profile that this browser has chosen (spec 2.5). */
import { COOKIE_MALFORMED, COOKIE_STALE } from "../domain/selection.js";
import type { CurrentProfile } from "../service/resolver.js";
import { bodyOf } from "./body.js";
import { clearProfileCookie, profileCookie, setProfileCookie } from "./cookie.js";
import { keepPersonal, setRevision } from "./documents.js";
import type { RestOptions } from "./options.js";
import { registryOf } from "./profiles.js";
import { queryOf } from "./query.js";
import type { Resource } from "./route.js";

export function currentProfileResource(options: RestOptions): Resource {
  const { resolver } = options.services;
  return {
    path: "/profile",
    methods: {
      async GET(request, reply) {
        const current = await resolver.currentProfile({
          registry: queryOf(request).string("registry"),
          cookie: profileCookie(request),
        });
        if (current.cookieIgnored === COOKIE_MALFORMED || current.cookieIgnored === COOKIE_STALE) {
          clearProfileCookie(reply, options);
        }
        setRevision(reply, current.revision);
        keepPersonal(reply);
        return reply.send(shown(current));
      },

      async POST(request, reply) {
        const body = bodyOf(request);
        const chosen = await resolver.chooseProfile({
          ...registryOf(request, body),
          slug: body.string("slug") ?? "",
        });
        setProfileCookie(reply, chosen, options);
        setRevision(reply, chosen.revision);
        return reply.send(shown(chosen));
      },

      async DELETE(_request, reply) {
        clearProfileCookie(reply, options);
        return reply.code(204).send();
      },
    },
  };
}

function shown({ slug, registry, source }: CurrentProfile) {
  return { slug, registry, source };
}
