/** A request as the form builds it: what is blank is left out. */
import type { ResolveBody } from "../../client/index.js";
import { isObject, type Json, type JsonObject, member, withMember } from "../json/json.js";

export function textOf(body: JsonObject, name: string): string {
  const value = member(body, name);
  return typeof value === "string" ? value : "";
}

export function withText(body: JsonObject, name: string, text: string): JsonObject {
  return withMember(body, name, text === "" ? undefined : text);
}

export function objectOf(body: JsonObject, name: string): JsonObject {
  const value = member(body, name);
  return isObject(value) ? value : {};
}

export function withObject(body: JsonObject, name: string, value: Json): JsonObject {
  return withMember(body, name, isObject(value) && Object.keys(value).length === 0 ? undefined : value);
}

/** `processing.mode`, and no `processing` where nothing is left in it. */
export function withMode(body: JsonObject, mode: string): JsonObject {
  return withObject(body, "processing", withText(objectOf(body, "processing"), "mode", mode));
}

/** Always with the trace: it is what the view is for. */
export function explained(body: JsonObject): ResolveBody {
  return { ...body, explain: true } as ResolveBody;
}
