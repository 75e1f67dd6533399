import { remarkLines } from '../data/remarks-text.js';
import type { Dataset } from '../data/sequence.js';
import { countTrials, type ProgressOf, type TrialCounts } from '../experiment/plan.js';
import type { Publication } from '../experiment/publish.js';
import type { Experiment, ReproduceOutcome } from '../experiment/reproduce.js';
import { sizesOfPlan, unequalSizes } from '../experiment/sizes.js';
import { progressReader, unusedFolders } from '../experiment/trial-folder.js';
import { shellWord } from '../platform/shell-word.js';
import { tooFewForVerdict } from '../report/verdict/enough.js';

/** What is to be known before anything is trained: what was settled, what is too little, what is reused. */
export function notesBefore(experiment: Experiment): string[] {
  const reuse = reuseText(experiment);
  return [
    ...remarksOn(experiment),
    ...experiment.settlements,
    ...tooFewLines(experiment),
    ...unequalLines(experiment),
    ...(reuse === undefined ? [] : [reuse]),
  ];
}

/** What of the data was passed over or noted. */
export const remarksOn = (experiment: Experiment): string[] =>
  dataOf(experiment).flatMap(([name, data]) => remarkLines(data).map((remark) => `${name}: ${remark}`));

/** The data sets of the cells, by their names in the experiment. */
const dataOf = ({ cells }: Experiment): [name: string, data: Dataset][] => [
  ...new Map(cells.map(({ plan, data }) => [plan.name, data])),
];

/** As `remarksOn`, for programs: of each data set that there is something to say of. */
export const remarksAsJson = (experiment: Experiment) =>
  dataOf(experiment)
    .filter(([, data]) => remarkLines(data).length > 0)
    .map(([name, { sha256, folder, remarks }]) => {
      return { name, sha256, splitBy: folder?.splitBy, broken: folder?.broken, remarks };
    });

/** A line for each data set that no verdict can come of. */
export const tooFewLines = ({ cells }: Experiment): string[] =>
  oncePerSet(cells, ({ plan, data }) => tooFewForVerdict(plan, data));

/** A line for each data set whose units are not of equal size. */
export const unequalLines = ({ cells }: Experiment): string[] =>
  oncePerSet(cells, ({ plan, data }) => unequalSizes(sizesOfPlan(plan, data.kind)));

/** What a data set's cells have in common, a line each. */
export function oncePerSet<
  Row extends { readonly dataset: string } | Pick<Experiment['cells'][number], 'plan'>,
>(rows: readonly Row[], describe: (row: Row) => string | undefined): string[] {
  const lines = rows.flatMap((row) => {
    const text = describe(row);
    return text === undefined ? [] : [`${'plan' in row ? row.plan.name : row.dataset}: ${text}`];
  });
  return [...new Set(lines)];
}

/** The trials of all cells. */
export function countAll({ cells }: Experiment, progressOf: ProgressOf): TrialCounts {
  const counts = cells.map((cell) => countTrials(cell, progressOf));
  const sum = (of: (one: TrialCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
  return { done: sum((one) => one.done), begun: sum((one) => one.begun), new: sum((one) => one.new) };
}

/** How many trials are there already; nothing where none is. */
function reuseText(experiment: Experiment): string | undefined {
  const progress = progressReader(experiment.folder);
  const { done, begun, new: fresh } = countAll(experiment, progress.of);
  const unused = experiment.cells.flatMap((cell) => unusedFolders(experiment.folder, cell, progress));
  if (done + begun + unused.length === 0) return undefined;
  const folders = unused.length === 1 ? 'run folder is' : 'run folders are';
  const others = unused.length === 0 ? '' : `; ${unused.length} ${folders} none of them, and unused`;
  const are = (count: number) => `${count} ${count === 1 ? 'is' : 'are'}`;
  return `Of ${done + begun + fresh} trials ${are(done)} done and ${begun} begun, and reused as they are; ${are(fresh)} new${others}`;
}

/** What to do with the results. */
export const nextCommand = (folder: string) => `gru-bench report ${shellWord(folder)}`;

/** Where the results are, or why they are not, and what comes next. */
export function linesAtEnd(
  { folder }: Pick<Experiment, 'folder'>,
  { stopped, isFinished, failures }: ReproduceOutcome,
  publication: Publication,
): string[] {
  if (publication === 'earlier results stay')
    return [
      ...(stopped ? [STOPPED] : []),
      `The earlier results in ${folder} stay until all of their cells are finished again; --out takes another folder.`,
    ];
  if (isFinished) return [`Results are in ${folder}. Next: ${nextCommand(folder)}`];
  if (stopped) return [STOPPED];
  return failures.length > 0 ? [] : ['Submitted; the same command goes on.'];
}

const STOPPED = 'Stopped; the same command goes on.';
