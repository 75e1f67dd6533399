import { countOf, plural } from '../../platform/format-number.js';
import type { Rule } from '../averaging.js';
import { type Findings, hasManyUnits, unitsOf } from '../findings.js';
import { type Estimate, SIGNIFICANCE } from '../statistics.js';
import { formatDifference, formatDifferenceEstimate, formatNumber, formatP } from '../text.js';
import { cell, numberCell, type TextCell, type TextTable } from '../text-table.js';
import type { UnitTitle } from '../unit-title.js';
import { DRAWS, type UnitComparison } from './comparison.js';
import { LEAST_PIECES, LEAST_SEEDS } from './enough.js';
import { LEAST_DATASETS, type MeanDifference } from './over-data-sets.js';
import { shownPairs, verdictOf } from './verdict.js';
import { groupedWarningTexts, warningText } from './warnings.js';

/** What `report` answers first: a sentence a data set. */
export function verdictLines(findings: Findings): { dataset: string; sentence: string }[] {
  return verdictOf(findings).datasets.map(({ dataset, sentence }) => ({ dataset, sentence }));
}

/** GRU − LSTM */
export const pairText = ([a, b]: UnitComparison['units'], unitTitle: UnitTitle) =>
  `${unitTitle(a)} − ${unitTitle(b)}`;

/** `GRU is better`, or that it cannot be told. */
export function wordText(
  { word, better }: Pick<UnitComparison, 'word' | 'better'>,
  unitTitle: UnitTitle,
): string {
  return better === undefined ? word : `${unitTitle(better)} is better`;
}

const nats = (value: number) => formatDifference(value, 3);

/** −0.184 to −0.025 */
const rangeCell = (low: number, high: number): TextCell => ({
  text: `${formatNumber(low, 3)} to ${formatNumber(high, 3)}`,
  value: low,
});

/** A column of the differences of units. */
interface ComparisonColumn {
  readonly title: string;
  readonly cell: (one: UnitComparison, unitTitle: UnitTitle) => TextCell;
  /** Left out on a terminal, which has no room for it. */
  readonly isDispensable?: boolean;
}

const COMPARISON_COLUMNS: readonly ComparisonColumn[] = [
  { title: 'data set', cell: ({ dataset }) => cell(dataset) },
  { title: 'units', cell: ({ units }, unitTitle) => cell(pairText(units, unitTitle)) },
  {
    title: 'verdict',
    cell: (one, unitTitle) => ({ text: wordText(one, unitTitle), isBest: one.better !== undefined }),
  },
  { title: 'difference', cell: ({ test }) => differenceCell(test) },
  { title: 'seeds', cell: ({ test }) => numberCell(test.n, String) },
  {
    title: 'effect',
    cell: ({ test }) => numberCell(test.effect, (g) => formatNumber(g, 2)),
    isDispensable: true,
  },
  { title: 'p', cell: ({ test }) => numberCell(test.p, formatP), isDispensable: true },
  { title: 'p, Holm', cell: ({ test }) => numberCell(test.pHolm, formatP) },
  {
    title: 'over seeds and sequences',
    cell: ({ bootstrap }) => (bootstrap ? rangeCell(bootstrap.low, bootstrap.high) : cell('–')),
  },
  { title: 'p, Holm', cell: ({ bootstrap }) => numberCell(bootstrap?.pHolm, formatP) },
  {
    title: 'without the search’s seed',
    cell: ({ withoutSearch }) => numberCell(withoutSearch?.mean, nats),
    isDispensable: true,
  },
  {
    title: 'p, Holm',
    cell: ({ withoutSearch }) => numberCell(withoutSearch?.pHolm, formatP),
    isDispensable: true,
  },
];

const differenceCell = (difference: Estimate): TextCell => ({
  text: formatDifferenceEstimate(difference),
  value: difference.mean,
});

function differencesTable(
  all: readonly UnitComparison[],
  { unitTitle }: Findings,
  rule: Rule,
  columns: readonly ComparisonColumn[],
): TextTable {
  return {
    title: `Which unit is better: differences of the test NLL ${rule}, nats`,
    names: 2,
    header: columns.map(({ title }) => title),
    rows: all.map((one) => columns.map((column) => column.cell(one, unitTitle))),
  };
}

