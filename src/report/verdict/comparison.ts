import type { DatasetPlan } from '../../experiment/config.js';
import type { DatasetRecord } from '../../experiment/records.js';
import { plural } from '../../platform/format-number.js';
import { RULES, type Rule } from '../averaging.js';
import { type Findings, unitsOf } from '../findings.js';
import { holm, SIGNIFICANCE } from '../statistics.js';
import { drawingError, RESAMPLES } from './bootstrap.js';
import { LEAST_PIECES, LEAST_SEEDS, piecesText, type TestPieces, testPiecesOf } from './enough.js';
import {
  canBeDrawnMore,
  type Draws,
  drawnMore,
  modelsByTrial,
  pairOf,
  shiftsByTrial,
  type TestedPair,
  testPair,
} from './pair.js';

/** What can be said of two units on a data set. */
export type Word = 'better' | 'not distinguishable' | 'too few to say';

/** Two units on a data set, and what can be said of them. */
export interface UnitComparison extends TestedPair {
  readonly word: Word;
  /** The better one. */
  readonly better?: string;
  /** What there is too few of. */
  readonly tooFew?: string;
}

/**
 * The pairs of units that a data set compares: each unit with the baseline, or where there is none each with each.
 *
 * @param order of all units of the experiment, so that a pair stands the same way round on each data set
 * @returns as differences are taken: the first unit less the second
 */
export function pairsOf(
  { units, baseline }: Pick<DatasetPlan, 'units' | 'baseline'>,
  order: readonly string[],
): [unit: string, other: string][] {
  const own = order.filter((unit) => units.includes(unit));
  if (baseline !== undefined)
    return own.flatMap((unit) => (unit === baseline ? [] : [[unit, baseline] as [string, string]]));
  return own.flatMap((unit, i) => own.slice(i + 1).map((other): [string, string] => [unit, other]));
}

/** How often is drawn, if nothing else is asked for. */
export const DRAWS: Draws = { first: RESAMPLES, most: 100 * RESAMPLES };

/**
 * All pairs that a data set compares of which both units are finished, by either average. While the word of a pair hangs
 * on the draws of its bootstrap, it is drawn more often.
 */
export function compareUnits(
  findings: Findings,
  record: DatasetRecord,
  draws = DRAWS,
): Record<Rule, UnitComparison[]> {
  const { plan, statistics } = record;
  const cells = findings.cells.filter((cell) => cell.dataset === plan.name && cell.reported.length > 0);
  const models = modelsByTrial(findings.sequenceNlls, cells, statistics.test.sequences);
  const shifts = shiftsByTrial(models, { pieces: record.testRecordings, resamples: draws.first });
  const family = pairsOf(plan, unitsOf(findings));
  const ofRule = (rule: Rule) => {
    const pairs = family.flatMap((units) => pairOf(cells, units, rule) ?? []);
    const tested = pairs.map((pair) => testPair(pair, shifts, record));
    for (;;) {
      const found = withWords(tested, testPiecesOf(record), family.length);
      const open = found.flatMap((one, i) => (hangsOnDraws(one) && canBeDrawnMore(one, draws) ? [i] : []));
      if (open.length === 0) return found;
      for (const i of open) tested[i] = drawnMore(tested[i], pairs[i], { models, record, draws });
    }
  };
  return Object.fromEntries(RULES.map((rule) => [rule, ofRule(rule)])) as Record<Rule, UnitComparison[]>;
}

/** @param family how many pairs the experiment asks for, so that no word is taken back as further units are finished */
function withWords(tested: readonly TestedPair[], pieces: TestPieces, family: number): UnitComparison[] {
  const corrected = <Key extends 'test' | 'withoutSearch' | 'bootstrap'>(key: Key) =>
    holm(
      tested.map((one) => one[key]?.p),
      family,
    );
  const [test, without, both] = [corrected('test'), corrected('withoutSearch'), corrected('bootstrap')];
  return tested.map((one, i) => {
    const full: TestedPair = {
      ...one,
      test: { ...one.test, pHolm: test[i] },
      ...(one.withoutSearch && { withoutSearch: { ...one.withoutSearch, pHolm: without[i] } }),
      ...(one.bootstrap && { bootstrap: { ...one.bootstrap, pHolm: both[i] } }),
    };
    return { ...full, ...wordOf(full, pieces) };
  });
}

/**
 * A unit is better where its test NLL is lower by more than chance explains: over the seeds, and over seeds and test
 * pieces together. The learning rate was chosen as the best for the seed of the search, so that this seed may flatter
 * a unit: where enough others are left, they alone have to say the same, by a one-sided test, for they are fewer. Seeds
 * that a unit failed on have no difference, which would flatter it: it is not called better than one that did not fail.
 */
function wordOf(one: TestedPair, pieces: TestPieces): Pick<UnitComparison, 'word' | 'better' | 'tooFew'> {
  const { units, test, bootstrap: both } = one;
  const few = (tooFew: string) => ({ word: 'too few to say', tooFew }) as const;
  if (test.n < LEAST_SEEDS) return few(seedsText(one));
  if (pieces.count < LEAST_PIECES) return few(piecesText(pieces));
  if (!both) return few('of no seed the NLLs of single test sequences are known of both');
  return areSeedsSure(one) && isNoChance(both.pHolm)
    ? { word: 'better', better: units[aheadOf(test)] }
    : { word: 'not distinguishable' };
}

const isNoChance = (p: number | undefined) => (p ?? 1) < SIGNIFICANCE;

/** Of how many seeds a pair has a difference. */
function seedsText({ test: { n }, shared }: TestedPair): string {
  if (n === shared) return `${plural(n, 'seed')} each`;
  return `${n === 0 ? 'no seed' : plural(n, 'seed')} with a finite test NLL of both`;
}

/** Which of the two units has the lower test NLL. */
const aheadOf = ({ mean }: TestedPair['test']): 0 | 1 => (mean < 0 ? 0 : 1);

/** Whether the seeds say by themselves that a unit is better: all of them, and those without the seed of the search. */
function areSeedsSure({ units, failed, test, withoutSearch }: TestedPair): boolean {
  const hasFailed = failed.some(({ unit }) => unit === units[aheadOf(test)]);
  const sameWithout =
    !withoutSearch ||
    withoutSearch.n < LEAST_SEEDS ||
    (Math.sign(withoutSearch.mean) === Math.sign(test.mean) && isNoChance((withoutSearch.pHolm ?? 1) / 2));
  return !hasFailed && isNoChance(test.pHolm) && sameWithout;
}

/** Standard errors within which other draws of the bootstrap may leave a p on the other side of its bound. */
const NEAR = 3;
/** Whether nothing but the bootstrap decides of a pair, by a p that other draws may take across its bound. */
export function hangsOnDraws(one: UnitComparison): boolean {
  const both = one.bootstrap;
  if (one.word === 'too few to say' || !both || !areSeedsSure(one)) return false;
  const { p, pHolm = 1 } = both;
  return Math.abs(pHolm - SIGNIFICANCE) <= NEAR * (pHolm / p) * drawingError(both);
}
