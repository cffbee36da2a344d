import { ProfileRegistryError } from "./error.js";
import type { Received } from "./transport.js";

/** Throws `http` for a success that is no JSON: something between the page and the server answered. */
export function jsonOf<T>({ text }: Received): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new ProfileRegistryError({ status: 200, code: "http", detail: "the answer is no JSON", cause });
  }
}
