import type { CellFindings } from '../findings.js';
import { capitalized } from '../text.js';
import { edgeOf, type SearchEdge } from './search-edge.js';

/**
 * Why a data set's verdict is one at its budget, in a sentence: most runs went to their last epoch, or most units took a
 * learning rate at the same end of those that were tried. Nothing where neither is so.
 *
 * @param cells of the data set
 */
export function reservationOf(cells: readonly CellFindings[]): string | undefined {
  const finished = cells.filter(({ reported }) => reported.length > 0);
  const found = [lastEpoch(finished), edge(finished, 'largest'), edge(finished, 'smallest')];
  const parts = found.filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return `${capitalized(parts.join(', and '))}: another budget may say otherwise.`;
}

function lastEpoch(cells: readonly CellFindings[]): string | undefined {
  const runs = cells.flatMap(({ reported }) => reported);
  const whole = runs.filter(({ status }) => status === 'all epochs');
  return isMost(whole, runs)
    ? `${most(whole, runs)} runs went to the last epoch, ${whole[0].epochs}`
    : undefined;
}

function edge(cells: readonly CellFindings[], end: SearchEdge): string | undefined {
  const those = cells.filter((cell) => edgeOf(cell) === end);
  return isMost(those, cells)
    ? `${most(those, cells)} units took the ${end} learning rate that was tried`
    : undefined;
}

const isMost = (some: readonly unknown[], all: readonly unknown[]) => 2 * some.length > all.length;
const most = (some: readonly unknown[], all: readonly unknown[]) =>
  some.length === all.length ? 'all' : 'most';
