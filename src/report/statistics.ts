/** Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL_975 = 1.959964;

/** The point that Student's t stays below with probability 0.975. */
export function tQuantile(degreesOfFreedom: number): number {
  if (degreesOfFreedom <= T_975.length) return T_975[degreesOfFreedom - 1];
  // Cornish-Fisher expansion, Abramowitz and Stegun 26.7.5; exact to three decimals from 30 on.
  const z = NORMAL_975;
  return z + (z ** 3 + z) / (4 * degreesOfFreedom);
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
