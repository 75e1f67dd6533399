import type { Dataset } from '../../data/sequence.js';
import type { DatasetPlan } from '../../experiment/config.js';
import { type DatasetRecord, testRecordingsOf } from '../../experiment/records.js';
import { plural } from '../text.js';
import { countOfPieces } from './bootstrap.js';

/** Seeds of both units, and test pieces, with which a difference can be told from chance at all. */
export const LEAST_SEEDS = 3;
export const LEAST_PIECES = 5;

/** What a test set has of what chance may draw: recordings, where its sequences are cut from such, or sequences. */
export interface TestPieces {
  readonly what: 'test recording' | 'test sequence';
  readonly count: number;
}

export function testPieces({
  testRecordings,
  statistics: { test },
}: Pick<DatasetRecord, 'testRecordings'> & { statistics: { test: { sequences: number } } }): TestPieces {
  return testRecordings
    ? { what: 'test recording', count: countOfPieces(testRecordings) }
    : { what: 'test sequence', count: test.sequences };
}

export const piecesText = ({ what, count }: TestPieces): string => plural(count, what);

/**
 * What a plan has too few of for any verdict on its data set, in a line for the user before anything is trained;
 * nothing where there is enough, or a single unit, which is compared with none.
 */
export function tooFewForVerdict(
  { units, seeds }: Pick<DatasetPlan, 'units' | 'seeds'>,
  { kind, splits, folder }: Pick<Dataset, 'kind' | 'splits' | 'folder'>,
): string | undefined {
  if (units.length < 2) return undefined;
  const isByHash = folder !== undefined && folder.splitBy !== 'folders';
  const testRecordings = testRecordingsOf({ kind, splits });
  const pieces = testPieces({ testRecordings, statistics: { test: { sequences: splits.test.length } } });
  const remedy = isByHash ? ' (training.splitShares gives other shares)' : '';
  const few = [
    ...(seeds < LEAST_SEEDS ? [`${plural(seeds, 'seed')} where ${LEAST_SEEDS} are the least`] : []),
    ...(pieces.count < LEAST_PIECES
      ? [`${piecesText(pieces)} where ${LEAST_PIECES} are the least${remedy}`]
      : []),
  ];
  return few.length === 0 ? undefined : `too few for a verdict: ${few.join('; ')}`;
}
