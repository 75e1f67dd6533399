import { hasModel } from '../../experiment/sequence-nlls.js';
import { RULES, type Rule } from '../averaging.js';
import { type Findings, hasManyUnits, nllOf, unitsOf } from '../findings.js';
import { hasPaperSet, isPaperUnit, paperSetOf, STAND_INS } from '../paper.js';
import { reevaluationDifferences } from '../reevaluate.js';
import { type ReportedSplit, type TableEntry, type TableRow, table2 } from '../tables.js';
import { formatDifference, formatEstimate, listText } from '../text.js';
import { cell, type TextCell, type TextTable } from '../text-table.js';
import { notesPart, type Section, tablePart } from './section.js';

/** Table 2, by either average. */
export function nllSection(findings: Findings): Section {
  return {
    id: 'nll',
    title: 'Negative log-likelihood',
    short: 'NLL',
    parts: [
      ...RULES.flatMap((rule) => table2Texts(findings, rule).flatMap((table) => tablePart(table, { rule }))),
      ...notesPart([...table2Notes(findings), reevaluationText(findings)]),
    ],
  };
}

/** Table 2 by one average; of many units one table for the test sets, and one for the training sets. */
export function table2Texts(findings: Findings, rule: Rule): TextTable[] {
  const isWide = hasManyUnits(findings);
  return isWide
    ? [splitText(findings, rule, 'test'), splitText(findings, rule, 'train')]
    : [table2Text(findings, rule)];
}

/** A row a unit, a column a data set: means without the paper's numbers. */
function splitText(findings: Findings, rule: Rule, split: ReportedSplit): TextTable {
  const { unitTitle } = findings;
  const rows = table2(findings).filter((row) => row.rule === rule && row.split === split);
  return {
    title: `Average negative log-likelihood ${rule}, ${split === 'test' ? 'test' : 'training'} sets, nats`,
    names: 1,
    header: ['unit', ...rows.map(({ dataset }) => dataset)],
    rows: unitsOf(findings).map((unit) => [
      cell(unitTitle(unit)),
      ...rows.map(({ entries }) => entryCells(entries.find((entry) => entry.unit === unit))[0]),
    ]),
  };
}

/** A row a data set and split: a unit's mean, the paper's number, and its difference. */
function table2Text(findings: Findings, rule: Rule): TextTable {
  const { unitTitle } = findings;
  const units = unitsOf(findings);
  const hasPaper = hasPaperSet(findings.experiment);
  const isOfPaper = (unit: string) => hasPaper && isPaperUnit(unit);
  const ofRule = table2(findings).filter((row) => row.rule === rule);
  const rows = testFirst(ofRule).map(({ dataset, split, entries }) => [
    cell(dataset),
    cell(split),
    ...units.flatMap((unit) =>
      entryCells(entries.find((entry) => entry.unit === unit)).slice(0, isOfPaper(unit) ? 3 : 1),
    ),
  ]);
  return {
    title: `${hasPaper ? 'Table 2: average' : 'Average'} negative log-likelihood ${rule}, nats`,
    names: 2,
    header: [
      'data set',
      'split',
      ...units.flatMap((unit) => [unitTitle(unit), ...(isOfPaper(unit) ? ['paper', 'Δ'] : [])]),
    ],
    rows,
  };
}

/** Data set by data set, the test set before the training set. */
function testFirst(rows: readonly TableRow[]): TableRow[] {
  const names = [...new Set(rows.map(({ dataset }) => dataset))];
  const order = ({ dataset, split }: TableRow) => 2 * names.indexOf(dataset) + Number(split === 'train');
  return [...rows].sort((a, b) => order(a) - order(b));
}

function entryCells(entry: TableEntry | undefined): TextCell[] {
  if (!entry) return [cell('–'), cell('–'), cell('–')];
  const { ours, seeds, failed, paper, difference, isBest, isBestInPaper } = entry;
  const none = cell(failed > 0 ? 'failed' : 'open');
  const of = failed > 0 ? ` (${seeds} of ${seeds + failed})` : '';
  return [
    ours ? { text: `${formatEstimate(ours)}${of}`, isBest, value: ours.mean } : none,
    paper === undefined ? cell('–') : { text: paper.toFixed(2), isBest: isBestInPaper },
    cell(difference === undefined ? '–' : formatDifference(difference)),
  ];
}

