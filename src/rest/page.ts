/** Pages of lists: `?limit=`, and a `Link` to the next (RFC 8288). */
import type { FastifyRequest } from "fastify";
import { malformed } from "../domain/errors.js";
import type { QueryReader } from "./query.js";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Undefined where none is given. Throws `malformed`. */
export function givenLimit(query: QueryReader): number | undefined {
  const limit = query.count("limit");
  if (limit !== undefined && (limit < 1 || limit > MAX_LIMIT)) {
    throw malformed(`query parameter limit must be an integer from 1 to ${MAX_LIMIT}`);
  }
  return limit;
}

/** Of a list that is never sent whole. */
export function pageLimit(query: QueryReader): number {
  return givenLimit(query) ?? DEFAULT_LIMIT;
}

/** The same request, going on at `value` of a parameter. */
export function nextLink(request: FastifyRequest, parameter: string, value: string): string {
  const [path = "", query = ""] = request.url.split("?", 2);
  const parameters = new URLSearchParams(query);
  parameters.set(parameter, value);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
