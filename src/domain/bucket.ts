/** Which requests are inside a rollout's percentage (spec 5.3): the same in every process and language. */

/** Buckets a key can fall into: a hundredth of a percent each. */
export const BUCKETS = 10_000;

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const utf8 = new TextEncoder();

/** The bucket of a key, 0–9,999. Depends on nothing but salt and key. */
export function bucketOf(salt: string, key: string): number {
  return murmurHash3(utf8.encode(`${salt}\0${key}`)) % BUCKETS;
}

/** How many of the buckets, counted from 0, are in. `percentage` has at most two decimals. */
export function bucketsIn(percentage: number): number {
  return Math.round(percentage * 100);
}

/** MurmurHash3_x86_32 with seed 0, unsigned. */
function murmurHash3(bytes: Uint8Array): number {
  let hash = 0;
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    hash ^= mixed(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (bytes.length > whole) hash ^= mixed(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(block: number): number {
  const spread = Math.imul(block, C1);
  return Math.imul((spread << 15) | (spread >>> 17), C2);
}
