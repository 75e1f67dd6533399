import { createHash } from 'node:crypto';
import { type Draw, permutation, uniform } from '../random/draws.js';
import type { DatasetPlan } from './config.js';
import { type DrawnOptions, SEARCHABLE, type Searchable, type Values, valueAt } from './search-space.js';

/**
 * `stratified`: one draw from each of equal parts of a range, and of several options a Latin hypercube (McKay, Beckman
 * and Conover 1979). `free`: each by itself.
 */
export const SAMPLINGS = ['stratified', 'free'] as const;

type SearchPlan = Pick<DatasetPlan, 'seed' | 'name' | 'search'>;

/**
 * The options that a search tries, one after the other. All units of a data set try the same ones, so that units are
 * compared draw by draw; each data set has its own. More draws begin with those of fewer, where the strata are the same.
 */
export function drawnOptions({ seed, name, search }: SearchPlan): DrawnOptions[] {
  const { draws, sampling, space } = search;
  const strata = sampling === 'stratified' ? strataOf(search) : undefined;
  const columns = SEARCHABLE.filter((option) => option === 'learningRate' || space[option] !== undefined).map(
    (option) => {
      const stream = { seed, purpose: 'search', update: streamOf(name, option) } as const;
      const shares = strata ? stratified(stream, strata, draws) : Array.from(free(stream, draws));
      return [option, shares.map((share) => drawnValue(search, option, share))] as const;
    },
  );
  return Array.from(
    { length: draws },
    (_, i) => Object.fromEntries(columns.map(([option, values]) => [option, values[i]])) as DrawnOptions,
  );
}

/** Equal parts of each range with one draw in each; draws beyond their number fall into halves of them, and so on. */
export const strataOf = ({ strata, draws }: DatasetPlan['search']): number => strata ?? draws;

function drawnValue(
  { space, logLearningRate: [low, high] }: SearchPlan['search'],
  option: Searchable,
  share: number,
) {
  const values: Values | undefined = space[option];
  // Of the learning rate the paper gives the exponents (section 4.3).
  return values === undefined ? Math.exp(low + (high - low) * share) : valueAt(option, values, share);
}

/** Each data set and each option of it has random numbers of its own. */
function streamOf(dataset: string, option: Searchable): number {
  const name = option === 'learningRate' ? dataset : `${dataset}/${option}`;
  return createHash('sha256').update(name).digest().readUInt32LE();
}

type Stream = Omit<Draw, 'epoch'>;

function free(stream: Stream, draws: number): Float64Array {
  return uniform({ ...stream, epoch: 0 }, new Float64Array(draws));
}

/**
 * The first `strata` draws lie one in each of as many equal parts of (0, 1), in random order; the next as many one in
 * each half of a part that is empty yet; twice as many then one in each empty quarter, and so on.
 */
function stratified(stream: Stream, strata: number, draws: number): number[] {
  const shares: number[] = [];
  for (let level = 0; shares.length < draws; level++) {
    const cells = strata * 2 ** level;
    const taken = new Set(shares.map((share) => Math.floor(share * cells)));
    const empty = Array.from({ length: cells }, (_, cell) => cell).filter((cell) => !taken.has(cell));
    const order = permutation({ ...stream, epoch: 2 * level + 1 }, empty.length);
    const within = uniform({ ...stream, epoch: 2 * level + 2 }, new Float64Array(empty.length));
    for (const [i, place] of order.entries()) shares.push((empty[place] + within[i]) / cells);
  }
  return shares.slice(0, draws);
}
