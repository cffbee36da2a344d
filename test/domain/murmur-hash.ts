/**
 * MurmurHash3_x86_32 with seed 0, word by word as the reference in C has it, in integers of any size: slow, and with nothing
 * in common with ours.
 */
export function murmurHash3(bytes: Uint8Array): number {
  const u32 = (value: bigint): bigint => BigInt.asUintN(32, value);
  const rotated = (value: bigint, by: bigint): bigint => u32((value << by) | (value >> (32n - by)));
  const scrambled = (block: bigint): bigint => u32(rotated(u32(block * 0xcc9e2d51n), 15n) * 0x1b873593n);
  const data = [...bytes].map(BigInt);
  const block = (from: number): bigint =>
    data.slice(from, from + 4).reduceRight((word, byte) => (word << 8n) | byte, 0n);
  const tail = data.length - (data.length % 4);
  let hash = 0n;
  for (let at = 0; at < tail; at += 4)
    hash = u32(rotated(hash ^ scrambled(block(at)), 13n) * 5n + 0xe6546b64n);
  hash ^= scrambled(block(tail));
  hash ^= BigInt(data.length);
  hash = u32((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = u32((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}

/** What a bucket is made of: salt, a zero byte, key. */
export function saltedHash(salt: string, key: string): number {
  return murmurHash3(Uint8Array.from([...Buffer.from(salt, "utf8"), 0, ...Buffer.from(key, "utf8")]));
}
