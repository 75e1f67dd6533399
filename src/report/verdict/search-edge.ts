import type { CellFindings } from '../findings.js';

/** An end of the learning rates that were tried. */
export type SearchEdge = 'largest' | 'smallest';

/** The end at which the best learning rate is; nothing in between, or where a single one was tried. */
export function edgeOf({ search, reported: [best] }: CellFindings): SearchEdge | undefined {
  const rates = search.map(({ learning_rate }) => learning_rate);
  if (new Set(rates).size === 1) return undefined;
  if (best?.learning_rate === Math.max(...rates)) return 'largest';
  return best?.learning_rate === Math.min(...rates) ? 'smallest' : undefined;
}
