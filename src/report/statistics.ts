import { compiled, stdtri } from 'cephes';

await compiled;

/** The point that Student's t stays below with probability 0.975. @param degreesOfFreedom a whole number above 0 */
export function tQuantile(degreesOfFreedom: number): number {
  return stdtri(degreesOfFreedom, 0.975);
}

export interface Estimate {
  readonly mean: number;
  /** Half the width of the 95 % interval of the mean (Student's t); absent for a single value. */
  readonly interval?: number;
}

/** @param values at least one */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, interval: tQuantile(n - 1) * Math.sqrt(variance / n) };
}
