import { cellsOf } from '../../experiment/plan.js';
import type { DatasetRecord } from '../../experiment/records.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { sizesOfPlan, unequalSizes } from '../../experiment/sizes.js';
import { plural } from '../../platform/format-number.js';
import { updatesAnEpoch } from '../../training/progress.js';
import { completeRequest, requestSchema } from '../../training/request.js';
import { RULES, type Rule } from '../averaging.js';
import { type CellFindings, type Findings, nllOf } from '../findings.js';
import { SIGNIFICANCE } from '../statistics.js';
import { capitalized, formatP, joined, listText } from '../text.js';
import type { UnitTitle } from '../unit-title.js';
import { hangsOnDraws, type UnitComparison } from './comparison.js';
import { LEAST_SEEDS, piecesText, testPiecesOf } from './enough.js';
import { edgeOf, type SearchEdge } from './search-edge.js';

/** What makes a number weak. */
export type Weakness =
  | 'edge of the search'
  | 'last epoch'
  | 'skipped updates'
  | 'not finite'
  | 'few seeds'
  | 'few test pieces'
  | "the search's seed"
  | 'sequences unknown'
  | 'draws of the bootstrap'
  | 'unequal sizes'
  | 'not finished';

export interface Warning {
  readonly dataset: string;
  /** Absent where it is said of all. */
  readonly unit?: string;
  readonly weakness: Weakness;
  readonly text: string;
  /** The same of several units at once, and what of it is this unit's own; absent where it is said of all. */
  readonly ofSeveral?: { readonly what: string; readonly own: string };
}

/** What is said of one unit, and how it reads of several. */
type OfUnit = Required<Pick<Warning, 'text' | 'ofSeveral'>>;

/** Test pieces with fewer of which a set is said to be small. */
const FEW_PIECES = 20;
/** Share of the updates of a run that may be skipped without a word. */
const MOST_SKIPPED = 0.01;

/** What a reader of a data set's numbers has to know, of all units together and of each. */
export function warningsOf(
  findings: Findings,
  record: DatasetRecord,
  byRule: Readonly<Record<Rule, readonly UnitComparison[]>>,
): Warning[] {
  const dataset = record.plan.name;
  const comparisons = byRule['per frame'];
  const cells = findings.cells.filter((cell) => cell.dataset === dataset);
  const warn = (weakness: Weakness, text: string | undefined): Warning[] =>
    text === undefined ? [] : [{ dataset, weakness, text }];
  const warnOf = (unit: string, weakness: Weakness, found: OfUnit | undefined): Warning[] =>
    found === undefined ? [] : [{ dataset, unit, weakness, ...found }];
  return [
    ...warn('unequal sizes', unequalSizes(sizesOfPlan(record.plan, record.kind), findings.unitTitle)),
    ...warn('few seeds', fewSeeds(cells)),
    ...warn('few test pieces', fewPieces(record)),
    ...warn("the search's seed", countedSeed(record, comparisons)),
    ...warn('sequences unknown', unknownSequences(record, comparisons)),
    ...RULES.flatMap((rule) => byRule[rule])
      .filter(hangsOnDraws)
      .flatMap((one) => warnOf(one.units[0], 'draws of the bootstrap', onDraws(one, findings.unitTitle))),
    ...cells.flatMap((cell) => [
      ...warnOf(cell.unit, 'not finished', notFinished(cell)),
      ...warnOf(cell.unit, 'edge of the search', edge(cell)),
      ...warnOf(cell.unit, 'last epoch', lastEpoch(cell, record.plan)),
      ...warnOf(cell.unit, 'skipped updates', skipped(cell, record)),
      ...warnOf(cell.unit, 'not finite', notFinite(cell)),
    ]),
  ];
}

function fewSeeds(cells: readonly CellFindings[]): string | undefined {
  const counts = cells.map(({ reported }) => reported.length).filter((count) => count > 0);
  const fewest = Math.min(...counts);
  if (counts.length === 0 || fewest >= LEAST_SEEDS) return undefined;
  return `${plural(fewest, 'seed')} a unit: what another seed would give is not known (${LEAST_SEEDS} are the least)`;
}

function fewPieces(record: DatasetRecord): string | undefined {
  const pieces = testPiecesOf(record);
  return pieces.count < FEW_PIECES ? `${piecesText(pieces)}: others may say otherwise` : undefined;
}

/** Where the seed of the search is among those that are averaged. */
function countedSeed({ plan }: DatasetRecord, comparisons: readonly UnitComparison[]): string | undefined {
  const counted = comparisons.filter(({ withoutSearch }) => withoutSearch);
  if (counted.length === 0) return undefined;
  const left = Math.min(...counted.map(({ withoutSearch }) => withoutSearch?.n ?? 0));
  const why = `seed ${plan.seed} is counted, for which the learning rate was the best of ${plan.search.draws}`;
  return left >= LEAST_SEEDS
    ? `${why}; “better” has to stand without it too`
    : `${why}; without it ${plural(left, 'seed')} would be left, too few to try`;
}

function unknownSequences(record: DatasetRecord, comparisons: readonly UnitComparison[]): string | undefined {
  // From a single piece none can be drawn, known or not.
  if (testPiecesOf(record).count < 2) return undefined;
  // A pair has no more seeds than have a finite test NLL of both units: of the others nothing is taken.
  const [pair] = comparisons
    .map(({ bootstrap, test }) => ({ fewest: bootstrap?.models ?? 0, seeds: test.n }))
    .filter(({ fewest, seeds }) => fewest < seeds)
    .sort((a, b) => a.fewest - b.fewest);
  if (!pair) return undefined;
  const { fewest, seeds } = pair;
  if (fewest === 0) return 'the NLL of single test sequences is not known of all units (sequence-nll.csv)';
  return `the NLL of single test sequences is known of ${plural(fewest, 'seed')} of ${seeds}: the bootstrap takes the others to spread as ${fewest === 1 ? 'it does' : 'they do'}`;
}

