/** Lists that come in pages. */

/** The largest page that the service gives. */
export const PAGE_SIZE = 1_000;

/** All items of all pages, as they are asked for. */
export async function* itemsOf<T>(
  page: (pageToken: string) => Promise<{ items: readonly T[]; nextPageToken: string }>,
): AsyncGenerator<T> {
  let token = "";
  do {
    const { items, nextPageToken } = await page(token);
    yield* items;
    token = nextPageToken;
  } while (token !== "");
}

/** At most `limit` of them, which is one or more. */
export async function collect<T>(items: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) {
    collected.push(item);
    if (collected.length >= limit) break;
  }
  return collected;
}
