import type { Estimate } from './statistics.js';

/** 8.557, −0.944 */
export function formatNumber(value: number, digits: number): string {
  return value.toFixed(digits).replace('-', '−');
}

/** 8.557, or 8.562 ± 0.021 with the half width of the 95 % interval. */
export function formatEstimate({ mean, interval }: Estimate): string {
  const text = formatNumber(mean, 3);
  return interval === undefined ? text : `${text} ± ${interval.toFixed(3)}`;
}

/** +0.06, −0.31 */
export function formatDifference(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
