/** Entity tags and conditional requests (spec 2.5, RFC 9110 13). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type DomainError, malformed } from "../domain/errors.js";

/** A version conflict whose expectation was the header `If-Match`: 412 instead of 409. */
export class CameFromIfMatch extends Error {
  constructor(readonly conflict: DomainError) {
    super(conflict.message, { cause: conflict });
  }
}

/**
 * Which number of `"<version>.<registry_version>"` a write moves, and `If-Match` therefore compares. After the version of a
 * rollout there is a digest in hex.
 */
export type Moves = "version" | "registry_version";

/** Versions count from 1: 0, which would mean no check, is in no tag. */
const DOCUMENT_TAG = /^"([1-9]\d{0,14})(?:\.(?:([1-9]\d{0,14})|[\da-f]{16}))?"$/;

/**
 * The version that the request says it was made from, by `If-Match` or by `expected_version` (`sent`). Undefined: no check.
 * Throws `malformed` for a tag that is none of ours, and where both are given and differ.
 */
export function expectedVersion(
  request: FastifyRequest,
  sent: number | undefined,
  moves: Moves,
): ExpectedVersion {
  const header = request.headers["if-match"]?.trim();
  if (header === undefined || header === "*") return { expectedVersion: sent, fromIfMatch: false };
  const [, first, second] = DOCUMENT_TAG.exec(header) ?? [];
  const number = moves === "version" ? first : second;
  if (number === undefined)
    throw malformed(`If-Match must be the ETag of a document as it was given, not ${header.slice(0, 128)}`);
  const fromHeader = Number(number);
  if (sent && sent !== fromHeader) throw malformed("If-Match and expected_version differ");
  return { expectedVersion: fromHeader, fromIfMatch: true };
}

export interface ExpectedVersion {
  expectedVersion: number | undefined;
  fromIfMatch: boolean;
}

/** Marks a conflict as the header's. */
export async function markingIfMatch<T>({ fromIfMatch }: ExpectedVersion, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const conflict = error as DomainError;
    throw fromIfMatch && conflict.code === "version_conflict" ? new CameFromIfMatch(conflict) : error;
  }
}

/** Sets the tag, and answers 304 where the client already has it. Returns whether it did. */
export function notModified(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  void reply.header("etag", tag);
  const header = request.headers["if-none-match"];
  if (header === undefined) return false;
  const bare = weak(tag);
  const matches =
    header.trim() === "*" || header.split(",").some((candidate) => weak(candidate.trim()) === bare);
  if (matches) void reply.code(304).send();
  return matches;
}

/** If-None-Match compares weakly. */
function weak(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
