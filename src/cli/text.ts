import { stripVTControlCharacters } from 'node:util';

/** Columns that a text takes on a terminal. */
export const widthOf = (text: string) => stripVTControlCharacters(text).length;

/** Lines of a table: the first column flush left, the others right, two spaces between. One-cell rows run on. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const isList = rows.every((row) => row.length <= 2);
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.filter((row) => row.length > 1).map((row) => widthOf(row[i] ?? '')), 0),
  );
  const align = (cell: string, i: number) => {
    const gap = ' '.repeat(widths[i] - widthOf(cell));
    return i === 0 || isList ? cell + gap : gap + cell;
  };
  return rows.map((row) => (row.length === 1 ? row[0] : row.map(align).join('  ').trimEnd()));
}

/** Prints lines; on a terminal, those that are too long are broken between words. */
export function print(lines: readonly string[], stream: NodeJS.WriteStream = process.stdout): void {
  for (const line of lines) stream.write(`${wrap(line, columnsOf(stream)).join('\n')}\n`);
}

/** Columns of a terminal; no bound for a file or a pipe. */
export const columnsOf = (stream: NodeJS.WriteStream) =>
  stream.isTTY && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY;

/** What stands before the second column of a table, or before a list's item. */
const FIRST_COLUMN = /^(\s*\S+(?: \S+)* {2,}|\s*- )/;

/**
 * Breaks a line between words; what goes on stands below the second column where there is one, else two further in.
 * A word that is wider than the room stays whole, so that a path can be copied.
 */
export function wrap(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const first = widthOf(FIRST_COLUMN.exec(stripVTControlCharacters(line))?.[0] ?? '');
  const deeper = widthOf(/^ */.exec(line)?.[0] ?? '') + 2;
  const indent = ' '.repeat(first > 0 && first <= columns / 2 ? first : deeper);
  const lines: string[] = [];
  let current = '';
  // A word with the spaces before it.
  for (const word of line.match(/\s*\S+/g) ?? []) {
    if (current.trim() !== '' && widthOf(current + word) > columns) {
      lines.push(current);
      current = indent + word.trimStart();
    } else current += word;
  }
  return [...lines, current];
}
