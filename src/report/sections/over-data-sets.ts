import { RULES, type Rule } from '../averaging.js';
import type { Findings } from '../findings.js';
import { formatDifference, formatP, listText } from '../text.js';
import { cell, isReadable, numberCell, rangeCell, type TextCell, type TextTable } from '../text-table.js';
import type { UnitTitle } from '../unit-title.js';
import { LEAST_DATASETS, type MeanDifference } from '../verdict/over-data-sets.js';
import { pairText, wordText } from '../verdict/pair-text.js';
import { verdictOf } from '../verdict/verdict.js';
import { notesPart, type Section, shownOf, tablePart } from './section.js';

/** How the units stand over all data sets; nothing of a single data set. */
export function overDataSetsSection(findings: Findings): Section {
  const tables = RULES.flatMap((rule) => {
    const differences = meanDifferencesText(findings, rule);
    const isShort = differences !== undefined && isReadable(differences.rows);
    return [
      ...tablePart(standingsText(findings, rule), { rule, ...shownOf(rule) }),
      ...tablePart(differences, {
        rule,
        ...(isShort ? shownOf(rule) : ({ onTerminal: 'nothing' } as const)),
      }),
    ];
  });
  const notes = tables.length > 0 ? [[NOTE, ...baselineNote(findings)].join(' ')] : [];
  return { id: 'over', title: 'Over all data sets', parts: [...tables, ...notesPart(notes)] };
}

/** How the units stand over all data sets; nothing of a single data set. */
function standingsText(findings: Findings, rule: Rule): TextTable | undefined {
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
      ...[
        over.ranked,
        over.ranked > 0 ? one.lowest : undefined,
        one.better,
        one.worse,
        one.notDistinguishable,
        one.tooFew,
      ].map((count) => numberCell(count, String)),
    ]),
  };
}

/** Where each other unit is compared with one alone, the counts of that one are of many more comparisons. */
function baselineNote({ unitTitle, experiment }: Findings): string[] {
  const baselines = new Set(experiment.datasets.flatMap(({ plan }) => plan.baseline ?? []));
  const names = [...baselines].map(unitTitle);
  if (names.length === 0) return [];
  return [
    `Each other unit is compared with ${listText(names)} alone, so that only ${names.length === 1 ? 'its' : 'their'} counts are of all comparisons.`,
  ];
}

/** The mean differences over the data sets of a kind; nothing of a single data set. */
function meanDifferencesText(findings: Findings, rule: Rule): TextTable | undefined {
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
    numberCell(mean, (value) => formatDifference(value, 3)),
    interval !== undefined && isTold ? rangeCell(mean - interval, mean + interval) : cell('–'),
    numberCell(n, String),
    numberCell(isTold ? p : undefined, formatP),
    numberCell(isTold ? pHolm : undefined, formatP),
  ];
}

const NOTE =
  'Ranks are of the mean test NLL, over data sets with all units finished; “better” and “worse” count comparisons on single data sets. In the mean difference each data set counts as one, as a sample of such data sets: its interval is that of their mean, and a single other one scatters more.';
