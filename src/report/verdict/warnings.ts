import { cellsOf } from '../../experiment/plan.js';
import type { DatasetRecord } from '../../experiment/records.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { updatesAnEpoch } from '../../training/progress.js';
import { completeRequest, requestSchema } from '../../training/request.js';
import type { CellFindings, Findings } from '../findings.js';
import { plural } from '../text.js';
import { unitTitle } from '../unit-title.js';
import { LEAST_SEEDS, type UnitComparison } from './comparison.js';

/** What makes a number weak. */
export type Weakness =
  | 'edge of the search'
  | 'last epoch'
  | 'skipped updates'
  | 'not finite'
  | 'few seeds'
  | 'few test sequences'
  | "the search's seed"
  | 'sequences unknown'
  | 'not finished';

export interface Warning {
  readonly dataset: string;
  /** Absent where it is said of all. */
  readonly unit?: string;
  readonly weakness: Weakness;
  readonly text: string;
}

/** Test sequences with fewer of which a set is said to be small. */
const FEW_SEQUENCES = 20;
/** Share of the updates of a run that may be skipped without a word. */
const MOST_SKIPPED = 0.01;

/** What a reader of a data set's numbers has to know, of all units together and of each. */
export function warningsOf(
  findings: Findings,
  record: DatasetRecord,
  comparisons: readonly UnitComparison[],
): Warning[] {
  const dataset = record.plan.name;
  const cells = findings.cells.filter((cell) => cell.dataset === dataset);
  const warn = (weakness: Weakness, text: string | undefined, unit?: string): Warning[] =>
    text === undefined ? [] : [{ dataset, ...(unit !== undefined && { unit }), weakness, text }];
  return [
    ...warn('few seeds', fewSeeds(cells)),
    ...warn('few test sequences', fewSequences(record)),
    ...warn("the search's seed", countedSeed(record, comparisons)),
    ...warn('sequences unknown', unknownSequences(comparisons)),
    ...cells.flatMap((cell) => [
      ...warn('not finished', notFinished(cell), cell.unit),
      ...warn('edge of the search', edge(cell), cell.unit),
      ...warn('last epoch', lastEpoch(cell), cell.unit),
      ...warn('skipped updates', skipped(cell, record), cell.unit),
      ...warn('not finite', notFinite(cell), cell.unit),
    ]),
  ];
}

function fewSeeds(cells: readonly CellFindings[]): string | undefined {
  const counts = cells.map(({ reported }) => reported.length).filter((count) => count > 0);
  const fewest = Math.min(...counts);
  if (counts.length === 0 || fewest >= LEAST_SEEDS) return undefined;
  return `${plural(fewest, 'seed')} a unit: what another seed would give is not known (${LEAST_SEEDS} are the least)`;
}

function fewSequences({ statistics: { test } }: DatasetRecord): string | undefined {
  if (test.sequences >= FEW_SEQUENCES) return undefined;
  return `${plural(test.sequences, 'test sequence')}: others may say otherwise`;
}

/** Where the seed of the search is among those that are averaged. */
function countedSeed({ plan }: DatasetRecord, comparisons: readonly UnitComparison[]): string | undefined {
  const counted = comparisons.filter(({ withoutSearch }) => withoutSearch);
  if (counted.length === 0) return undefined;
  const left = Math.min(...counted.map(({ withoutSearch }) => withoutSearch?.n ?? 0));
  const why = `seed ${plan.seed} is counted, for which the learning rate was the best of ${plan.search.draws}`;
  return left >= LEAST_SEEDS
    ? `${why}; "better" has to stand without it too`
    : `${why}; without it ${plural(left, 'seed')} would be left, too few to try`;
}

function unknownSequences(comparisons: readonly UnitComparison[]): string | undefined {
  const known = comparisons.map(({ bootstrap }) => bootstrap?.models ?? 0);
  const [fewest, seeds] = [Math.min(...known), Math.max(...comparisons.map(({ test }) => test.n))];
  if (comparisons.length === 0 || fewest >= seeds) return undefined;
  if (fewest === 0) return 'the NLL of single test sequences is not known of all units (sequence-nll.csv)';
  return `the NLL of single test sequences is known of ${plural(fewest, 'seed')} of ${seeds}: the bootstrap takes the others to spread as ${fewest === 1 ? 'it does' : 'they do'}`;
}

function notFinished({ open, reported }: CellFindings): string | undefined {
  if (open === 0 && reported.length > 0) return undefined;
  return reported.length === 0 ? 'its search is not finished' : `${plural(open, 'run')} not finished`;
}

function edge({ search, reported }: CellFindings): string | undefined {
  const [best] = reported;
  if (!best) return undefined;
  const rates = search.map(({ learning_rate }) => learning_rate);
  if (new Set(rates).size === 1) return 'a single learning rate was tried';
  const rate = best.learning_rate.toPrecision(2);
  if (best.learning_rate === Math.max(...rates))
    return `its learning rate, ${rate}, is the largest of ${rates.length} that were tried: a larger one may be better`;
  if (best.learning_rate === Math.min(...rates))
    return `its learning rate, ${rate}, is the smallest of ${rates.length} that were tried: a smaller one may be better`;
  return undefined;
}

function lastEpoch({ reported }: CellFindings): string | undefined {
  const whole = reported.filter(({ status }) => status === 'all epochs');
  if (whole.length === 0) return undefined;
  return `${whole.length} of ${plural(reported.length, 'run')} went to the last epoch, ${whole[0].epochs}: longer ones may be better`;
}

function skipped({ reported }: CellFindings, { plan, kind, statistics }: DatasetRecord): string | undefined {
  // All reported trials are of one draw, and all units try the same ones.
  const trial = reported.length > 0 ? cellsOf(plan)[0].search[reported[0].draw - 1] : undefined;
  if (!trial) return undefined;
  const options = completeRequest(requestSchema.parse(trial.request), kind);
  const updates = updatesAnEpoch(statistics.train.sequences, options);
  const shareOf = (row: ResultRow) => row.skipped_updates / (updates * Math.max(1, row.epochs));
  const most = [...reported].sort((a, b) => shareOf(b) - shareOf(a))[0];
  if (shareOf(most) <= MOST_SKIPPED) return undefined;
  return `${(100 * shareOf(most)).toPrecision(2)} % of the updates of seed ${most.seed} were skipped, as their gradient was not finite`;
}

function notFinite({ reported }: CellFindings): string | undefined {
  const seeds = reported.filter(({ test_nll }) => !Number.isFinite(test_nll ?? Number.NaN));
  if (seeds.length === 0) return undefined;
  return `the test NLL of seed ${seeds.map(({ seed }) => seed).join(', ')} is not finite: left out of what is compared`;
}

/** `tanh: its learning rate …`, or what is said of all units. */
export function warningText({ unit, text }: Warning): string {
  return unit === undefined ? `${text[0].toUpperCase()}${text.slice(1)}` : `${unitTitle(unit)}: ${text}`;
}
