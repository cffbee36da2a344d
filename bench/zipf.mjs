/** Keys as traffic asks for them: few of them often, most of them seldom. Alike in every run. */

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of the numbers below `size`, the one of rank k drawn 1/k times as often as the first (Zipf, s = 1). */
export function zipf(size, count, seed) {
  const random = randomFrom(seed);
  const upTo = new Float64Array(size);
  let sum = 0;
  for (let rank = 0; rank < size; rank++) {
    sum += 1 / (rank + 1);
    upTo[rank] = sum;
  }
  // Popular keys lie anywhere in the file, not at its beginning.
  const keys = shuffled(size, 1);
  return Array.from({ length: count }, () => keys[firstAbove(upTo, random() * sum)]);
}

/** All numbers below `size`, each once. */
export function shuffled(size, seed) {
  const random = randomFrom(seed);
  const keys = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [keys[i], keys[other]] = [keys[other], keys[i]];
  }
  return keys;
}

function firstAbove(sums, value) {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
