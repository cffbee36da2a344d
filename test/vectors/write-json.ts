import { isObject } from "../../src/domain/json.js";

const WIDTH = 110;

/**
 * JSON for people: what fits stands on one line, the rest is indented by two spaces.
 * Keeps -0, which `JSON.stringify` writes as 0.
 */
export function writeJson(value: unknown, indent = "", before = 0): string {
  const short = onOneLine(value);
  if (indent.length + before + short.length <= WIDTH || !isContainer(value)) return short;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => inner + writeJson(item, inner))
    : membersOf(value).map(([name, member]) => {
        const key = `${writeText(name)}: `;
        return inner + key + writeJson(member, inner, key.length);
      });
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (isObject(value)) {
    const members = membersOf(value).map(([name, member]) => `${writeText(name)}: ${onOneLine(member)}`);
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  if (typeof value === "string") return writeText(value);
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

/** Characters that cannot be seen, or that an editor might compose, are written as escapes. */
function writeText(text: string): string {
  return JSON.stringify(text).replace(/[\p{C}\p{M}\p{Zl}\p{Zp}]|[^\S ]/gu, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function membersOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
