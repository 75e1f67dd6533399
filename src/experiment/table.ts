import { basename } from 'node:path';
import { z } from 'zod';
import { BadFile } from '../platform/failure.js';
import { plural } from '../platform/format-number.js';
import { isNumberText } from '../platform/number-text.js';
import { requirement, shownValue } from '../platform/parse-fields.js';
import { readLines } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';

/* Tables as CSV: the first line names the columns; cells hold no commas and no quotes. */

/** A cell that holds a finite number. */
export const number = z.string().min(1).transform(Number).pipe(z.number());
/** A cell that holds a number, finite or not. */
export const anyNumber = z.string().refine(isNumberText, 'has to be a number').transform(Number);
/** A cell that may be empty. */
export const numberOrNull = z
  .string()
  .refine((text) => text === '' || isNumberText(text), 'has to be a number or nothing')
  .transform((text) => (text === '' ? null : Number(text)));

/** What a table of a kind holds. */
export interface TableKind<Row> {
  /** Those that it has to have, in whatever order; there may be others. */
  readonly columns: readonly string[];
  /** What a row is, by column; all cells are texts. */
  readonly row: z.ZodType<Row>;
  /** Columns that name a row: no two are of the same. */
  readonly key: readonly (keyof Row & string)[];
}

const LARGEST_TABLE = 64 * 1024 * 1024;

/**
 * Reads a table.
 *
 * @throws UnreadableFile where it cannot be read or has more bytes than any good one; BadFile where a column is missing,
 *   or a row is not such or there twice
 */
export function readTable<Row>(path: string, { columns, row, key }: TableKind<Row>): Row[] {
  const [header, ...lines] = readLines(path, LARGEST_TABLE);
  const own = header.split(',');
  const missing = columns.find((column) => !own.includes(column));
  if (missing !== undefined) throw new BadFile(path, 'line 1', `has no column ${missing}`);
  const lineOfName = new Map<string, number>();
  return lines.map((line, i) => {
    const cells = line.split(',');
    const refuse = (what: string) => new BadFile(path, `line ${i + 2}`, what);
    if (cells.length !== own.length)
      throw refuse(`has ${plural(cells.length, 'cell')}, and line 1 names ${plural(own.length, 'column')}`);
    const texts = Object.fromEntries(own.map((column, c) => [column, cells[c]]));
    const parsed = row.safeParse(texts);
    if (!parsed.success) throw refuse(whatIsWrong(texts, parsed.error.issues[0]));
    const name = key.map((column) => texts[column]).join(' ');
    const first = lineOfName.get(name);
    if (first !== undefined)
      throw refuse(`is about ${name}, as ${basename(path)}, line ${first}, is (${key.join(', ')})`);
    lineOfName.set(name, i + 2);
    return parsed.data;
  });
}

function whatIsWrong(cells: Readonly<Record<string, string>>, issue: z.core.$ZodIssue): string {
  const column = issue.path.join('.');
  return `${column} ${shownValue(cells[column])} ${requirement(issue)}`;
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
