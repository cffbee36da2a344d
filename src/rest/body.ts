/** Strict JSON bodies (spec 2.5). */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { malformed } from "../domain/errors.js";
import { isObject, type Json } from "../domain/json.js";
import { type MemberReader, readMembers } from "../domain/parse-document.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Makes `application/json` the only body of a Fastify scope, read strictly. Fastify's own parser refuses `__proto__` as a name. */
export function acceptOnlyJson(app: FastifyInstance, maxBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: maxBytes },
    (_request, body, done) => {
      try {
        done(null, parseJson(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function parseJson(body: Buffer): Json | undefined {
  if (body.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw malformed("the request body is not valid UTF-8");
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw malformed(`the request body is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** The members of the body; an absent body has none. Throws `malformed` for one that is no object. */
export function bodyOf(request: FastifyRequest): MemberReader {
  const body = request.body ?? {};
  if (!isObject(body)) throw malformed("the request body must be a JSON object");
  return readMembers(body);
}
