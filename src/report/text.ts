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

/** −0.184 to −0.025 */
export const intervalText = (low: number, high: number): string =>
  `${formatNumber(low, 3)} to ${formatNumber(high, 3)}`;

/** +0.06, −0.31; with three digits +0.059. */
export function formatDifference(value: number, digits = 2): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

/** +0.052, or +0.052 ± 0.073 with the half width of the 95 % interval. */
export function formatDifferenceEstimate({ mean, interval }: Estimate): string {
  const text = formatDifference(mean, 3);
  return interval === undefined ? text : `${text} ± ${interval.toFixed(3)}`;
}

/** 0.022, or <0.001 */
export function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** `A, B and C`; where one of them has a comma itself `A; B, b and C` */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${joined(words.slice(0, -1))} and ${words.at(-1)}`;
}

/** `A, B, C`, or `A; B, b; C` */
export function joined(words: readonly string[]): string {
  return words.join(words.some((word) => word.includes(',')) ? '; ' : ', ');
}

export const capitalized = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;
