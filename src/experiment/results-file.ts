import { z } from 'zod';
import { BadFile } from '../platform/failure.js';
import { isNumberText } from '../platform/number-text.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { NLL_COLUMNS } from '../training/curve-row.js';
import { SEARCHABLE } from './search-space.js';

/** Reads a table whose first line names the columns; cells hold no commas and no quotes. */
export function readTable<Row>(path: string, row: z.ZodType<Row>, largestBytes = 64 * 1024 * 1024): Row[] {
  const [header, ...lines] = readBounded(path, largestBytes).toString('utf8').trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line, i) => {
    const cells = line.split(',');
    const parsed = row.safeParse(Object.fromEntries(columns.map((column, c) => [column, cells[c] ?? ''])));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new BadFile(path, `line ${i + 2}`, `${issue.path.join('.')}: ${issue.message}`);
  });
}

/** A table as text; numbers in the shortest form that reads back to the same float64, nothing for null. */
export function tableText<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/** Writes a table whole or not at all. */
export function writeTable<Column extends string>(
  path: string,
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): void {
  writeWholeFile(path, tableText(columns, rows));
}

/**
 * How a trial stands. `all epochs`, `patience`: trained to its end. `diverged`: its numbers are no longer finite.
 * `rung`: left behind by the search. `open`: not yet trained to its end.
 */
export const STATUSES = ['all epochs', 'patience', 'diverged', 'rung', 'open'] as const;

export const RESULT_COLUMNS = [
  'dataset',
  'unit',
  'draw',
  'seed',
  'learning_rate',
  'epochs',
  'best_epoch',
  ...NLL_COLUMNS,
  'seconds_an_epoch',
  'skipped_updates',
  'status',
] as const;

const number = z.string().min(1).transform(Number).pipe(z.number());
/** One that need not be finite. */
export const anyNumber = z.string().refine(isNumberText, 'expected a number').transform(Number);
/** An empty cell: no epoch was finished. */
const numberOrNull = z
  .string()
  .refine((text) => text === '' || isNumberText(text), 'expected a number or nothing')
  .transform((text) => (text === '' ? null : Number(text)));

/** The column of an option that a search draws beside the learning rate: weightNoise → weight_noise. */
export const columnOfOption = (option: string) =>
  option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Columns that only results of such a search have, behind the others. */
const DRAWN_COLUMNS = SEARCHABLE.filter((option) => option !== 'learningRate').map(columnOfOption);

type Drawn = Readonly<Record<string, string | number>>;

const resultSchema = z.object({
  dataset: z.string().min(1),
  unit: z.string().min(1),
  draw: number,
  seed: number,
  learning_rate: number,
  epochs: number,
  best_epoch: numberOrNull,
  train_nll: numberOrNull,
  valid_nll: numberOrNull,
  test_nll: numberOrNull,
  train_nll_per_sequence: numberOrNull,
  valid_nll_per_sequence: numberOrNull,
  test_nll_per_sequence: numberOrNull,
  /** Training, median over the epochs. */
  seconds_an_epoch: numberOrNull,
  skipped_updates: number,
  status: z.enum(STATUSES),
});

/** A row of results.csv: a trial, with the NLLs of the epoch with its best validation NLL per frame. */
export interface ResultRow extends z.infer<typeof resultSchema> {
  /** What its search drew beside the learning rate, by column. */
  readonly drawn?: Drawn;
}

const drawnSchema = z
  .object(Object.fromEntries(DRAWN_COLUMNS.map((column) => [column, z.string().optional()])))
  .transform((cells): Drawn | undefined => {
    const there = Object.entries(cells).flatMap(([column, text]) => (text ? [[column, text] as const] : []));
    if (there.length === 0) return undefined;
    return Object.fromEntries(
      there.map(([column, text]) => [column, isNumberText(text) ? Number(text) : text]),
    );
  });

export function writeResults(path: string, rows: readonly ResultRow[]): void {
  const drawn = DRAWN_COLUMNS.filter((column) => rows.some((row) => row.drawn?.[column] !== undefined));
  const flat = rows.map(({ drawn: own, ...row }) => ({
    ...row,
    ...Object.fromEntries(drawn.map((column) => [column, own?.[column] ?? null])),
  }));
  writeTable<string>(path, [...RESULT_COLUMNS, ...drawn], flat);
}

/** @throws Failure when the file cannot be read, BadFile when a line does not fit the columns */
export function readResults(path: string): ResultRow[] {
  const drawn = readTable(path, drawnSchema);
  return readTable(path, resultSchema).map((row, i) => ({ ...row, ...(drawn[i] && { drawn: drawn[i] }) }));
}

const SHORT_RUN_COLUMNS = [
  'dataset',
  'unit',
  'epochs',
  'sequences',
  'seed',
  'learning_rate',
  'kernels',
  'simd',
  'backend',
  ...NLL_COLUMNS,
] as const;

const shortRunSchema = z.object({
  dataset: z.string().min(1),
  unit: z.string().min(1),
  epochs: number,
  sequences: number,
  seed: number,
  learning_rate: number,
  kernels: z.enum(['composed', 'fused']),
  simd: z.string(),
  backend: z.string(),
  train_nll: number,
  valid_nll: number,
  /** The test set's may be anything: see `endsTraining`. */
  test_nll: anyNumber,
  train_nll_per_sequence: number,
  valid_nll_per_sequence: number,
  test_nll_per_sequence: anyNumber,
});

/** A row of short-runs.csv: the NLLs after the last epoch of a short run, which `check` repeats. */
export type ShortRunRow = z.infer<typeof shortRunSchema>;

export function writeShortRuns(path: string, rows: readonly ShortRunRow[]): void {
  writeTable(path, SHORT_RUN_COLUMNS, rows);
}

export function readShortRuns(path: string): ShortRunRow[] {
  return readTable(path, shortRunSchema);
}
