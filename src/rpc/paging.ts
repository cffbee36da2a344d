/** Page sizes and tokens of lists (spec 3). A token is opaque to clients: the name of the last item, base64url. */
import { type Message, toBinary } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import { type DomainError, malformed } from "../domain/errors.js";

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;
/** Stock clients refuse messages of 4 MiB. */
export const MAX_PAGE_BYTES = 3 * 1024 * 1024;
/** Tag and length of an item in its list. */
const ITEM_OVERHEAD_BYTES = 6;

export interface PageRequest {
  pageSize: number;
  pageToken: string;
}

/** 0 means the default; more than the maximum means the maximum (AIP-158). Throws `malformed` for a negative one. */
export function pageSize({ pageSize: size }: PageRequest): number {
  if (size < 0) throw malformed("page_size must not be negative");
  return size === 0 ? DEFAULT_PAGE_SIZE : Math.min(size, MAX_PAGE_SIZE);
}

/** The name after which a page begins; undefined for the first. Throws `malformed` for a token that is none of ours. */
export function pageStart({ pageToken }: PageRequest): string | undefined {
  if (pageToken === "") return undefined;
  const name = Buffer.from(pageToken, "base64url").toString("utf8");
  if (name === "" || tokenAfter(name) !== pageToken) throw notOurs();
  return name;
}

/** The revision at which a page of what is ordered by revision goes on; undefined for the first. Throws as `pageStart`. */
export function revisionStart(request: PageRequest): number | undefined {
  const start = pageStart(request);
  if (start === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(start)) throw notOurs();
  return Number(start);
}

function notOurs(): DomainError {
  return malformed("page_token is not one that this server gave");
}

export function tokenAfter(name: string): string {
  return Buffer.from(name, "utf8").toString("base64url");
}

export interface Page<T> {
  readonly items: T[];
  /** Whether there was room. A page holds at least one item, however large. */
  add(item: T): boolean;
}

/** A page that is full after `size` items, or before it is too large for stock clients. */
export function createPage<T extends Message>(schema: GenMessage<T>, size: number): Page<T> {
  const items: T[] = [];
  let bytes = 0;
  return {
    items,
    add(item) {
      bytes += toBinary(schema, item).length + ITEM_OVERHEAD_BYTES;
      if (items.length > 0 && (items.length === size || bytes > MAX_PAGE_BYTES)) return false;
      items.push(item);
      return true;
    },
  };
}

/** A page of a list in memory, sorted by `nameOf`. */
export function pageOf<I, T extends Message>(
  list: readonly I[],
  nameOf: (item: I) => string,
  { schema, encode }: { schema: GenMessage<T>; encode: (item: I) => T },
  request: PageRequest,
): { items: T[]; nextPageToken: string } {
  const page = createPage(schema, pageSize(request));
  const after = pageStart(request);
  let last = "";
  for (const item of list) {
    const name = nameOf(item);
    if (after !== undefined && name <= after) continue;
    if (!page.add(encode(item))) return { items: page.items, nextPageToken: tokenAfter(last) };
    last = name;
  }
  return { items: page.items, nextPageToken: "" };
}
