import { publishedFiles } from '../experiment/published.js';
import { writeTable } from '../experiment/results-file.js';
import type { Findings } from './findings.js';
import { table2 } from './summary.js';

const COLUMNS = [
  'dataset',
  'split',
  'average',
  'unit',
  'mean',
  'interval',
  'seeds',
  'paper',
  'difference',
  'best',
  'seconds_an_epoch',
] as const;

/** Writes Table 2 as table2.csv, a number a row; nothing where a cell is not finished or the paper has none. */
export function writeTable2(findings: Findings): void {
  const rows = table2(findings).flatMap(({ dataset, split, rule, entries }) =>
    entries.map(({ unit, ours, seeds, paper, difference, isBest }) => ({
      dataset,
      split,
      average: rule,
      unit,
      mean: ours?.mean ?? null,
      interval: ours?.interval ?? null,
      seeds,
      paper: paper ?? null,
      difference: difference ?? null,
      best: isBest ? 1 : 0,
      seconds_an_epoch:
        findings.cells.find((cell) => cell.dataset === dataset && cell.unit === unit)?.secondsAnEpoch ?? null,
    })),
  );
  writeTable(publishedFiles(findings.folder).table, COLUMNS, rows);
}
