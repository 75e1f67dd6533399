import { FILE_NAMES } from '../../experiment/published.js';
import { countOf } from '../../platform/format-number.js';
import { RULES, type Rule } from '../averaging.js';
import { type Findings, unitsOf } from '../findings.js';
import { type Estimate, SIGNIFICANCE } from '../statistics.js';
import { formatDifference, formatDifferenceEstimate, formatNumber, formatP } from '../text.js';
import { cell, isReadable, numberCell, rangeCell, type TextCell, type TextTable } from '../text-table.js';
import type { UnitTitle } from '../unit-title.js';
import { DRAWS, type UnitComparison } from '../verdict/comparison.js';
import { LEAST_PIECES, LEAST_SEEDS } from '../verdict/enough.js';
import { pairText, wordText } from '../verdict/pair-text.js';
import { shownPairs, verdictOf } from '../verdict/verdict.js';
import { notesPart, type Part, type Section, shownOf, tablePart } from './section.js';

/** The differences of the units, and what tests say of them. */
export function differencesSection(findings: Findings): Section {
  const overview = overviewParts(findings);
  return {
    id: 'differences',
    title: 'Differences and tests',
    short: 'Differences',
    parts: [...overview, ...comparisonParts(findings, overview.length > 0)],
  };
}

/** Each unit beside the baseline at a glance; none where one reads the pairs one by one. */
export function overviewParts(findings: Findings): Part[] {
  const tables = RULES.flatMap((rule) => tablePart(overviewText(findings, rule), { rule, ...shownOf(rule) }));
  return tables.length === 0 ? [] : [...tables, ...notesPart([OVERVIEW_NOTE])];
}

/**
 * Every pair that is compared; none where no pair is.
 *
 * @param hasOverview which a terminal shows in their place
 */
function comparisonParts(findings: Findings, hasOverview: boolean): Part[] {
  const tables = RULES.flatMap((rule) =>
    tablePart(comparisonsText(findings, rule), {
      rule,
      ...(hasOverview
        ? { onTerminal: 'nothing' }
        : { onTerminal: narrowComparisons(findings, rule), ...shownOf(rule) }),
    }),
  ).filter(({ table }) => table.rows.length > 0);
  if (tables.length === 0) return [];
  const [{ table, onTerminal }] = tables;
  const isCut = onTerminal === 'nothing' || (onTerminal ?? table).rows.length < table.rows.length;
  const all = isCut ? [`All ${table.rows.length} differences are in ${FILE_NAMES.comparisons}.`] : [];
  return [
    ...tables,
    ...notesPart(comparisonNotes('all'), {
      summary: NOTES,
      onTerminal: [...all, ...comparisonNotes('few')],
    }),
  ];
}

const nats = (value: number) => formatDifference(value, 3);

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
  {
    title: 'seeds',
    cell: ({ test: { n }, shared }) => ({ text: n < shared ? `${n} of ${shared}` : String(n), value: n }),
  },
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
  { title: 'p of both, Holm', cell: ({ bootstrap }) => numberCell(bootstrap?.pHolm, formatP) },
  {
    title: 'without the search’s seed',
    cell: ({ withoutSearch }) => numberCell(withoutSearch?.mean, nats),
    isDispensable: true,
  },
  {
    title: 'p without it, Holm',
    cell: ({ withoutSearch }) => numberCell(withoutSearch?.pHolm, formatP),
    isDispensable: true,
  },
];

/** A dash where no seed has a finite NLL of both. */
const differenceCell = (difference: Estimate): TextCell =>
  Number.isNaN(difference.mean)
    ? cell('–')
    : { text: formatDifferenceEstimate(difference), value: difference.mean };

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
const comparisonsText = (findings: Findings, rule: Rule): TextTable =>
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

/**
 * Each unit less the baseline, a column a data set; nothing where the data sets have no baseline in common, or so few
 * pairs that one reads them one by one.
 */
function overviewText(findings: Findings, rule: Rule): TextTable | undefined {
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

const OVERVIEW_NOTE =
  '“Better” and “worse” are verdicts; a number without a word is of a unit that cannot be told from the baseline.';

const NOTES = 'What the columns mean, and what makes a unit “better”';

/** What the columns of the differences mean. @param columns that are shown: all, or those that a terminal has room for */
export function comparisonNotes(columns: 'all' | 'few'): string[] {
  const hasAll = columns === 'all';
  return [
    `Difference: the test NLL of the first unit less that of the second, so that below 0 the first is better; mean over seeds, paired by seed, ± half the 95 % interval (Student’s t), two-sided p with Holm’s correction over the pairs of a data set.${hasAll ? ' Effect: Hedges’ g, the mean over the standard deviation of the differences.' : ''}`,
    `Over seeds and sequences: 95 % interval of a bootstrap that draws seeds and test sequences anew, both together (${countOf(DRAWS.first)} times, up to ${countOf(DRAWS.most)} where the word hangs on these draws; each part widened to what Student’s t gives for as few): other pieces might say otherwise. Sequences that are cut from one recording are drawn together. Of a single seed it draws sequences alone.`,
    `“Better” needs a corrected p below ${SIGNIFICANCE} from both, and a finite test NLL of every seed that the other unit has one of. For the seed of the search the learning rate was chosen as the best, so that it may flatter a unit: where ${LEAST_SEEDS} others are left, they alone have to say the same (one-sided, so that the p without it is below ${2 * SIGNIFICANCE}${hasAll ? '' : `: ${FILE_NAMES.comparisons} has it, and the effects`}). “Too few to say”: fewer than ${LEAST_SEEDS} seeds or ${LEAST_PIECES} test sequences or recordings. Else “not distinguishable”.`,
  ];
}
