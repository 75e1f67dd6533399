import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checksumOf, filesOfResults, readChecksums } from '../../experiment/checksums.js';
import { FILE_NAMES } from '../../experiment/published.js';
import { RESULT_COLUMNS } from '../../experiment/results-file.js';
import { countOf } from '../../platform/format-number.js';
import { CURVE_COLUMNS } from '../../training/curve.js';
import { NLL_COLUMNS } from '../../training/curve-row.js';
import { curvesOf } from './curves.js';
import { type HeldPlaces, NotChecked, placeKey, type Tally } from './held.js';
import { type Published, RESULTS } from './published.js';
import { orFault } from './unread.js';

const FILE = FILE_NAMES.checksums;

/**
 * Holds every file of the results to its SHA-256 when it was written. For many numbers there is nothing else, such as
 * the training NLLs of further seeds.
 *
 * @throws NotChecked where the folder has no checksums
 */
export function holdAsWritten({ findings: { folder } }: Published, tally: Tally): void {
  const checksums = readChecksums(folder);
  if (!checksums) throw new NotChecked(`${FILE} is missing; gru-bench report ${folder} writes it`);
  for (const [file, sha256] of checksums) {
    const path = join(folder, file);
    if (!existsSync(path)) tally.fault(file, `is missing, but ${FILE} has it`);
    else {
      const found = orFault(tally, file, () => checksumOf(path));
      if (found !== undefined && found !== sha256)
        tally.fault(file, `is not as it was written: its SHA-256 is not that of ${FILE}`);
    }
    tally.count(1);
  }
  for (const file of filesOfResults(folder))
    if (!checksums.has(file)) tally.fault(file, `is no file of these results: ${FILE} does not have it`);
}

/** Columns that name a row. */
const NAMES: readonly string[] = ['dataset', 'unit', 'draw', 'seed', 'status'];

/** Numbers of a table, by the columns in which they stand. */
interface Open {
  readonly columns: readonly string[];
  readonly count: number;
}

/** How many numbers of which files nothing holds but their checksum, and in which columns: a line a file. */
export function heldByNothingElse({ findings, cells }: Published, places: HeldPlaces): string {
  const results = findings.results.map((_, i) => ({ file: RESULTS, line: i + 2 }));
  const curves = cells
    .flatMap((cell) => curvesOf({ findings }, cell))
    .flatMap(({ file, curve }) => curve.map((_, i) => ({ file, line: i + 2 })));
  const open = (rows: typeof curves, columns: readonly string[]): Open => {
    const counts = columns
      .filter((column) => !NAMES.includes(column))
      .map((column) => ({
        column,
        count: rows.filter((row) => !places.has(placeKey({ ...row, column }))).length,
      }))
      .filter(({ count }) => count > 0);
    const named = counts.map(({ column }) => column);
    return { columns: named, count: counts.reduce((sum, { count }) => sum + count, 0) };
  };
  const line = (file: string, { columns, count }: Open, note = '') =>
    count === 0 ? [] : [`  ${file}: ${countOf(count)} of ${columnsText(columns)}${note}`];
  return [
    'Held by their checksums alone:',
    ...line(RESULTS, open(results, RESULT_COLUMNS)),
    ...line('curves/', open(curves, CURVE_COLUMNS), '; figures and page draw some of them'),
    `  ${FILE_NAMES.experiment}: versions, machines, training time`,
  ].join('\n');
}

/** Columns in few words: `best_epoch, all NLLs`. */
function columnsText(columns: readonly string[]): string {
  const isNll = (column: string) => NLL_COLUMNS.some((one) => one === column);
  const nlls = columns.filter(isNll);
  const words = nlls.length === NLL_COLUMNS.length ? ['all NLLs'] : nlls;
  return [...words, ...columns.filter((column) => !isNll(column))].join(', ');
}
