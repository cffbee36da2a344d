/** JSON pointers (RFC 6901). */
import { isObject, type Json, member, withMember } from "./json.js";

export function pointerOf(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A copy with another value there; undefined takes a member out. What is missing on the way is made. */
export function setAt(value: Json | undefined, steps: readonly string[], next: Json | undefined): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return next ?? null;
  if (Array.isArray(value)) {
    return value.map((item, i) => (i === Number(step) ? setAt(item, rest, next) : item));
  }
  const object = isObject(value) ? value : {};
  if (rest.length === 0) return withMember(object, step, next);
  return withMember(object, step, setAt(member(object, step), rest, next));
}

/** For people: `runtime › ai-chat › temperature`. */
export function readablePointer(pointer: string): string {
  return stepsOf(pointer).join(" › ") || "everything";
}
