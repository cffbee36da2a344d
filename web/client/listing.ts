/** Lists that are read page by page, as far as they are looked at. */
import { jsonOf } from "./json-answers.js";
import type { Received } from "./transport.js";

export interface Page<T> {
  items: T[];
  /** Hand it to `page` for what follows; undefined: that was all. */
  next: string | undefined;
}

/** `for await (const item of listing)` reads the next page when it needs one. */
export interface Listing<T> extends AsyncIterable<T> {
  /** One page; the first where none is named. */
  page(next?: string): Promise<Page<T>>;
}

export type Parameters = { [name: string]: string | number | boolean | undefined };

/** `read` asks for the list with these parameters, of which those of the link to the next page replace others. */
export function listing<T>(read: (linked: Parameters) => Promise<Received>): Listing<T> {
  const page = async (next = ""): Promise<Page<T>> => {
    const answer = await read(Object.fromEntries(new URLSearchParams(next)));
    return { items: listOf<T>(answer), next: nextOf(answer) };
  };
  return {
    page,
    async *[Symbol.asyncIterator]() {
      for (let next: string | undefined = ""; next !== undefined; ) {
        const { items, next: following }: Page<T> = await page(next);
        yield* items;
        next = following;
      }
    },
  };
}

/** Older servers send a list as an object with numeric keys, which JavaScript keeps in order. */
export function listOf<T>(answer: Received): T[] {
  return Object.values(jsonOf<T[] | Record<string, T>>(answer));
}

/** The query of the next page. Its path is the server's own, which a proxy may have changed. */
function nextOf({ link }: Received): string | undefined {
  return /<[^>?]*\?([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(link ?? "")?.[1];
}