/** What a reader of Table 2 has to know. */
export function table2Notes(findings: Findings): string[] {
  const { experiment } = findings;
  const standIns = experiment.datasets.flatMap(({ plan }) => {
    const paper = STAND_INS[paperSetOf(plan) ?? ''];
    return paper === undefined ? [] : [`${plan.name} for ${paper}`];
  });
  const isWide = hasManyUnits(findings);
  return [
    [
      ...meanSentences(findings),
      `The lowest of a ${isWide ? 'data set' : 'row'} is marked; what of it is chance, the verdicts say.`,
      ...(hasPaperSet(findings.experiment)
        ? [isWide ? 'The paper’s numbers are in table2.csv.' : 'Δ is ours less the paper’s.']
        : []),
    ].join(' '),
    ...(standIns.length > 0
      ? [
          `The paper’s speech recordings were never published: other recordings stand in (${standIns.join(', ')}), so that only the order of the units can be compared there.`,
        ]
      : []),
    ...notFinished(findings),
  ];
}

function notFinished({ experiment, cells }: Findings): string[] {
  const parts = experiment.datasets.flatMap(({ plan: { name } }) => {
    const own = cells.filter(({ dataset }) => dataset === name);
    const open = own.filter((one) => one.open > 0 || one.reported.length === 0);
    if (open.length > 1 && open.length === own.length) return [`all of ${name}`];
    return open.map(({ unit }) => `${name} ${unit}`);
  });
  return parts.length === 0 ? [] : [`Not finished: ${parts.join(', ')}.`];
}

/** Of how many runs the numbers are; where that differs, of which data sets. */
function meanSentences({ cells, unitTitle }: Findings): string[] {
  const datasets = new Map<number, Set<string>>();
  for (const { dataset, reported } of cells)
    if (reported.length > 0)
      datasets.set(reported.length, (datasets.get(reported.length) ?? new Set()).add(dataset));
  const what = 'the learning rate with the best validation NLL per frame, at its best epoch';
  const all = [...datasets].sort(([a], [b]) => b - a);
  const sentences = all.map(([seeds, names]) => {
    const who = all.length === 1 ? 'Each number is' : `Numbers of ${listText([...names])} are`;
    if (seeds === 1) return `${who} of one run, with ${what}.`;
    return `${who} ${all.length === 1 ? 'the mean' : 'means'} over ${seeds} seeds of ${what}.`;
  });
  const without = cells.flatMap(({ dataset, unit, reported }) =>
    reported
      .filter((row) => nllOf(row, 'test_nll') === undefined)
      .map(({ seed }) => `${dataset} ${unitTitle(unit)}, seed ${seed}`),
  );
  return [
    ...sentences,
    ...(without.length > 0
      ? [
          `Without a finite test NLL, and not in the mean: ${without.join('; ')}. The lowest is that of the units with the fewest such runs.`,
        ]
      : []),
    ...(all.some(([seeds]) => seeds > 1) ? ['± is half the 95 % interval of the mean (Student’s t).'] : []),
  ];
}

/** How far the composed kernels agree. */
export function reevaluationText(findings: Findings): string {
  const found = reevaluationDifferences(findings);
  const [largest, second] = found;
  const reported = findings.cells.reduce((sum, one) => sum + one.reported.filter(hasModel).length, 0);
  if (!largest) return 'The test NLLs have not been computed a second time.';
  const backends = [...new Set(findings.reevaluation.map(({ backend }) => backend))].join(' and ');
  const rest = second ? `, and the next ${second.nats.toExponential(1)} (${second.model})` : '';
  return `The test NLLs of ${found.length} of ${reported} reported models were computed once more, by ordinary TensorFlow.js operations on the ${backends} backend: the largest difference is ${largest.nats.toExponential(1)} nats (${largest.model})${rest}.`;
}
