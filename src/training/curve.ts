import { BadFile } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { isNumberText } from '../platform/number-text.js';
import { readLines } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { CURVE_COLUMNS, type CurveRow, curveText } from './curve-row.js';

export { CURVE_COLUMNS, type CurveRow, endsTraining } from './curve-row.js';

/** Writes the whole curve. */
export function writeCurve(path: string, rows: readonly CurveRow[]): void {
  writeWholeFile(path, curveText(rows));
}

/** Bytes; a row has about two hundred, and a run at most a million epochs. */
const LARGEST_CURVE = 256 * 1024 * 1024;

/**
 * @returns the rows of all epochs from 1; none where there is no such file
 * @throws BadFile when a line does not fit the columns, or is not of the epoch after that of the line before
 */
export function readCurve(path: string): CurveRow[] {
  if (!isListed(path)) return [];
  const [header, ...lines] = readLines(path, LARGEST_CURVE);
  const columns = header.split(',');
  const missing = CURVE_COLUMNS.find((column) => !columns.includes(column));
  if (missing !== undefined) throw new BadFile(path, 'line 1', `has no column ${missing}`);
  return lines.map((line, index) => {
    const cells = line.split(',');
    const row = Object.fromEntries(columns.map((column, i) => [column, Number(cells[i])])) as CurveRow;
    if (cells.length !== columns.length || !cells.every(isNumberText) || !Number.isInteger(row.epoch))
      throw new BadFile(path, `line ${index + 2}`, `does not fit the ${columns.length} columns`);
    if (row.epoch !== index + 1)
      throw new BadFile(
        path,
        `line ${index + 2}`,
        `is of epoch ${row.epoch}, where epoch ${index + 1} belongs`,
      );
    return row;
  });
}
