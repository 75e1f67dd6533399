import { bdtr, compiled, lgam, ndtri, stdtr, stdtri } from 'cephes';

await compiled;

/** What a p has to be below so that it counts; intervals cover the rest, 95 %. */
export const SIGNIFICANCE = 0.05;

const UPPER = 1 - SIGNIFICANCE / 2;

/** The point that Student's t stays below with probability 0.975. @param degreesOfFreedom a whole number above 0 */
export function tQuantile(degreesOfFreedom: number): number {
  return stdtri(degreesOfFreedom, UPPER);
}

/** The point that a standard normal deviate stays below with probability 0.975. */
export const normalQuantile = (): number => ndtri(UPPER);

export interface Estimate {
  readonly mean: number;
  /** Half the width of the 95 % interval of the mean (Student's t); absent for a single value. */
  readonly interval?: number;
}

/** @param values at least one */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = meanOf(values);
  if (n === 1) return { mean };
  return { mean, interval: tQuantile(n - 1) * Math.sqrt(variance(values) / n) };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param values at least two */
function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/**
 * Sign test that as many differences are below 0 as above, two-sided.
 *
 * @param below how many are below 0
 * @param n of how many, none of them 0
 */
export function signTest(below: number, n: number): number {
  return Math.min(1, 2 * bdtr(Math.min(below, n - below), n, 0.5));
}

/** Student's t test that the mean of differences is 0. */
export interface PairedTest extends Estimate {
  /** How many differences. */
  readonly n: number;
  /** Two-sided; absent for a single difference. */
  readonly p?: number;
  /**
   * Hedges' g: the mean over the standard deviation of the differences, corrected for so few of them. Absent for fewer
   * than three, and where all are the same.
   */
  readonly effect?: number;
}

/** Of no difference the mean is not a number. */
export function pairedTest(differences: readonly number[]): PairedTest {
  const n = differences.length;
  if (n === 0) return { n, mean: Number.NaN };
  const { mean, interval } = estimate(differences);
  if (n === 1) return { n, mean };
  const spread = Math.sqrt(variance(differences));
  if (spread === 0) return { n, mean, interval, p: mean === 0 ? 1 : 0 };
  const t = (mean / spread) * Math.sqrt(n);
  return {
    n,
    mean,
    interval,
    p: 2 * stdtr(n - 1, -Math.abs(t)),
    ...(n > 2 && { effect: (mean / spread) * smallSampleCorrection(n - 1) }),
  };
}

/** What a standardised mean is too large by, on average (Hedges 1981). @param degreesOfFreedom at least 2 */
function smallSampleCorrection(degreesOfFreedom: number): number {
  const half = degreesOfFreedom / 2;
  return Math.exp(lgam(half) - lgam(half - 0.5)) / Math.sqrt(half);
}

/**
 * Holm's correction (1979) of p values that are looked at together: each is multiplied by how many are no smaller,
 * and none may come out below a smaller one's.
 *
 * @param values absent ones stay so
 * @param family how many are looked at, those that are not known yet too: these count as larger ones
 * @returns in the order of `values`
 */
export function holm(
  values: readonly (number | undefined)[],
  family = values.filter((p) => p !== undefined).length,
): (number | undefined)[] {
  const ascending = values
    .flatMap((p, i) => (p === undefined ? [] : [{ p, i }]))
    .sort((a, b) => a.p - b.p || a.i - b.i);
  const corrected: (number | undefined)[] = values.map(() => undefined);
  let least = 0;
  for (const [rank, { p, i }] of ascending.entries()) {
    least = Math.max(least, Math.min(1, p * (family - rank)));
    corrected[i] = least;
  }
  return corrected;
}
