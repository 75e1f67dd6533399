import { estimateTime } from '../experiment/estimate.js';
import { countTrials, winnerOf } from '../experiment/plan.js';
import { trialsFolder } from '../experiment/records.js';
import { canStopEarly, type Experiment, hasEnded } from '../experiment/reproduce.js';
import { sizeOfUnit } from '../experiment/sizes.js';
import { progressReader } from '../experiment/trial-folder.js';
import { formatAbout, formatDuration } from '../platform/duration.js';
import { countOf } from '../platform/format-number.js';
import { optionInWords } from '../training/options.js';
import { heading } from './colour.js';
import type { Output } from './flags.js';
import {
  nextCommand,
  notesBefore,
  oncePerSet,
  remarksAsJson,
  tooFewLines,
  unequalLines,
} from './reproduce-notes.js';
import { formatTable, print } from './text.js';
import { drawnBy, drawnText } from './trial-lines.js';

/** What `--dry-run` says: what is reused, what is new, and about how long it takes. */
export async function showPlan(experiment: Experiment, jobs: number, { json, quiet }: Output): Promise<void> {
  const { cells, secondsLeft } = await plannedCells(experiment, jobs);
  if (quiet) return;
  const { folder, settlements } = experiment;
  const [tooFew, unequal] = [tooFewLines(experiment), unequalLines(experiment)];
  const data = remarksAsJson(experiment);
  const plan = { folder, jobs, data, settlements, tooFew, unequal, cells, secondsLeft };
  if (json) process.stdout.write(`${JSON.stringify(plan)}\n`);
  else print(planLines(experiment, cells, aboutText(experiment, secondsLeft, jobs)));
}

type PlannedCells = Awaited<ReturnType<typeof plannedCells>>['cells'];

/** What is to be done of each cell. */
async function plannedCells(experiment: Experiment, jobs: number) {
  const progress = progressReader(experiment.folder);
  const { cells, secondsLeft } = await estimateTime(experiment, progress.of, jobs);
  const rows = cells.map(({ cell, secondsAnEpoch, phases }) => {
    const epochsLeft = phases.flat().reduce((sum, epochs) => sum + epochs, 0);
    return {
      dataset: cell.plan.name,
      ...sizeOfUnit(cell.plan, cell.data.kind, cell.unit),
      drawn: cell.search.map(({ drawn }) => drawn),
      rungs: cell.plan.search.rungs,
      seeds: cell.plan.seeds,
      trials: countTrials(cell, progress.of),
      winner: winnerOf(cell, progress.of)?.draw ?? null,
      secondsAnEpoch,
      epochsLeft,
      secondsLeft: secondsAnEpoch * epochsLeft,
    };
  });
  return { cells: rows, secondsLeft };
}

const TITLES = [
  ...['data set', 'unit', 'hidden units', 'parameters'],
  ...['draws', 'seeds', 'best draw', 'done', 'begun', 'new'],
  ...['an epoch', 'epochs left', 'time'],
];

function planLines(experiment: Experiment, cells: PlannedCells, about: string): string[] {
  const table = cells.map(({ trials: { done, begun, new: fresh }, ...row }) => [
    row.dataset,
    row.unit,
    countOf(row.hiddenUnits),
    countOf(row.parameters),
    String(row.drawn.length),
    String(row.seeds),
    row.winner === null ? '-' : String(row.winner),
    ...[done, begun, fresh].map(String),
    formatDuration(row.secondsAnEpoch),
    countOf(row.epochsLeft),
    formatAbout(row.secondsLeft),
  ]);
  return [
    ...formatTable([TITLES.map((title) => heading(title)), ...table]),
    '',
    ...oncePerSet(cells, ({ rungs }) => rungsLine(rungs)),
    ...drawnLines(experiment, cells),
    ...notesBefore(experiment),
    `Trials are in ${trialsFolder(experiment.folder)}`,
    about,
  ];
}

/** The options that a search tries, a line an option of a data set. */
function drawnLines(experiment: Experiment, cells: PlannedCells): string[] {
  return drawnBy(experiment.cells).flatMap((option) =>
    oncePerSet(cells, ({ drawn }) => {
      const values = drawn.map((one) => drawnText(option, one[option]));
      if (values.every((value) => value === '-')) return undefined;
      return `${optionInWords(option)} ${values.join(' ')}`;
    }),
  );
}

function aboutText({ cells, folder }: Experiment, secondsLeft: number, jobs: number): string {
  if (hasEnded({ cells }, progressReader(folder).of))
    return `Nothing is left to train. Next: ${nextCommand(folder)}`;
  const sooner = cells.some((cell) => canStopEarly(cell))
    ? ' if every run trains all its epochs; patience can end runs sooner'
    : '';
  return `About ${formatAbout(secondsLeft)} with ${jobs} ${jobs === 1 ? 'process' : 'processes'}${sooner}.`;
}

function rungsLine(rungs: readonly { epochs: number; keep: number }[]): string {
  if (rungs.length === 0) return 'all draws go to their end';
  const kept = rungs.map(({ epochs, keep }) => `${keep} after ${epochs}`).join(', ');
  return `draws that go on: ${kept} ${rungs.at(-1)?.epochs === 1 ? 'epoch' : 'epochs'}`;
}
