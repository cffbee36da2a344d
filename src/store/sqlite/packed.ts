/**
 * What a large commit has, on its way to another thread, where it waits as compressed text: a second copy of the documents of
 * an import would take more memory than all the rest of it.
 */
import { promisify } from "node:util";
import { deflateRaw, inflateRawSync } from "node:zlib";

export interface Packed {
  length: number;
  text: Uint8Array;
}

/** In its order; its members may be made only as they are gone through, each time anew. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number;
}

const deflate = promisify(deflateRaw);

/** `items` are JSON. Does the work on a thread of Node's own. */
export async function pack(items: readonly unknown[]): Promise<Packed> {
  // A buffer may be part of a larger one, all of which would be sent and kept.
  const text = new Uint8Array(await deflate(JSON.stringify(items), { level: 1 }));
  return { length: items.length, text };
}

/** Unpacks one after the other. */
export function unpack<T>(packed: readonly Packed[]): Sequence<T> {
  return {
    length: packed.reduce((sum, { length }) => sum + length, 0),
    *[Symbol.iterator]() {
      for (const { text } of packed) yield* JSON.parse(inflateRawSync(text).toString()) as T[];
    },
  };
}