const allComparisons = (findings: Findings, rule: Rule) =>
  verdictOf(findings).datasets.flatMap(({ comparisons }) => comparisons[rule]);

/** Every pair that is compared, on every data set, by one average. */
export const comparisonsText = (findings: Findings, rule: Rule): TextTable =>
  differencesTable(allComparisons(findings, rule), findings, rule, COMPARISON_COLUMNS);

/** The same as a terminal shows it; of very many pairs those that a picture has room for. */
export function narrowComparisons(findings: Findings, rule: Rule): TextTable {
  const all = allComparisons(findings, rule);
  const shown = isReadable(all) ? all : verdictOf(findings).datasets.flatMap((one) => shownPairs(one, rule));
  return differencesTable(
    shown,
    findings,
    rule,
    COMPARISON_COLUMNS.filter(({ isDispensable }) => !isDispensable),
  );
}

/** Rows that one reads through; of more, an overview stands for them, or those that a picture shows. */
const READABLE_ROWS = 30;

export const isReadable = ({ length }: readonly unknown[]) => length <= READABLE_ROWS;

/**
 * Each unit less the baseline, a column a data set; nothing where the data sets have no baseline in common, or so few
 * pairs that one reads them one by one.
 */
export function overviewText(findings: Findings, rule: Rule): TextTable | undefined {
  const { unitTitle } = findings;
  const { datasets } = verdictOf(findings);
  const [baseline, ...others] = new Set(datasets.map((one) => one.baseline));
  if (baseline === undefined || others.length > 0 || isReadable(allComparisons(findings, rule)))
    return undefined;
  const units = unitsOf(findings).filter((unit) => unit !== baseline);
  return {
    title: `Difference to ${unitTitle(baseline)}, test NLL ${rule}, nats`,
    names: 1,
    header: ['unit', ...datasets.map(({ dataset }) => dataset)],
    rows: units.map((unit) => [
      cell(unitTitle(unit)),
      ...datasets.map(({ comparisons }) =>
        overviewCell(comparisons[rule].find(({ units: [first] }) => first === unit)),
      ),
    ]),
  };
}

/** −0.071 ± 0.023 better */
function overviewCell(one: UnitComparison | undefined): TextCell {
  if (!one) return cell('–');
  const isBest = one.better === one.units[0];
  const word = one.better === undefined ? '' : isBest ? ' better' : ' worse';
  return { ...differenceCell(one.test), text: `${differenceCell(one.test).text}${word}`, isBest };
}

export const overviewNote =
  '“Better” and “worse” are verdicts; a number without a word is of a unit that cannot be told from the baseline.';

/** What the columns of the differences mean. */
export function comparisonNotes(): string[] {
  return [
    'Difference: the test NLL of the first unit less that of the second, so that below 0 the first is better; mean over seeds, paired by seed, ± half the 95 % interval (Student’s t), two-sided p, and Holm’s correction over the pairs of a data set. Effect: Hedges’ g, the mean over the standard deviation of the differences.',
    `Over seeds and sequences: 95 % interval of a bootstrap that draws seeds and test sequences anew, both together (${countOf(DRAWS.first)} times, up to ${countOf(DRAWS.most)} where the word hangs on these draws; each part widened to what Student’s t gives for as few): other pieces might say otherwise. Sequences that are cut from one recording are drawn together. Of a single seed it draws sequences alone.`,
    `“Better” needs a corrected p below ${SIGNIFICANCE} from both. For the seed of the search the learning rate was chosen as the best, so that it may flatter a unit: where three others are left, they alone have to say the same (one-sided, p in the last column below ${2 * SIGNIFICANCE}). “Too few to say”: fewer than ${LEAST_SEEDS} seeds or ${LEAST_PIECES} test sequences or recordings. Else “not distinguishable”.`,
  ];
}

/** What weakens the numbers: a line each, with the data sets of which it is true. */
export function warningLines(findings: Findings): { datasets: string[]; line: string }[] {
  const datasets = new Map<string, string[]>();
  const isOfMany = hasManyUnits(findings);
  const { unitTitle } = findings;
  for (const { dataset, warnings } of verdictOf(findings).datasets)
    for (const line of isOfMany
      ? groupedWarningTexts(warnings, unitTitle)
      : warnings.map((one) => warningText(one, unitTitle)))
      datasets.set(line, [...(datasets.get(line) ?? []), dataset]);
  return [...datasets].map(([line, names]) => ({ datasets: names, line }));
}

