import type { DatasetPlan } from '../../experiment/config.js';
import type { DatasetRecord } from '../../experiment/records.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { byTrial, isOfModel, type SequenceNllRow, trialKey } from '../../experiment/sequence-nlls.js';
import { plural } from '../../platform/format-number.js';
import { columnOf, RULES, type Rule } from '../averaging.js';
import { type CellFindings, type Findings, unitsOf } from '../findings.js';
import { holm, type PairedTest, pairedTest, SIGNIFICANCE } from '../statistics.js';

import { type Bootstrap, bootstrap, type Shifts, shiftsOf } from './bootstrap.js';
import { LEAST_PIECES, LEAST_SEEDS, piecesText, type TestPieces, testPiecesOf } from './enough.js';

/** What can be said of two units on a data set. */
export type Word = 'better' | 'not distinguishable' | 'too few to say';

/** With Holm's correction over the pairs that a data set compares. */
export type Corrected<Test> = Test & { readonly pHolm?: number };

/** Two units on a data set: differences of their test NLLs by one average. */
export interface UnitComparison {
  readonly dataset: string;
  readonly rule: Rule;
  readonly units: readonly [string, string];
  /** Test NLL of the first unit less that of the second, nats; seeds for which both are finite. */
  readonly differences: readonly { readonly seed: number; readonly nats: number }[];
  /** Paired by seed. */
  readonly test: Corrected<PairedTest>;
  /** The same without the seed of the search, of which the learning rate was the best; absent where none else is there. */
  readonly withoutSearch?: Corrected<PairedTest>;
  /** Over seeds and test pieces together; absent where no model's NLL of single sequences is known. */
  readonly bootstrap?: Corrected<Bootstrap> & { readonly sequences: number };
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

/**
 * All pairs that a data set compares of which both units are finished, by either average.
 *
 * @param resamples of the bootstrap
 */
export function compareUnits(
  findings: Findings,
  record: DatasetRecord,
  resamples?: number,
): Record<Rule, UnitComparison[]> {
  const { plan, statistics } = record;
  const cells = findings.cells.filter((cell) => cell.dataset === plan.name && cell.reported.length > 0);
  const { sequences } = statistics.test;
  const pieces = record.testRecordings;
  const shifts = shiftsByTrial(findings.sequenceNlls, cells, sequences, { pieces, resamples });
  const test = testPiecesOf(record);
  const family = pairsOf(plan, unitsOf(findings));
  const searchSeed = plan.search.draws > 1 ? plan.seed : undefined;
  const ofRule = (rule: Rule) => {
    const tested = family.flatMap((units) => {
      const [a, b] = units.map((unit) => cells.find((cell) => cell.unit === unit));
      return (a && b && testPair(a, b, rule, { shifts, searchSeed, sequences, pieces: test.count })) ?? [];
    });
    return withWords(tested, test, family.length);
  };
  return Object.fromEntries(RULES.map((rule) => [rule, ofRule(rule)])) as Record<Rule, UnitComparison[]>;
}

type Tested = Omit<UnitComparison, 'word' | 'better' | 'tooFew'>;

/** @returns nothing where no seed has a finite test NLL of both */
function testPair(
  a: CellFindings,
  b: CellFindings,
  rule: Rule,
  known: { shifts: ReadonlyMap<string, Shifts>; searchSeed?: number; sequences: number; pieces: number },
): Tested | undefined {
  const { shifts, searchSeed, sequences, pieces } = known;
  const column = columnOf('test', rule);
  const pairs = a.reported.flatMap((first) => {
    const second = b.reported.find(({ seed }) => seed === first.seed);
    const nats = (first[column] ?? Number.NaN) - (second?.[column] ?? Number.NaN);
    return second && Number.isFinite(nats) ? [{ first, second, seed: first.seed, nats }] : [];
  });
  if (pairs.length === 0) return undefined;
  const others = pairs.filter(({ seed }) => seed !== searchSeed);
  const shifted = pairs.map(({ first, second }) => {
    const [own, other] = [shifts.get(trialKey(first)), shifts.get(trialKey(second))];
    return own && other && own[rule].map((shift, i) => shift - other[rule][i]);
  });
  const nats = pairs.map((pair) => pair.nats);
  const hasPieces = pieces > 1 && shifted.some((one) => one !== undefined);
  return {
    dataset: a.dataset,
    rule,
    units: [a.unit, b.unit],
    differences: pairs.map(({ seed, nats }) => ({ seed, nats })),
    test: pairedTest(nats),
    ...(others.length > 0 &&
      others.length < pairs.length && { withoutSearch: pairedTest(others.map((pair) => pair.nats)) }),
    ...(hasPieces && { bootstrap: { ...bootstrap(nats, shifted, pieces), sequences } }),
  };
}

/** How drawn test pieces move each reported model whose sequences are known, by its trial. */
function shiftsByTrial(
  all: readonly SequenceNllRow[],
  cells: readonly CellFindings[],
  sequences: number,
  how: { readonly pieces?: readonly number[]; readonly resamples?: number },
): Map<string, Shifts> {
  const known = byTrial(all);
  const models = cells
    .flatMap(({ reported }) => reported)
    .map((row) => ({ key: trialKey(row), rows: sequencesOf(known, row) }))
    .filter(({ rows }) => rows.length === sequences);
  const shifts = shiftsOf(
    models.map(({ rows }) => ({
      nlls: Float64Array.from(rows, ({ nll }) => nll),
      frames: Float64Array.from(rows, ({ predicted_frames }) => predicted_frames),
    })),
    how,
  );
  return new Map(models.map(({ key }, i) => [key, shifts[i]]));
}

/** Those that give the reported test NLL, where it is finite; else none. */
function sequencesOf(known: ReadonlyMap<string, SequenceNllRow[]>, row: ResultRow): SequenceNllRow[] {
  const rows = known.get(trialKey(row)) ?? [];
  return isOfModel(rows, row) && rows.every(({ nll }) => Number.isFinite(nll)) ? rows : [];
}

/** @param family how many pairs the experiment asks for, so that no word is taken back as further units are finished */
function withWords(tested: readonly Tested[], pieces: TestPieces, family: number): UnitComparison[] {
  const corrected = <Key extends 'test' | 'withoutSearch' | 'bootstrap'>(key: Key) =>
    holm(
      tested.map((one) => one[key]?.p),
      family,
    );
  const [test, without, both] = [corrected('test'), corrected('withoutSearch'), corrected('bootstrap')];
  return tested.map((one, i) => {
    const full: Tested = {
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
 * a unit: where enough others are left, they alone have to say the same, by a one-sided test, for they are fewer.
 */
function wordOf(
  { units, test, withoutSearch, bootstrap: both }: Tested,
  pieces: TestPieces,
): Pick<UnitComparison, 'word' | 'better' | 'tooFew'> {
  const few = (tooFew: string) => ({ word: 'too few to say', tooFew }) as const;
  if (test.n < LEAST_SEEDS) return few(`${plural(test.n, 'seed')} each`);
  if (pieces.count < LEAST_PIECES) return few(piecesText(pieces));
  if (!both) return few('no model’s NLL of single test sequences is known');
  const better = units[test.mean < 0 ? 0 : 1];
  return areSeedsSure({ test, withoutSearch }) && isNoChance(both.pHolm)
    ? { word: 'better', better }
    : { word: 'not distinguishable' };
}

const isNoChance = (p: number | undefined) => (p ?? 1) < SIGNIFICANCE;

/** Whether the seeds say by themselves that a unit is better: all of them, and those without the seed of the search. */
export function areSeedsSure({ test, withoutSearch }: Pick<Tested, 'test' | 'withoutSearch'>): boolean {
  const sameWithout =
    !withoutSearch ||
    withoutSearch.n < LEAST_SEEDS ||
    (Math.sign(withoutSearch.mean) === Math.sign(test.mean) && isNoChance((withoutSearch.pHolm ?? 1) / 2));
  return isNoChance(test.pHolm) && sameWithout;
}
