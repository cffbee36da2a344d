import type { FastifyRequest } from "fastify";
import { malformed, quoteCut } from "../domain/errors.js";

/** Reads parameters of the query. All throw `malformed` naming the parameter. */
export interface QueryReader {
  string(name: string): string | undefined;
  /** An integer of at least 0. */
  count(name: string): number | undefined;
  boolean(name: string): boolean | undefined;
}

export function queryOf(request: FastifyRequest): QueryReader {
  const query = request.query as Record<string, unknown>;
  const string = (name: string): string | undefined => {
    const value = Object.hasOwn(query, name) ? query[name] : undefined;
    if (value === undefined || typeof value === "string") return value;
    // A parser that the app around us has chosen may also make objects.
    throw malformed(`query parameter ${name} is given more than once`);
  };
  const text = (name: string): string | undefined => string(name)?.trim() || undefined;
  return {
    string,
    count(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,15}$/.test(value))
        throw malformed(`query parameter ${name} must be a non-negative integer, not "${quoteCut(value)}"`);
      return Number(value);
    },
    boolean(name) {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (value === "true" || value === "1") return true;
      if (value === "false" || value === "0") return false;
      throw malformed(`query parameter ${name} must be true or false, not "${quoteCut(value)}"`);
    },
  };
}
