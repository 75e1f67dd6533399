import type { DatasetRecord } from '../../experiment/records.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { byTrial, isOfModel, type SequenceNllRow, trialKey } from '../../experiment/sequence-nlls.js';
import { columnOf, type Rule } from '../averaging.js';
import { type CellFindings, nllOf } from '../findings.js';
import { type PairedTest, pairedTest } from '../statistics.js';
import {
  type Bootstrap,
  bootstrap,
  type ModelOnSequences,
  type Shifted,
  type Shifts,
  shiftsOf,
} from './bootstrap.js';
import { testPiecesOf } from './enough.js';

/** A run without a finite test NLL. */
export interface FailedRun {
  readonly unit: string;
  readonly seed: number;
}

/** Two units on a data set, and the seeds of which both test NLLs are finite. */
export interface Pair {
  readonly dataset: string;
  readonly rule: Rule;
  readonly units: readonly [string, string];
  /** Seeds that both were trained with. */
  readonly shared: number;
  /** Of the seeds that only one of the two units failed on. */
  readonly failed: readonly FailedRun[];
  readonly seeds: readonly {
    readonly seed: number;
    readonly nats: number;
    readonly trials: readonly [string, string];
  }[];
}

/** With Holm's correction over the pairs that a data set compares. */
export type Corrected<Test> = Test & { readonly pHolm?: number };

/** Differences of the test NLLs of two units by one average, and what tests say of them. */
export interface TestedPair {
  readonly dataset: string;
  readonly rule: Rule;
  readonly units: readonly [string, string];
  /** Test NLL of the first unit less that of the second, nats; seeds for which both are finite. */
  readonly differences: readonly { readonly seed: number; readonly nats: number }[];
  /** Seeds that both were trained with. */
  readonly shared: number;
  /** Of the seeds that only one of the two units failed on: they have no difference. */
  readonly failed: readonly FailedRun[];
  /** Paired by seed. */
  readonly test: Corrected<PairedTest>;
  /** The same without the seed of the search, of which the learning rate was the best; absent where none else is there. */
  readonly withoutSearch?: Corrected<PairedTest>;
  /** Over seeds and test pieces together; absent where no model's NLL of single sequences is known. */
  readonly bootstrap?: Corrected<Bootstrap> & { readonly sequences: number };
}

/** @returns nothing where one of them is not finished */
export function pairOf(
  cells: readonly CellFindings[],
  units: readonly [string, string],
  rule: Rule,
): Pair | undefined {
  const [a, b] = units.map((unit) => cells.find((cell) => cell.unit === unit));
  if (!a || !b) return undefined;
  const nll = (row: ResultRow) => nllOf(row, columnOf('test', rule)) ?? Number.NaN;
  const both = a.reported.flatMap((first) => {
    const second = b.reported.find(({ seed }) => seed === first.seed);
    return second ? [[first, second] as const] : [];
  });
  const seeds = both
    .map(([first, second]) => ({
      seed: first.seed,
      nats: nll(first) - nll(second),
      trials: [trialKey(first), trialKey(second)] as const,
    }))
    .filter(({ nats }) => !Number.isNaN(nats));
  const failed = both.flatMap((rows) => {
    const without = rows.filter((row) => Number.isNaN(nll(row)));
    return without.length === 1 ? without.map(({ unit, seed }) => ({ unit, seed })) : [];
  });
  return both.length > 0
    ? { dataset: a.dataset, rule, units, seeds, shared: both.length, failed }
    : undefined;
}

export function testPair(pair: Pair, shifts: ReadonlyMap<string, Shifts>, record: DatasetRecord): TestedPair {
  const { dataset, rule, units, seeds, shared, failed } = pair;
  const { plan } = record;
  const others = plan.search.draws > 1 ? seeds.filter(({ seed }) => seed !== plan.seed) : seeds;
  const shifted = seeds.map(({ trials }) => {
    const [own, other] = trials.map((trial) => shifts.get(trial)?.[rule]);
    return own && other && own.map((shift, i) => shift - other[i]);
  });
  const hasPieces = testPiecesOf(record).count > 1 && shifted.some((one) => one !== undefined);
  return {
    dataset,
    rule,
    units,
    differences: seeds.map(({ seed, nats }) => ({ seed, nats })),
    shared,
    failed,
    test: pairedTest(seeds.map(({ nats }) => nats)),
    ...(others.length > 0 &&
      others.length < seeds.length && { withoutSearch: pairedTest(others.map(({ nats }) => nats)) }),
    ...(hasPieces && { bootstrap: bootstrapOf(pair, [shifted], record) }),
  };
}

