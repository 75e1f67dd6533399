import { existsSync } from 'node:fs';
import { BadFile } from '../platform/failure.js';
import { isNumberText } from '../platform/number-text.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';

/** Columns of curve.csv, one row an epoch. Columns are only ever appended. */
export const CURVE_COLUMNS = [
  'epoch',
  /** Updates since the start of the run, skipped ones included. */
  'updates',
  /** Seconds of training since the start of the run; evaluation and saving are not counted. */
  'wall_clock_s',
  /** Per frame, nats, without weight noise, at the end of the epoch. */
  'train_nll',
  'valid_nll',
  'test_nll',
  'train_nll_per_sequence',
  'valid_nll_per_sequence',
  'test_nll_per_sequence',
  /** Of the epoch's last update. */
  'learning_rate',
  /** Mean over the epoch's updates that were not skipped, before rescaling. */
  'gradient_norm',
  /** Updates of this epoch that were skipped because their gradient was not finite. */
  'skipped_updates',
] as const;

export type CurveRow = Readonly<Record<(typeof CURVE_COLUMNS)[number], number>>;

/**
 * Whether a run ends as diverged where a number of this column is not finite: the test set's NLLs decide nothing in
 * training, and may be anything.
 */
export function endsTraining(column: string): boolean {
  return column.startsWith('train_nll') || column.startsWith('valid_nll');
}

/** Writes the whole curve; numbers in the shortest form that reads back to the same float64. */
export function writeCurve(path: string, rows: readonly CurveRow[]): void {
  const lines = rows.map((row) => CURVE_COLUMNS.map((column) => String(row[column])).join(','));
  writeWholeFile(path, `${[CURVE_COLUMNS.join(','), ...lines].join('\n')}\n`);
}

/** Bytes; a row has about two hundred, and a run at most a million epochs. */
const LARGEST_CURVE = 256 * 1024 * 1024;

/** @returns no rows where there is no such file. @throws BadFile when a line does not fit the columns */
export function readCurve(path: string): CurveRow[] {
  if (!existsSync(path)) return [];
  const [header, ...lines] = readBounded(path, LARGEST_CURVE).toString('utf8').trimEnd().split('\n');
  const columns = header.split(',');
  const missing = CURVE_COLUMNS.find((column) => !columns.includes(column));
  if (missing !== undefined) throw new BadFile(path, 'line 1', `has no column ${missing}`);
  return lines.map((line, index) => {
    const cells = line.split(',');
    const row = Object.fromEntries(columns.map((column, i) => [column, Number(cells[i])])) as CurveRow;
    if (cells.length !== columns.length || !cells.every(isNumberText) || !Number.isInteger(row.epoch))
      throw new BadFile(path, `line ${index + 2}`, `does not fit the ${columns.length} columns`);
    return row;
  });
}
