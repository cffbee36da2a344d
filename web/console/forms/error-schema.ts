import type { ErrorSchema } from "@rjsf/utils";
import type { ValueError } from "../profile/field-errors.js";

interface Errors {
  [step: string]: Errors;
}

/** The server's violations as the form shows them, each at its place. */
export function errorSchemaOf(errors: readonly ValueError[]): ErrorSchema {
  const root: Errors = Object.create(null);
  for (const { steps, reason } of errors) {
    let at = root;
    for (const step of steps) {
      at[step] ??= Object.create(null);
      at = at[step] as Errors;
    }
    const node = at as unknown as { __errors?: string[] };
    node.__errors = [...(node.__errors ?? []), reason];
  }
  return root as ErrorSchema;
}
