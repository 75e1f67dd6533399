import type { NllColumn } from '../training/curve-row.js';
import { type CellFindings, nllOf } from './findings.js';

/** Where a finished unit stands among those of its data set. */
export interface Place {
  readonly unit: string;
  /** Runs without a finite NLL, of the seeds on which another unit has one: its mean is of the others alone. */
  readonly failed: number;
  /** Mean NLL over its other runs, nats; infinite where there are none. */
  readonly mean: number;
  /** From 1; equal ones share the mean of their ranks. */
  readonly rank: number;
}

/**
 * Finished units of a data set: those with fewer failed runs first, for a mean without these would flatter a unit, and
 * of as many the lower mean.
 *
 * @param cells of one data set
 */
export function placesOf(cells: readonly CellFindings[], column: NllColumn): Place[] {
  const finished = cells.filter(({ reported }) => reported.length > 0);
  const told = new Set(
    finished.flatMap(({ reported }) =>
      reported.flatMap((row) => (nllOf(row, column) === undefined ? [] : [row.seed])),
    ),
  );
  const places = finished.map(({ unit, reported, nll }) => ({
    unit,
    failed: reported.filter((row) => told.has(row.seed) && nllOf(row, column) === undefined).length,
    mean: nll?.[column]?.mean ?? Number.POSITIVE_INFINITY,
  }));
  return places.map((one) => ({ ...one, rank: rankAmong(places, one) })).sort((a, b) => a.rank - b.rank);
}

type Unranked = Omit<Place, 'rank'>;

function rankAmong(all: readonly Unranked[], one: Unranked): number {
  const isAhead = (other: Unranked) =>
    other.failed < one.failed || (other.failed === one.failed && other.mean < one.mean);
  const isLevel = (other: Unranked) => other.failed === one.failed && other.mean === one.mean;
  return all.filter(isAhead).length + (all.filter(isLevel).length + 1) / 2;
}
