import { z } from 'zod';
import { BadFile } from '../platform/failure.js';
import { isNumberText } from '../platform/number-text.js';
import { readLines } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';

/* Tables as CSV: the first line names the columns; cells hold no commas and no quotes. */

/** A cell that holds a finite number. */
export const number = z.string().min(1).transform(Number).pipe(z.number());
/** A cell that holds a number, finite or not. */
export const anyNumber = z.string().refine(isNumberText, 'expected a number').transform(Number);
/** A cell that may be empty. */
export const numberOrNull = z
  .string()
  .refine((text) => text === '' || isNumberText(text), 'expected a number or nothing')
  .transform((text) => (text === '' ? null : Number(text)));

/**
 * Reads a table.
 *
 * @param row what a row is, by column; all cells are texts
 * @throws UnreadableFile where it cannot be read or has more bytes; BadFile where a row is not such
 */
export function readTable<Row>(path: string, row: z.ZodType<Row>, largestBytes = 64 * 1024 * 1024): Row[] {
  const [header, ...lines] = readLines(path, largestBytes);
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
