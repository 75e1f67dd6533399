import { median } from '../platform/median.js';
import type { CurveRow } from './curve.js';
import type { Ending } from './progress.js';

/** Why a run has ended for good; one that was stopped goes on. */
export const ENDINGS = ['all epochs', 'patience', 'diverged'] as const satisfies (Ending | 'diverged')[];

/** What result.json says of a run that has ended. */
export interface RunResult {
  readonly ending: Ending | 'diverged';
  readonly epochs: number;
  readonly best: CurveRow | null;
  /** Training, median over the epochs. */
  readonly secondsAnEpoch: number | null;
  /** Over all epochs. */
  readonly skippedUpdates: number;
}

/** Seconds of training of each epoch. */
export function epochSeconds(curve: readonly CurveRow[]): number[] {
  return curve.map((row, i) => row.wall_clock_s - (curve[i - 1]?.wall_clock_s ?? 0));
}

/** Sums up a curve. */
export function runResult(ending: RunResult['ending'], curve: readonly CurveRow[]): RunResult {
  return {
    ending,
    epochs: curve.length,
    best: bestRow(curve),
    secondsAnEpoch: curve.length > 0 ? median(epochSeconds(curve)) : null,
    skippedUpdates: curve.reduce((sum, row) => sum + row.skipped_updates, 0),
  };
}

/** The first epoch with the lowest validation NLL per frame. */
export function bestRow(curve: readonly CurveRow[]): CurveRow | null {
  return curve.reduce<CurveRow | null>(
    (best, row) => (best === null || row.valid_nll < best.valid_nll ? row : best),
    null,
  );
}
