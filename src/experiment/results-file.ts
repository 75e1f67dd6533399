import { z } from 'zod';
import { isNumberText } from '../platform/number-text.js';
import { endsTraining, NLL_COLUMNS, type NllColumn } from '../training/curve-row.js';
import { ENDINGS } from '../training/run-result.js';
import { SEARCHABLE } from './search-space.js';
import { number, numberOrNull, readTable, writeTable } from './table.js';

/**
 * How a trial stands. `all epochs`, `patience`: trained to its end. `diverged`: its numbers are no longer finite.
 * `rung`: left behind by the search. `open`: not yet trained to its end.
 */
export const STATUSES = [...ENDINGS, 'rung', 'open'] as const;

/** The column of an option that a search draws beside the learning rate: weightNoise → weight_noise. */
export const columnOfOption = (option: string) =>
  option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Columns that only results of such a search have, behind the others. */
const DRAWN_COLUMNS = SEARCHABLE.filter((option) => option !== 'learningRate').map(columnOfOption);

type Drawn = Readonly<Record<string, string | number>>;

function nllCells<Cell extends z.ZodType>(cellOf: (column: NllColumn) => Cell) {
  return Object.fromEntries(NLL_COLUMNS.map((column) => [column, cellOf(column)])) as Record<NllColumn, Cell>;
}

const resultSchema = z.object({
  dataset: z.string().min(1),
  unit: z.string().min(1),
  draw: number,
  seed: number,
  learning_rate: number,
  epochs: number,
  /** None where no epoch was finished, nor any NLL. */
  best_epoch: numberOrNull,
  ...nllCells(() => numberOrNull),
  /** Training, median over the epochs. */
  seconds_an_epoch: numberOrNull,
  skipped_updates: number,
  status: z.enum(STATUSES),
});

export const RESULT_COLUMNS = Object.keys(resultSchema.shape) as (keyof z.infer<typeof resultSchema>)[];

/** A row of results.csv: a trial, with the NLLs of the epoch with its best validation NLL per frame. */
export interface ResultRow extends z.infer<typeof resultSchema> {
  /** What its search drew beside the learning rate, by column. */
  readonly drawn?: Drawn;
}

const rowSchema = z.looseObject(resultSchema.shape).transform((cells): ResultRow => {
  const row = Object.fromEntries(RESULT_COLUMNS.map((column) => [column, cells[column]]));
  const drawn = drawnOf(cells as Readonly<Record<string, string>>);
  return { ...(row as unknown as ResultRow), ...(drawn && { drawn }) };
});

function drawnOf(cells: Readonly<Record<string, string>>): Drawn | undefined {
  const there = DRAWN_COLUMNS.flatMap((column) => {
    const text = cells[column];
    return text ? [[column, isNumberText(text) ? Number(text) : text] as const] : [];
  });
  return there.length > 0 ? Object.fromEntries(there) : undefined;
}

export function writeResults(path: string, rows: readonly ResultRow[]): void {
  const drawn = DRAWN_COLUMNS.filter((column) => rows.some((row) => row.drawn?.[column] !== undefined));
  const flat = rows.map(({ drawn: own, ...row }) => ({
    ...row,
    ...Object.fromEntries(drawn.map((column) => [column, own?.[column] ?? null])),
  }));
  writeTable<string>(path, [...RESULT_COLUMNS, ...drawn], flat);
}

/** @throws UnreadableFile when the file cannot be read, BadFile when a line does not fit the columns or is there twice */
export function readResults(path: string): ResultRow[] {
  return readTable(path, {
    columns: RESULT_COLUMNS,
    row: rowSchema,
    key: ['dataset', 'unit', 'draw', 'seed'],
  });
}

const shortRunCells = z.object({
  dataset: z.string().min(1),
  unit: z.string().min(1),
  epochs: number,
  sequences: number,
  seed: number,
  learning_rate: number,
  kernels: z.enum(['composed', 'fused']),
  simd: z.string(),
  backend: z.string(),
  ...nllCells(() => numberOrNull),
});

const SHORT_RUN_COLUMNS = Object.keys(shortRunCells.shape) as (keyof ShortRunRow)[];

const shortRunSchema = shortRunCells.refine(
  (row) => {
    const nlls = NLL_COLUMNS.map((column) => row[column]);
    const mayBe = (nll: number | null, column: NllColumn) =>
      nll !== null && (Number.isFinite(nll) || !endsTraining(column));
    return nlls.every((nll) => nll === null) || nlls.every((nll, i) => mayBe(nll, NLL_COLUMNS[i]));
  },
  { path: ['train_nll'], error: 'has to be one of six NLLs, or all are empty, as of a run that diverged' },
);

/**
 * A row of short-runs.csv: the NLLs after the last epoch of a short run, which `check` repeats; none where it diverged.
 */
export type ShortRunRow = z.infer<typeof shortRunSchema>;

export function writeShortRuns(path: string, rows: readonly ShortRunRow[]): void {
  writeTable(path, SHORT_RUN_COLUMNS, rows);
}

export function readShortRuns(path: string): ShortRunRow[] {
  return readTable(path, { columns: SHORT_RUN_COLUMNS, row: shortRunSchema, key: ['dataset', 'unit'] });
}
