import { heading } from './colour.js';
import { columnsOf, formatTable, widthOf } from './text.js';

/** A column of a table of which some can be left out. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row, index: number) => string;
  /** Those of the highest number go first where a terminal is too narrow; 0: stays. */
  readonly dispensable: number;
}

/** Lines of a table with as many columns as standard output has room for; what is left out is said below it. */
export function fittingTable<Row>(all: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const columns = [...all];
  const lines = () =>
    formatTable([
      columns.map(({ title }) => heading(title)),
      ...rows.map((row, i) => columns.map(({ text }) => text(row, i))),
    ]);
  const fits = () => Math.max(...lines().map(widthOf)) <= columnsOf(process.stdout);
  const leftOut: string[] = [];
  while (!fits()) {
    const next = columns.reduce((first, one) => (one.dispensable > first.dispensable ? one : first));
    if (next.dispensable === 0) break;
    columns.splice(columns.indexOf(next), 1);
    leftOut.push(next.title);
  }
  const note = `No room for: ${leftOut.join(', ')}; a wider terminal, a pipe and --json have all.`;
  return [...lines(), ...(leftOut.length > 0 ? [note] : [])];
}
