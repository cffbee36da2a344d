/** `/schemas/…`: the catalogue, as it is enforced (spec 2.5). */

import { notModified } from "./etag.js";
import type { RestOptions } from "./options.js";
import type { Resource } from "./route.js";

export function schemaResources({ services: { catalog } }: RestOptions): Resource[] {
  const serve = (path: string, list: readonly unknown[]): Resource => ({
    path,
    methods: {
      async GET(request, reply) {
        if (notModified(request, reply, `"${catalog.digest}"`)) return reply;
        return reply.send(list);
      },
    },
  });
  return [
    serve("/schemas/middlewares", catalog.middlewares),
    serve("/schemas/extensions", catalog.extensions),
  ];
}
