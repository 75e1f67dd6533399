import { publishedFiles } from '../experiment/published.js';
import { tableText } from '../experiment/results-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
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

/** Table 2 as table2.csv has it, a number a row; nothing where a cell is not finished or the paper has none. */
export function table2Csv(findings: Findings): string {
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
  return tableText(COLUMNS, rows);
}

export function writeTable2(findings: Findings): void {
  writeWholeFile(publishedFiles(findings.folder).table, table2Csv(findings));
}
