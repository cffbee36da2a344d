/** The cookie that holds a browser's current profile (spec 2.5). */
import { fastifyCookie } from "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { RestOptions } from "./options.js";

const NAME = "chat_profile";

export function profileCookie({ headers: { cookie } }: FastifyRequest): string | undefined {
  return cookie === undefined ? undefined : fastifyCookie.parse(cookie)[NAME];
}

/** `SLUG`, or `REGISTRY:SLUG` when it is not the default registry. */
export function setProfileCookie(
  reply: FastifyReply,
  { slug, registry }: { slug: string; registry: string },
  options: RestOptions,
): void {
  const value = registry === options.services.defaultRegistry ? slug : `${registry}:${slug}`;
  void reply.header("set-cookie", serialize(value, options));
}

export function clearProfileCookie(reply: FastifyReply, options: RestOptions): void {
  void reply.header("set-cookie", serialize("", options, 0));
}

function serialize(value: string, { cookieSecure = true }: RestOptions, maxAge?: number): string {
  return fastifyCookie.serialize(NAME, value, {
    path: "/",
    httpOnly: true,
    secure: cookieSecure,
    sameSite: "lax",
    // Slugs and the colon are cookie octets (RFC 6265 4.1.1): percent-encoding would only hide them.
    encode: (text: string) => text,
    ...(maxAge === undefined ? {} : { maxAge }),
  });
}
