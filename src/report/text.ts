import type { Estimate } from './statistics.js';

/** 8.557, or 8.562 ± 0.021 with the half width of the 95 % interval. */
export function formatEstimate({ mean, interval }: Estimate): string {
  return interval === undefined ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${interval.toFixed(3)}`;
}

/** +0.06, −0.31 */
export function formatDifference(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

export const countOf = (n: number) => n.toLocaleString('en-US');
