/** `Headers` are dear to make, and most calls are asked for one or two of theirs. */
import type { IncomingHttpHeaders } from "node:http";

/** Reads from Node's headers; becomes true `Headers` for all but `get` and `has`. */
export function lazyHeaders(node: IncomingHttpHeaders): Headers {
  let made: Headers | undefined;
  const all = (): Headers => {
    made ??= headersFrom(node);
    return made;
  };
  return {
    get(name) {
      if (made !== undefined) return made.get(name);
      const value = node[name.toLowerCase()];
      return typeof value === "string" ? value.trim() : value === undefined ? null : all().get(name);
    },
    has: (name) => (made === undefined ? node[name.toLowerCase()] !== undefined : made.has(name)),
    append: (name, value) => all().append(name, value),
    delete: (name) => all().delete(name),
    set: (name, value) => all().set(name, value),
    getSetCookie: () => all().getSetCookie(),
    forEach: (each, self) => all().forEach(each, self),
    keys: () => all().keys(),
    values: () => all().values(),
    entries: () => all().entries(),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}

function headersFrom(node: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(node)) {
    // HTTP/2 has its pseudo-headers here too.
    if (value === undefined || name.startsWith(":")) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return headers;
}
