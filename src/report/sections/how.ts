import type { ExperimentRecord } from '../../experiment/publish.js';
import type { DatasetRecord } from '../../experiment/records.js';
import { formatDuration } from '../../platform/duration.js';
import { countOf, plural } from '../../platform/format-number.js';
import type { Findings } from '../findings.js';
import { hasPaperSet, PAPER_TABLE_1 } from '../paper.js';
import { table1 } from '../tables.js';
import { cell, numberCell, type TextTable } from '../text-table.js';
import { type Item, itemsPart, type Section, tablePart } from './section.js';

/** What was run, on what, and with what. */
export function howSection(findings: Findings): Section {
  return {
    id: 'how',
    title: 'How it was run',
    short: 'How, and files',
    parts: [
      ...tablePart(table1Text(findings)),
      ...tablePart(dataText(findings)),
      ...itemsPart(howItems(findings)),
    ],
  };
}

/** Broken files that the report names. */
const MOST_BROKEN = 20;

/** What of a folder's files was decided, and not by the folder. */
function folderText({ splitBy, broken = [] }: DatasetRecord): string[] {
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
  const { unitTitle } = findings;
  const hasPaper = hasPaperSet(findings.experiment);
  return {
    title: `${hasPaper ? 'Table 1: hidden' : 'Hidden'} units and parameters of the recurrent layer`,
    names: 2,
    header: [
      ...['data', 'unit', 'hidden units', 'parameters'],
      ...(hasPaper ? ['paper: units', 'parameters'] : []),
    ],
    rows: table1(findings).map(({ kind, data, unit, hiddenUnits, parameters }) => {
      const paper = PAPER_TABLE_1[kind][unit];
      return [
        cell(data),
        cell(unitTitle(unit)),
        numberCell(hiddenUnits, String),
        numberCell(parameters, countOf),
        ...(hasPaper ? [numberCell(paper?.units, String), cell(paper?.parameters ?? '–')] : []),
      ];
    }),
  };
}

/** What was trained on. */
export function dataText({ experiment }: Findings): TextTable {
  return {
    title: 'Data',
    names: 1,
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

/** Programs, machines, seeds, and the data's checksums. */
export function howItems({ experiment }: Findings): Item[] {
  const { versions, machines, backends, kernels, trainingSeconds, datasets } = experiment;
  const seeds = [...new Set(datasets.map(({ plan }) => plan.seed))].join(', ');
  return [
    { lead: 'Versions', text: versions.map(versionsText).join('; ') },
    { lead: 'Machine', text: machines.map(machineText).join('; ') },
    { lead: 'Backend', text: `${backends.join(', ')}; kernels: ${kernels.join('; ')}` },
    { lead: 'Training', text: `${formatDuration(trainingSeconds)} in all trials together` },
    { lead: 'Seed', text: `${seeds}; further seeds count up from it` },
    ...datasets.map((record) => ({
      lead: `Data: ${record.plan.name}`,
      text: [`SHA-256 of the sequences ${record.sha256}`, ...folderText(record)].join('; '),
    })),
  ];
}

const versionsText = (versions: ExperimentRecord['versions'][number]) =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

const machineText = ({ platform, processor, cores, memoryBytes }: ExperimentRecord['machines'][number]) =>
  `${processor}, ${plural(cores, 'core')}, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${platform}`;
