import { publishedFiles } from '../experiment/published.js';
import { tableText } from '../experiment/table.js';
import { writeWholeFile } from '../platform/whole-file.js';
import type { Findings } from './findings.js';
import { table2 } from './tables.js';
import { verdictOf } from './verdict/verdict.js';

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
  'failed',
] as const;

/** Table 2 as table2.csv has it, a number a row; nothing where a cell is not finished or the paper has none. */
export function table2Csv(findings: Findings): string {
  const rows = table2(findings).flatMap(({ dataset, split, rule, entries }) =>
    entries.map(({ unit, ours, seeds, failed, paper, difference, isBest }) => ({
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
      failed,
    })),
  );
  return tableText(COLUMNS, rows);
}

const COMPARISON_COLUMNS = [
  'dataset',
  'average',
  'unit',
  'other',
  'difference',
  'interval',
  'seeds',
  'effect',
  'p',
  'p_holm',
  'low',
  'high',
  'p_both',
  'p_both_holm',
  'models',
  'difference_without_search',
  'interval_without_search',
  'p_without_search',
  'p_without_search_holm',
  'verdict',
  'better',
  'failed',
  'failed_other',
] as const;

/**
 * Every pair of units on every data set, as comparisons.csv has it. `low` to `high`: the bootstrap over seeds and test
 * sequences, from as many seeds' `models` as have their sequences known.
 */
export function comparisonsCsv(findings: Findings): string {
  const all = verdictOf(findings).datasets.flatMap(({ comparisons }) => Object.values(comparisons).flat());
  const rows = all.map(({ dataset, rule, units, failed, test, bootstrap, withoutSearch, word, better }) => ({
    ...{ dataset, average: rule, unit: units[0], other: units[1] },
    difference: test.n > 0 ? test.mean : null,
    interval: test.interval ?? null,
    seeds: test.n,
    effect: test.effect ?? null,
    p: test.p ?? null,
    p_holm: test.pHolm ?? null,
    low: bootstrap?.low ?? null,
    high: bootstrap?.high ?? null,
    p_both: bootstrap?.p ?? null,
    p_both_holm: bootstrap?.pHolm ?? null,
    models: bootstrap?.models ?? 0,
    difference_without_search: withoutSearch?.mean ?? null,
    interval_without_search: withoutSearch?.interval ?? null,
    p_without_search: withoutSearch?.p ?? null,
    p_without_search_holm: withoutSearch?.pHolm ?? null,
    verdict: word,
    better: better ?? null,
    failed: failed.filter(({ unit }) => unit === units[0]).length,
    failed_other: failed.filter(({ unit }) => unit === units[1]).length,
  }));
  return tableText(COMPARISON_COLUMNS, rows);
}

export function writeTables(findings: Findings): void {
  const { table, comparisons } = publishedFiles(findings.folder);
  writeWholeFile(table, table2Csv(findings));
  writeWholeFile(comparisons, comparisonsCsv(findings));
}
