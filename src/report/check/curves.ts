import { publishedFiles } from '../../experiment/published.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { isMedian } from '../../platform/median.js';
import { type CurveRow, endsTraining } from '../../training/curve.js';
import { NLL_COLUMNS } from '../../training/curve-row.js';
import { learningRateAt } from '../../training/learning-rate.js';
import { type TrainingOptions, trainingSchema } from '../../training/options.js';
import { updatesAnEpoch } from '../../training/progress.js';
import { bestRow, epochSeconds, runResult } from '../../training/run-result.js';
import type { Tally } from './held.js';
import { isNear } from './plan.js';
import {
  lineOf,
  nameIn,
  type Published,
  type PublishedCell,
  RESULTS,
  reportingCells,
  winningRow,
} from './published.js';

/** A curve of a cell's best learning rate, with its trial. */
export interface PublishedCurve {
  /** Absent while the search goes on. */
  readonly row?: ResultRow;
  readonly file: string;
  readonly curve: readonly CurveRow[];
}

/** That of the search's seed, which has to be there, and those of further seeds that are. */
export function curvesOf({ findings }: Pick<Published, 'findings'>, cell: PublishedCell): PublishedCurve[] {
  const { dataset, unit, reported, curve, furtherCurves } = cell;
  const fileOf = (seed?: number) =>
    nameIn(findings, publishedFiles(findings.folder).curve(dataset, unit, seed));
  const further = furtherCurves.map((one) => ({
    row: reported.find(({ seed }) => seed === one.seed),
    file: fileOf(one.seed),
    curve: one.curve,
  }));
  return [{ row: winningRow(cell), file: fileOf(), curve }, ...further];
}

/** Holds the rows of the best learning rates in results.csv to their curves. */
export function holdToCurves(published: Published, tally: Tally): void {
  const { findings } = published;
  const curves = reportingCells(published).flatMap((cell) => curvesOf({ findings }, cell));
  for (const { row, file, curve } of curves) {
    if (!row) continue;
    if (curve.length === 0) tally.fault(file, 'is missing, or has no epoch');
    else holdToCurve(tally, row, lineOf(findings, row), { file, curve });
  }
}

function holdToCurve(tally: Tally, row: ResultRow, line: number, { file, curve }: PublishedCurve): void {
  const best = bestRow(curve) as CurveRow;
  const { epochs, secondsAnEpoch, skippedUpdates } = runResult('stopped', curve);
  const expected = {
    epochs,
    best_epoch: best.epoch,
    ...Object.fromEntries(NLL_COLUMNS.map((column) => [column, best[column]])),
    // Of an even number of epochs, either of the two in the middle is a median as well as their mean.
    seconds_an_epoch: isMedian(row.seconds_an_epoch ?? Number.NaN, epochSeconds(curve))
      ? row.seconds_an_epoch
      : secondsAnEpoch,
    skipped_updates: skippedUpdates,
  };
  const before = tally.result().faults.length;
  for (const [column, value] of Object.entries(expected))
    tally.same({ file: RESULTS, line, column }, row[column as keyof typeof row], value);
  // Either of the two may be the wrong one.
  if (tally.result().faults.length > before)
    tally.fault(file, 'does not say of its best epoch, and of all together, what results.csv does');
  for (const column of NLL_COLUMNS)
    tally.same({ file, line: best.epoch + 1, column }, best[column], row[column]);
}

/** Holds what a plan decides of the curves: epochs, updates, learning rates; and what no curve can break. */
export function holdSchedule(published: Published, tally: Tally): void {
  const { findings } = published;
  for (const cell of reportingCells(published)) {
    const { winner, planned, request, record } = cell;
    const drawn = planned.search[winner.draw - 1]?.drawn;
    // Rows that are not the plan's are faults already; there is nothing to hold their curves to.
    if (!drawn) continue;
    const { learning_rate: stated } = winner;
    const learningRate = isNear(stated, drawn.learningRate) ? stated : drawn.learningRate;
    const options = trainingSchema.strip().parse({ ...request, ...drawn, learningRate });
    const updates = updatesAnEpoch(record.statistics.train.sequences, options);
    for (const { file, curve } of curvesOf({ findings }, cell))
      holdCurve(tally, { file, curve }, options, updates);
  }
}

/** @param updates of an epoch */
function holdCurve(
  tally: Tally,
  { file, curve }: PublishedCurve,
  options: TrainingOptions,
  updates: number,
): void {
  for (const [i, row] of curve.entries()) {
    const at = (column: keyof CurveRow) => ({ file, line: i + 2, column });
    const epoch = i + 1;
    tally.same(at('epoch'), row.epoch, epoch);
    tally.same(at('updates'), row.updates, epoch * updates);
    const rate = learningRateAt(options, epoch * updates - 1, updates);
    tally.same(at('learning_rate'), row.learning_rate, rate);
    const before = curve[i - 1]?.wall_clock_s ?? 0;
    // Rules that hold most wrong numbers, but not each: these places do not count as held.
    const broken = [
      row.wall_clock_s > before || 'wall_clock_s does not rise',
      row.gradient_norm >= 0 || 'gradient_norm is not a number from 0 on',
      (row.skipped_updates >= 0 && row.skipped_updates < updates) || 'skipped_updates is none of its updates',
      ...NLL_COLUMNS.map(
        (column) => !endsTraining(column) || Number.isFinite(row[column]) || `${column} is not a number`,
      ),
    ].filter((rule) => rule !== true);
    for (const rule of broken) tally.fault(file, `line ${i + 2}: ${rule}`);
  }
}
