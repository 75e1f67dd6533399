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

/** 0.42 s, 12.3 s, 3 min 05 s, 2 h 14 min. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const twoDigits = (n: number) => String(Math.floor(n)).padStart(2, '0');
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}
