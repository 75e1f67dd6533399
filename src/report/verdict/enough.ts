import type { Dataset } from '../../data/sequence.js';
import type { DatasetPlan } from '../../experiment/config.js';
import { plural } from '../text.js';

/** Seeds of both units, and test sequences, with which a difference can be told from chance at all. */
export const LEAST_SEEDS = 3;
export const LEAST_SEQUENCES = 5;

/**
 * What a plan has too few of for any verdict on its data set, in a line for the user before anything is trained;
 * nothing where there is enough, or a single unit, which is compared with none.
 */
export function tooFewForVerdict(
  { units, seeds }: Pick<DatasetPlan, 'units' | 'seeds'>,
  { splits: { test }, folder }: Pick<Dataset, 'splits' | 'folder'>,
): string | undefined {
  if (units.length < 2) return undefined;
  const isByHash = folder !== undefined && folder.splitBy !== 'folders';
  const remedy = isByHash ? ' (training.splitShares gives other shares)' : '';
  const few = [
    ...(seeds < LEAST_SEEDS ? [`${plural(seeds, 'seed')} where ${LEAST_SEEDS} are the least`] : []),
    ...(test.length < LEAST_SEQUENCES
      ? [`${plural(test.length, 'test sequence')} where ${LEAST_SEQUENCES} are the least${remedy}`]
      : []),
  ];
  return few.length === 0 ? undefined : `too few for a verdict: ${few.join('; ')}`;
}