/** How the units stand over all data sets; nothing of a single data set. */
export function standingsText(findings: Findings, rule: Rule): TextTable | undefined {
  const over = verdictOf(findings).over.find((one) => one.rule === rule);
  if (!over) return undefined;
  return {
    title: `Over all data sets, test NLL ${rule}`,
    names: 1,
    header: [
      'unit',
      'mean rank',
      'of data sets',
      'lowest on',
      'better than',
      'worse than',
      'not distinguishable',
      'too few to say',
    ],
    rows: over.standings.map((one) => [
      cell(findings.unitTitle(one.unit)),
      numberCell(one.rank, (rank) => rank.toFixed(2)),
      ...[over.ranked, one.lowest, one.better, one.worse, one.notDistinguishable, one.tooFew].map((count) =>
        numberCell(count, String),
      ),
    ]),
  };
}

/** The mean differences over the data sets of a kind; nothing of a single data set. */
export function meanDifferencesText(findings: Findings, rule: Rule): TextTable | undefined {
  const over = verdictOf(findings).over.find((one) => one.rule === rule);
  if (!over || over.differences.length === 0) return undefined;
  return {
    title: `Mean difference over data sets, test NLL ${rule}, nats`,
    names: 2,
    header: ['kind', 'units', 'verdict', 'difference', '95 % interval', 'data sets', 'p', 'p, Holm'],
    rows: over.differences.map((one) => meanDifferenceRow(one, findings.unitTitle)),
  };
}

function meanDifferenceRow(one: MeanDifference, unitTitle: UnitTitle): TextCell[] {
  const { mean, interval, n, p, pHolm } = one.test;
  // Of fewer data sets an interval says nothing.
  const isTold = n >= LEAST_DATASETS;
  return [
    cell(one.kind),
    cell(pairText(one.units, unitTitle)),
    { text: wordText(one, unitTitle), isBest: one.better !== undefined },
    numberCell(mean, nats),
    interval !== undefined && isTold ? rangeCell(mean - interval, mean + interval) : cell('–'),
    numberCell(n, String),
    numberCell(isTold ? p : undefined, formatP),
    numberCell(isTold ? pHolm : undefined, formatP),
  ];
}

export const overNote =
  'Ranks are of the mean test NLL, over data sets with all units finished; “better” and “worse” count comparisons on single data sets. In the mean difference each data set counts as one, as a sample of such data sets: its interval is that of their mean, and a single other one scatters more.';

/** Who is ahead at which budget of the search, a line a data set; none where nothing is finished. */
export function budgetLines(findings: Findings): { dataset: string; line: string }[] {
  return verdictOf(findings).datasets.flatMap(({ dataset, expectedBest: units }) => {
    const most = Math.max(0, ...units.map(({ best }) => best.length));
    if (units.length < 2 || most === 0) return [];
    const leaders = Array.from({ length: most }, (_, i) => {
      const finite = units.filter(({ best }) => Number.isFinite(best[i]?.mean));
      return finite.sort((a, b) => a.best[i].mean - b.best[i].mean)[0]?.unit;
    });
    const stretches = leaders.flatMap((unit, i) =>
      unit !== undefined && unit !== leaders[i - 1] ? [{ unit, from: i + 1 }] : [],
    );
    const parts = stretches.map(({ unit, from }, i) => {
      const until = (stretches[i + 1]?.from ?? most + 1) - 1;
      const budget = from === until ? plural(from, 'draw') : `${from} to ${plural(until, 'draw')}`;
      return `${findings.unitTitle(unit)} with ${budget}`;
    });
    return [{ dataset, line: `lowest expected validation NLL: ${parts.join(', ')}` }];
  });
}

export const budgetNote =
  'Expected best validation NLL per frame of a search of so many draws: the mean over all sets of as many of the draws that were made (Tang et al. 2020), ± the standard deviation of the best of such a set. Draws that were left at a rung count with what they had reached there.';
