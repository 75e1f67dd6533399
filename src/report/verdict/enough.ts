import type { Dataset } from '../../data/sequence.js';
import type { DatasetPlan } from '../../experiment/config.js';
import { type DatasetRecord, testRecordingsOf } from '../../experiment/records.js';
import { plural } from '../../platform/format-number.js';

import { countOfPieces } from './bootstrap.js';

/** Seeds of both units, and test pieces, with which a difference can be told from chance at all. */
export const LEAST_SEEDS = 3;
export const LEAST_PIECES = 5;

/** What a test set has of what chance may draw: recordings, where its sequences are cut from such, or sequences. */
export interface TestPieces {
  readonly what: 'test recording' | 'test sequence';
  readonly count: number;
}

export const testPiecesOf = ({ testRecordings, statistics: { test } }: DatasetRecord): TestPieces =>
  testPieces(test.sequences, testRecordings);

/** @param recordings which recording each sequence is cut from, if they are cut from such */
function testPieces(sequences: number, recordings: readonly number[] | undefined): TestPieces {
  return recordings
    ? { what: 'test recording', count: countOfPieces(recordings) }
    : { what: 'test sequence', count: sequences };
}

export const piecesText = ({ what, count }: TestPieces): string => plural(count, what);

/**
 * What a data set has too few of for any verdict, in a phrase; nothing where there is enough.
 *
 * @param shares the option that gives other shares where a hash splits a folder
 */
export function tooFewPieces(
  { kind, splits, folder }: Pick<Dataset, 'kind' | 'splits' | 'folder'>,
  shares: '--split-shares' | 'training.splitShares',
): string | undefined {
  const pieces = testPieces(splits.test.length, testRecordingsOf({ kind, splits }));
  if (pieces.count >= LEAST_PIECES) return undefined;
  const isByHash = folder !== undefined && folder.splitBy !== 'folders';
  const remedy = isByHash ? ` (${shares} gives other shares)` : '';
  return `${piecesText(pieces)} where ${LEAST_PIECES} are the least${remedy}`;
}

/**
 * What a plan has too few of for any verdict on its data set, in a line for the user before anything is trained;
 * nothing where there is enough, or a single unit, which is compared with none.
 */
export function tooFewForVerdict(
  { units, seeds }: Pick<DatasetPlan, 'units' | 'seeds'>,
  data: Pick<Dataset, 'kind' | 'splits' | 'folder'>,
): string | undefined {
  if (units.length < 2) return undefined;
  const few = [
    seeds < LEAST_SEEDS ? `${plural(seeds, 'seed')} where ${LEAST_SEEDS} are the least` : undefined,
    tooFewPieces(data, 'training.splitShares'),
  ].filter((phrase) => phrase !== undefined);
  return few.length === 0 ? undefined : `too few for a verdict: ${few.join('; ')}`;
}
