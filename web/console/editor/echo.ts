/**
 * What is written in an editor comes back as its value when the page has been drawn again, and by then more may have been
 * written: an older value of one's own must not be taken for one from elsewhere, or what was written since is lost.
 */
export interface Echo<T> {
  /** To be called with what is told. */
  told(value: T): void;
  /** Whether a value that comes is one that was told. What was told before it comes no more. */
  isOwn(value: T): boolean;
}

/** More are never under way: they are drawn in batches. */
const MOST = 1_000;

export function createEcho<T>(same: (one: T, other: T) => boolean = Object.is): Echo<T> {
  let told: T[] = [];
  return {
    told(value) {
      told.push(value);
      if (told.length > MOST) told.shift();
    },
    isOwn(value) {
      const at = told.findLastIndex((one) => same(one, value));
      told = at < 0 ? [] : told.slice(at + 1);
      return at >= 0;
    },
  };
}
