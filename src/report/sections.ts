import { formatDuration } from '../platform/duration.js';
import { countOf } from '../platform/format-number.js';
import { unitsOf, unitTitle } from './cell-name.js';
import type { Findings } from './findings.js';
import { PAPER_SECONDS, PAPER_TABLE_1, PAPER_TABLE_2, STAND_INS } from './paper.js';
import { differences } from './reevaluate.js';
import { type TableEntry, table1, table2 } from './summary.js';
import { formatDifference, formatEstimate } from './text.js';

/** A table as text, which the terminal, Markdown and the page each show in their way. */
export interface TextTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly TextCell[])[];
}

export interface TextCell {
  readonly text: string;
  readonly isBest?: boolean;
  /** The exact value behind the text, for the page. */
  readonly value?: number;
}

const cell = (text: string): TextCell => ({ text });

/** Table 2: a row a data set, split and rule; a unit's mean, its difference to the paper, and the paper's number. */
export function table2Text(findings: Findings): TextTable {
  const units = unitsOf(findings.cells);
  const hasPaper = findings.experiment.datasets.some(({ plan }) => PAPER_TABLE_2[plan.name]);
  const rows = table2(findings).map(({ dataset, split, rule, entries }) => [
    cell(dataset),
    cell(split),
    cell(rule),
    ...units.flatMap((unit) =>
      entryCells(entries.find((entry) => entry.unit === unit)).slice(0, hasPaper ? 3 : 1),
    ),
  ]);
  return {
    title: 'Table 2: average negative log-likelihood, nats',
    header: [
      'data set',
      'split',
      'average',
      ...units.flatMap((unit) => [unitTitle(unit), ...(hasPaper ? ['paper', 'Δ'] : [])]),
    ],
    rows,
  };
}

function entryCells(entry: TableEntry | undefined): TextCell[] {
  if (!entry) return [cell('–'), cell('–'), cell('–')];
  const { ours, paper, difference, isBest, isBestInPaper } = entry;
  return [
    ours ? { text: formatEstimate(ours), isBest, value: ours.mean } : cell('open'),
    paper === undefined ? cell('–') : { text: paper.toFixed(2), isBest: isBestInPaper },
    cell(difference === undefined ? '–' : formatDifference(difference)),
  ];
}

/** What a reader of Table 2 has to know. */
export function table2Notes({ experiment, cells }: Findings): string[] {
  const hasPaper = experiment.datasets.some(({ plan }) => PAPER_TABLE_2[plan.name]);
  const standIns = experiment.datasets
    .map(({ plan }) => plan.name)
    .filter((name) => STAND_INS[name])
    .map((name) => `${name} for ${STAND_INS[name]}`);
  const open = cells.filter((one) => one.open > 0 || one.reported.length === 0);
  return [
    `${meanText(seedsText(cells))} The lowest of a row is marked.${hasPaper ? " Δ is ours less the paper's." : ''}`,
    ...(standIns.length > 0
      ? [
          `The paper's speech recordings were never published: other recordings stand in (${standIns.join(', ')}), so that only the order of the units can be compared there.`,
        ]
      : []),
    ...(open.length > 0
      ? [`Not finished: ${open.map(({ dataset, unit }) => `${dataset} ${unit}`).join(', ')}.`]
      : []),
  ];
}

function meanText(seeds: string): string {
  const of = 'the learning rate with the best validation NLL per frame, at its best epoch';
  if (seeds === '1') return `Each number is of one run, with ${of}.`;
  return `Each number is the mean over ${seeds} seeds of ${of}; ± is half the 95 % interval of the mean (Student's t).`;
}

/** 5; or, where data sets differ, 5 (nottingham, musedata) or 1 (speech-a). */
function seedsText(cells: Findings['cells']): string {
  const datasets = new Map<number, Set<string>>();
  for (const { dataset, reported } of cells) {
    if (reported.length === 0) continue;
    datasets.set(reported.length, (datasets.get(reported.length) ?? new Set()).add(dataset));
  }
  if (datasets.size <= 1) return [...datasets.keys()].join('');
  return [...datasets].map(([seeds, names]) => `${seeds} (${[...names].join(', ')})`).join(' or ');
}

/** Broken files that the report names. */
const MOST_BROKEN = 20;

/** What of a folder's files was decided, and not by the folder. */
function folderText({ splitBy, broken = [] }: Findings['experiment']['datasets'][number]): string[] {
  const others = broken.length > MOST_BROKEN ? ` and ${broken.length - MOST_BROKEN} more` : '';
  return [
    ...(splitBy === undefined || splitBy === 'folders'
      ? []
      : [`split by a hash of the files’ names, seed ${splitBy.seed}, shares ${splitBy.shares.join(', ')}`]),
    ...(broken.length > 0 ? [`broken and skipped: ${broken.slice(0, MOST_BROKEN).join(', ')}${others}`] : []),
  ];
}

