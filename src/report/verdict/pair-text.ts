import type { UnitTitle } from '../unit-title.js';
import type { UnitComparison } from './comparison.js';

/** GRU − LSTM */
export const pairText = ([a, b]: UnitComparison['units'], unitTitle: UnitTitle) =>
  `${unitTitle(a)} − ${unitTitle(b)}`;

/** `GRU is better`, or that it cannot be told. */
export function wordText(
  { word, better }: Pick<UnitComparison, 'word' | 'better'>,
  unitTitle: UnitTitle,
): string {
  return better === undefined ? word : `${unitTitle(better)} is better`;
}
