/** The six averages of a model, nats, without weight noise, in the order of Table 2's two rules. */
export const NLL_COLUMNS = [
  'train_nll',
  'valid_nll',
  'test_nll',
  'train_nll_per_sequence',
  'valid_nll_per_sequence',
  'test_nll_per_sequence',
] as const;

export type NllColumn = (typeof NLL_COLUMNS)[number];

/** Columns of curve.csv, one row an epoch. Columns are only ever appended. */
export const CURVE_COLUMNS = [
  'epoch',
  /** Updates since the start of the run, skipped ones included. */
  'updates',
  /** Seconds of training since the start of the run; evaluation and saving are not counted. */
  'wall_clock_s',
  /** At the end of the epoch. */
  ...NLL_COLUMNS,
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

/** The curve as text; numbers in the shortest form that reads back to the same float64. */
export function curveText(rows: readonly CurveRow[]): string {
  const lines = rows.map((row) => CURVE_COLUMNS.map((column) => String(row[column])).join(','));
  return `${[CURVE_COLUMNS.join(','), ...lines].join('\n')}\n`;
}