/** Table 1: sizes and counts. */
export function table1Text(findings: Findings): TextTable {
  return {
    title: 'Table 1: hidden units and parameters of the recurrent layer',
    header: ['data', 'unit', 'hidden units', 'parameters', 'paper: units', 'parameters'],
    rows: table1(findings).map(({ kind, unit, units, parameters }) => {
      const paper = PAPER_TABLE_1[kind][unit];
      return [
        kind,
        unitTitle(unit),
        String(units),
        countOf(parameters),
        paper ? String(paper.units) : '–',
        paper?.parameters ?? '–',
      ].map(cell);
    }),
  };
}

/** Seconds an epoch, ours and those read off the paper's figures. */
export function secondsText({ experiment, cells }: Findings): TextTable {
  const seconds = (dataset: string, unit: string) =>
    cells.find((one) => one.dataset === dataset && one.unit === unit)?.secondsAnEpoch;
  const hasPaper = experiment.datasets.some(({ plan }) => PAPER_SECONDS[plan.name]);
  return {
    title: 'Seconds of training an epoch',
    header: [
      'data set',
      ...unitsOf(cells).flatMap((unit) => [unitTitle(unit), ...(hasPaper ? ['paper'] : [])]),
    ],
    rows: experiment.datasets.map(({ plan: { name } }) => [
      cell(name),
      ...unitsOf(cells).flatMap((unit) => {
        const [ours, paper] = [seconds(name, unit), PAPER_SECONDS[name]?.[unit]];
        return [
          cell(ours === undefined ? '–' : ours.toPrecision(3)),
          cell(paper === undefined ? '–' : String(paper)),
        ].slice(0, hasPaper ? 2 : 1);
      }),
    ]),
  };
}

/** What was trained on. */
export function dataText({ experiment }: Findings): TextTable {
  return {
    title: 'Data',
    header: ['data set', 'train: sequences', 'frames', 'valid', 'frames', 'test', 'frames'],
    rows: experiment.datasets.map(({ plan, statistics: { train, valid, test } }) => [
      cell(plan.name),
      ...[train, valid, test].flatMap(({ sequences, frames }) => [
        cell(countOf(sequences)),
        cell(countOf(frames)),
      ]),
    ]),
  };
}

/** How each cell was searched and what came of it. */
export function searchText({ experiment, cells }: Findings): TextTable {
  return {
    title: 'The search for the learning rate',
    header: [
      'data set',
      'unit',
      'draws',
      'rungs',
      'best draw',
      'learning rate',
      'best epoch',
      'of',
      'ended by',
      'seeds',
      'updates skipped',
    ],
    rows: cells.map(({ dataset, unit, search, reported }) => {
      const { plan } = experiment.datasets.find(
        (one) => one.plan.name === dataset,
      ) as Findings['experiment']['datasets'][number];
      const rungs = plan.search.rungs.map(({ epochs, keep }) => `${keep} after ${epochs}`).join(', ');
      const [best] = reported;
      const skipped = search.concat(reported.slice(1)).reduce((sum, row) => sum + row.skipped_updates, 0);
      return [
        dataset,
        unitTitle(unit),
        String(search.length),
        rungs || 'none',
        ...(best
          ? [
              String(best.draw),
              best.learning_rate.toPrecision(3),
              String(best.best_epoch),
              String(best.epochs),
              best.status,
              String(reported.length),
            ]
          : ['–', '–', '–', '–', '–', '–']),
        String(skipped),
      ].map(cell);
    }),
  };
}

/** How far the composed kernels agree. */
export function reevaluationText(findings: Findings): string {
  const found = differences(findings);
  const [largest, second] = found;
  const reported = findings.cells.reduce((sum, one) => sum + one.reported.length, 0);
  if (!largest) return 'The test NLLs have not been computed a second time.';
  const backends = [...new Set(findings.reevaluation.map(({ backend }) => backend))].join(' and ');
  const rest = second ? `, and the next ${second.nats.toExponential(1)} (${second.model})` : '';
  return `The test NLLs of ${found.length} of ${reported} reported models were computed once more, by ordinary TensorFlow.js operations on the ${backends} backend: the largest difference is ${largest.nats.toExponential(1)} nats (${largest.model})${rest}.`;
}

/** What was run and on what. */
export function howText({ experiment }: Findings): [string, string][] {
  const { versions, machines, backends, kernels, trainingSeconds, datasets } = experiment;
  const seeds = [...new Set(datasets.map(({ plan }) => plan.seed))].join(', ');
  return [
    [
      'Versions',
      versions
        .map((one) =>
          Object.entries(one)
            .map(([name, version]) => `${name} ${version}`)
            .join(', '),
        )
        .join('; '),
    ],
    [
      'Machine',
      machines
        .map(
          ({ platform, processor, cores, memoryBytes }) =>
            `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${platform}`,
        )
        .join('; '),
    ],
    ['Backend', `${backends.join(', ')}; kernels: ${kernels.join('; ')}`],
    ['Training', `${formatDuration(trainingSeconds)} of one core in all trials together`],
    ['Seed', `${seeds}; further seeds count up from it`],
    ...datasets.map((record): [string, string] => [
      `Data: ${record.plan.name}`,
      [`SHA-256 of the sequences ${record.sha256}`, ...folderText(record)].join('; '),
    ]),
  ];
}
