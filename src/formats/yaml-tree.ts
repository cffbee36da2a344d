/** From the nodes of the YAML parser to located JSON: only what JSON has, every name a name like any other (spec 1.1, 6.3). */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { quoteCut } from "../domain/errors.js";
import { emptyObject, type Json } from "../domain/json.js";
import type { LocatedJson } from "./located-json.js";
import type { Excerpt, Fail } from "./source-text.js";

/**
 * Containers nested in each other, counted from the root of the file. More than any document may have (spec 1.4) below
 * any form's outer maps, and far less than what recursion can take.
 */
export const MAX_DEPTH = 64;

export function locatedTree(root: Node, { at, depth }: Excerpt, fail: Fail): LocatedJson {
  return treeOf(root, undefined, { depth, fallback: at(0), at, fail });
}

interface Context {
  depth: number;
  /** Stands in for the offset of a node that has none: the value of a lone key. */
  fallback: number;
  at: Excerpt["at"];
  fail: Fail;
}

function treeOf(node: unknown, nameOffset: number | undefined, context: Context): LocatedJson {
  if (isAlias(node)) throw context.fail(startOf(node, context), "aliases are not allowed");
  if (isMap<unknown>(node) || isSeq<unknown>(node)) {
    const offset = nameOffset ?? startOf(node, context);
    if (context.depth > MAX_DEPTH)
      throw context.fail(startOf(node, { ...context, fallback: offset }), tooDeep());
    const inner = { ...context, depth: context.depth + 1, fallback: offset };
    return {
      nameOffset: offset,
      offset,
      ...(isMap<unknown>(node) ? mapTree(node, inner) : seqTree(node, inner)),
    };
  }
  const name = nameOffset ?? startOf(node, context);
  const written = isScalar(node) && node.range && node.range[0] < node.range[1];
  return {
    value: isScalar(node) ? scalarValue(node, context) : null,
    nameOffset: name,
    offset: written ? startOf(node, { ...context, fallback: name }) : name,
  };
}

export function tooDeep(): string {
  return `must not nest deeper than ${MAX_DEPTH} levels`;
}

function mapTree(map: YAMLMap<unknown>, context: Context): Pick<LocatedJson, "value" | "members"> {
  const value = emptyObject();
  const members = new Map<string, LocatedJson>();
  for (const pair of map.items) {
    const at = startOf(pair.key, context);
    const name = nameOf(pair, at, context);
    if (members.has(name)) throw context.fail(at, `duplicate key "${quoteCut(name)}"`);
    const member = treeOf(pair.value, at, context);
    members.set(name, member);
    value[name] = member.value;
  }
  return { value, members };
}

function seqTree(seq: YAMLSeq<unknown>, context: Context): Pick<LocatedJson, "value" | "items"> {
  const items = seq.items.map((item) => treeOf(item, undefined, context));
  return { value: items.map((item) => item.value), items };
}

/** A name is text: `1.10` stays `1.10` and `null` stays `null`, although YAML sees a number and nothing. */
function nameOf({ key }: Pair<unknown, unknown>, offset: number, { fail }: Context): string {
  if (isAlias(key)) throw fail(offset, "aliases are not allowed");
  if (!isScalar(key)) throw fail(offset, "a key must be a scalar");
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

function scalarValue(scalar: Scalar, context: Context): Json {
  const { value } = scalar;
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      if (value === null) return null;
      throw context.fail(startOf(scalar, context), "must be a JSON value");
  }
}

function startOf(node: unknown, { fallback, at }: Pick<Context, "fallback" | "at">): number {
  return (isAlias(node) || isScalar(node) || isMap(node) || isSeq(node)) && node.range
    ? at(node.range[0])
    : fallback;
}