function bootstrapOf({ seeds }: Pair, parts: Iterable<Shifted>, record: DatasetRecord) {
  const differences = seeds.map(({ nats }) => nats);
  return {
    ...bootstrap(differences, parts, testPiecesOf(record).count),
    sequences: record.statistics.test.sequences,
  };
}

/** Models whose sequences are known, of all reported ones, by their trial. */
export function modelsByTrial(
  all: readonly SequenceNllRow[],
  cells: readonly CellFindings[],
  sequences: number,
): Map<string, ModelOnSequences> {
  const known = byTrial(all);
  return new Map(
    cells
      .flatMap(({ reported }) => reported)
      .map((row) => ({ key: trialKey(row), rows: sequencesOf(known, row) }))
      .filter(({ rows }) => rows.length === sequences)
      .map(({ key, rows }) => [
        key,
        {
          nlls: Float64Array.from(rows, ({ nll }) => nll),
          frames: Float64Array.from(rows, ({ predicted_frames }) => predicted_frames),
        },
      ]),
  );
}

/** How drawn test pieces move each of the models. */
export function shiftsByTrial(
  models: ReadonlyMap<string, ModelOnSequences>,
  how: { readonly pieces?: readonly number[]; readonly resamples: number },
): Map<string, Shifts> {
  const shifts = shiftsOf([...models.values()], how);
  return new Map([...models.keys()].map((key, i) => [key, shifts[i]]));
}

/** Those that give the reported test NLL, where it is finite; else none. */
function sequencesOf(known: ReadonlyMap<string, SequenceNllRow[]>, row: ResultRow): SequenceNllRow[] {
  const rows = known.get(trialKey(row)) ?? [];
  return isOfModel(rows, row) && rows.every(({ nll }) => Number.isFinite(nll)) ? rows : [];
}

/** How often the bootstrap draws: at first, and at most where a word hangs on these draws. */
export interface Draws {
  readonly first: number;
  readonly most: number;
}

/** Draws of the next look at a pair, for each of the last. */
const CLOSER = 10;
/** Test pieces that a look may draw, about: seconds. */
const MOST_PIECES = 2e8;

/** Stretches of draws, each as long as the first one, of the next look at a pair. */
function partsOf({ bootstrap: both }: TestedPair, { first, most }: Draws): number {
  const { resamples = first, pieces = 1 } = both ?? {};
  return Math.floor(Math.min(resamples * CLOSER, most, MOST_PIECES / pieces) / first);
}

/** Whether another look at a pair would draw more than the last one did. */
export const canBeDrawnMore = (one: TestedPair, draws: Draws) =>
  partsOf(one, draws) * draws.first > (one.bootstrap?.resamples ?? 0);

/** A pair with the bootstrap of its next look, whose first draws are those of the last one. */
export function drawnMore(
  one: TestedPair,
  pair: Pair,
  {
    models,
    record,
    draws,
  }: { models: ReadonlyMap<string, ModelOnSequences>; record: DatasetRecord; draws: Draws },
): TestedPair {
  const differences = pair.seeds.map(({ trials }) => {
    const [own, other] = trials.map((trial) => models.get(trial));
    return own && other && { ...own, nlls: own.nlls.map((nll, q) => nll - other.nlls[q]) };
  });
  const known = differences.filter((model) => model !== undefined);
  const how = { pieces: record.testRecordings, resamples: draws.first };
  function* parts() {
    for (let part = 0; part < partsOf(one, draws); part++) {
      const shifts = shiftsOf(known, { ...how, part }).map((shift) => shift[pair.rule]);
      yield differences.map((model) => model && shifts[known.indexOf(model)]);
    }
  }
  return { ...one, bootstrap: bootstrapOf(pair, parts(), record) };
}
