/** Lines of a table: the first column flush left, the others right, two spaces between. One-cell rows run on. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const isList = rows.every((row) => row.length <= 2);
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.filter((row) => row.length > 1).map((row) => row[i]?.length ?? 0), 0),
  );
  const align = (cell: string, i: number) =>
    i === 0 || isList ? cell.padEnd(widths[i]) : cell.padStart(widths[i]);
  return rows.map((row) => (row.length === 1 ? row[0] : row.map(align).join('  ').trimEnd()));
}
