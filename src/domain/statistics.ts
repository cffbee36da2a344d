/** One-sided confidence bounds from counts alone: exact ones, right for few outcomes too. */

/** Fewer halvings would show: 2⁻⁵⁰ of a rate is less than one turn of any number that is counted. */
const HALVINGS = 50;

/** P(X ≥ k) for X of `n` trials that succeed with probability `p`. */
export function atLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  return p >= 1 ? 1 : incompleteBeta(k, n - k + 1, p);
}

/**
 * A rate that the true one exceeds with a confidence of 1 − `alpha`, after `k` of `n` (Clopper and Pearson 1934). 0 where
 * nothing can be said.
 */
export function rateAbove(k: number, n: number, alpha: number): number {
  return k === 0 ? 0 : root((p) => atLeast(k, n, p) - alpha);
}

/** A rate that the true one stays below with that confidence. 1 where nothing can be said. */
export function rateBelow(k: number, n: number, alpha: number): number {
  return k >= n ? 1 : root((p) => atLeast(k + 1, n, p) - (1 - alpha));
}

/**
 * The rank (1 is the smallest) of the largest of `n` samples that the true quantile is not below with a confidence of
 * 1 − `alpha`; 0 where there is none. Whatever the distribution: how many samples lie below it is binomial.
 */
export function rankNotAbove(n: number, quantile: number, alpha: number): number {
  return lastRank(n, (rank) => atLeast(rank, n, quantile) >= 1 - alpha);
}

/** The rank of the smallest sample that the true quantile is not above with that confidence; undefined where there is none. */
export function rankNotBelow(n: number, quantile: number, alpha: number): number | undefined {
  const tooLow = lastRank(n, (rank) => atLeast(rank, n, quantile) > alpha);
  return tooLow === n ? undefined : tooLow + 1;
}

/** The last of the ranks from 0 to `n` that holds, where the first do and the rest do not. */
function lastRank(n: number, holds: (rank: number) => boolean): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where a rising function of a probability crosses zero. */
function root(rising: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22). */
function incompleteBeta(a: number, b: number, x: number): number {
  // It converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  return front * continuedFraction(a, b, x);
}

const TINY = 1e-300;
const PRECISION = 1e-14;

/** By the method of Lentz. */
function continuedFraction(a: number, b: number, x: number): number {
  const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  // It takes about the square root of the larger of a and b.
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < PRECISION) break;
  }
  return value;
}

/** Stirling's series, from where its first terms are exact to double precision. */
function logGamma(x: number): number {
  if (x < 15) return logGamma(x + 1) - Math.log(x);
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