function onDraws({ units: [, other], rule, bootstrap }: UnitComparison, unitTitle: UnitTitle): OfUnit {
  const what = 'the corrected p over seeds and sequences is so near';
  const so = 'that other draws of the bootstrap may say otherwise';
  const own = `against ${unitTitle(other)} ${rule}: ${formatP(bootstrap?.pHolm ?? 1)}`;
  return {
    text: `${what} ${SIGNIFICANCE} ${so} (${own})`,
    ofSeveral: { what: `${what} ${SIGNIFICANCE} ${so}`, own },
  };
}

function notFinished({ open, reported }: CellFindings): OfUnit | undefined {
  if (open === 0 && reported.length > 0) return undefined;
  if (reported.length === 0)
    return {
      text: 'its search is not finished',
      ofSeveral: { what: 'the search is not finished', own: '' },
    };
  const runs = plural(open, 'run');
  return { text: `${runs} not finished`, ofSeveral: { what: 'runs are not finished', own: runs } };
}

const FURTHER: Readonly<Record<SearchEdge, string>> = { largest: 'larger', smallest: 'smaller' };

function edge(cell: CellFindings): OfUnit | undefined {
  const { search, reported } = cell;
  const [best] = reported;
  if (!best) return undefined;
  const single = 'a single learning rate was tried';
  if (new Set(search.map(({ learning_rate }) => learning_rate)).size === 1)
    return { text: single, ofSeveral: { what: single, own: '' } };
  const end = edgeOf(cell);
  if (!end) return undefined;
  const own = best.learning_rate.toPrecision(2);
  const where = `the ${end} of ${search.length} that were tried`;
  const so = `a ${FURTHER[end]} one may be better`;
  return {
    text: `its learning rate, ${own}, is ${where}: ${so}`,
    ofSeveral: { what: `the learning rate is ${where}, so that ${so}`, own },
  };
}

function lastEpoch(
  { reported }: CellFindings,
  { training: { scheduleEpochs = Number.POSITIVE_INFINITY } }: DatasetRecord['plan'],
): OfUnit | undefined {
  const whole = reported.filter(({ status }) => status === 'all epochs');
  if (whole.length === 0) return undefined;
  const own = `${whole.length} of ${plural(reported.length, 'run')}`;
  const [{ epochs }] = whole;
  const went = `went to the last epoch, ${epochs}`;
  const so =
    scheduleEpochs < epochs
      ? `the learning rate had fallen by epoch ${scheduleEpochs}: one that falls longer, in another --out, may be better`
      : 'longer ones may be better';
  return { text: `${own} ${went}: ${so}`, ofSeveral: { what: `runs ${went}, so that ${so}`, own } };
}

function skipped({ reported }: CellFindings, { plan, kind, statistics }: DatasetRecord): OfUnit | undefined {
  // All reported trials are of one draw, and all units try the same ones.
  const trial = reported.length > 0 ? cellsOf(plan)[0].search[reported[0].draw - 1] : undefined;
  if (!trial) return undefined;
  const options = completeRequest(requestSchema.parse(trial.request), kind);
  const updates = updatesAnEpoch(statistics.train.sequences, options);
  const shareOf = (row: ResultRow) => row.skipped_updates / (updates * Math.max(1, row.epochs));
  const most = [...reported].sort((a, b) => shareOf(b) - shareOf(a))[0];
  if (shareOf(most) <= MOST_SKIPPED) return undefined;
  const share = `${(100 * shareOf(most)).toPrecision(2)} %`;
  const why = 'were skipped, as their gradient was not finite';
  return {
    text: `${share} of the updates of seed ${most.seed} ${why}`,
    ofSeveral: { what: `updates ${why}`, own: `${share} of seed ${most.seed}` },
  };
}

function notFinite({ reported }: CellFindings): OfUnit | undefined {
  const seeds = reported.filter((row) => nllOf(row, 'test_nll') === undefined);
  if (seeds.length === 0) return undefined;
  const own = `seed${seeds.length > 1 ? 's' : ''} ${listText(seeds.map(({ seed }) => String(seed)))}`;
  const so =
    'left out of its mean and differences, so that it is called better than no unit that has one of that seed';
  return {
    text: `without a finite test NLL of ${own}: ${so}`,
    ofSeveral: { what: `without a finite test NLL of some seeds, which are ${so}`, own },
  };
}

/** `tanh: its learning rate …`, or what is said of all units. */
export function warningText({ unit, text }: Warning, unitTitle: UnitTitle): string {
  return unit === undefined ? capitalized(text) : `${unitTitle(unit)}: ${text}`;
}

/** Of a data set, what is said of all units, and what is said of several in a line: `A single learning rate was tried: tanh, GRU`. */
export function groupedWarningTexts(warnings: readonly Warning[], unitTitle: UnitTitle): string[] {
  const whats = new Set(warnings.flatMap(({ ofSeveral }) => ofSeveral?.what ?? []));
  const several = [...whats].map((what) => {
    const units = warnings.flatMap(({ unit, ofSeveral }) =>
      unit !== undefined && ofSeveral?.what === what
        ? [ofSeveral.own === '' ? unitTitle(unit) : `${unitTitle(unit)} (${ofSeveral.own})`]
        : [],
    );
    return `${capitalized(what)}: ${joined(units)}`;
  });
  const ofAll = warnings.filter(({ ofSeveral }) => !ofSeveral);
  return [...ofAll.map((one) => warningText(one, unitTitle)), ...several];
}
