import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetPlan } from '../../src/experiment/config.js';
import { drawnOptions } from '../../src/experiment/draws.js';
import { type Searchable, type Values, valueAt } from '../../src/experiment/search-space.js';

type Search = DatasetPlan['search'];

const drawn = (search: Partial<Search>, seed = 1, name = 'set') =>
  drawnOptions({
    seed,
    name,
    search: {
      draws: 10,
      sampling: 'stratified',
      logLearningRate: [-12, -6],
      space: {},
      rungs: [],
      ...search,
    },
  });

/** Where in its range each drawn learning rate lies, from 0 to 1. */
const sharesOf = (search: Partial<Search>, seed?: number, name?: string) =>
  drawn(search, seed, name).map(({ learningRate }) => (Math.log(learningRate) + 12) / 6);

const inParts = (shares: readonly number[], parts: number) =>
  shares.map((share) => Math.floor(share * parts)).sort((a, b) => a - b);

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('free draws', () => {
  it('are e^u, u uniform between the exponents, the same for a seed and a data set', () => {
    const rates = (seed: number, name: string) =>
      drawn({ draws: 50, sampling: 'free' }, seed, name).map(({ learningRate }) => learningRate);
    fc.assert(
      fc.property(seeds, fc.string(), (seed, name) => {
        expect(rates(seed, name).every((rate) => rate > Math.exp(-12) && rate < Math.exp(-6))).toBe(true);
        expect(rates(seed, name)).toEqual(rates(seed, name));
      }),
    );
    const shares = sharesOf({ draws: 1000, sampling: 'free' });
    // Standard error of the mean of 1000 uniform numbers: 0.009.
    expect(Math.abs(shares.reduce((a, b) => a + b, 0) / 1000 - 0.5)).toBeLessThan(0.05);
    expect(rates(1, 'other')).not.toEqual(rates(1, 'set'));
  });

  it('of Nottingham are those of the published results', () => {
    const [first, second] = drawn({ sampling: 'free' }, 1, 'nottingham');
    expect(first.learningRate).toBeCloseTo(0.0006644780275662845, 15);
    expect(second.learningRate).toBeCloseTo(0.000013451407112570672, 15);
  });
});

describe('stratified draws', () => {
  it('lie one in each of as many equal parts as there are, in an order of their own', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, draws) => {
        expect(inParts(sharesOf({ draws }, seed), draws)).toEqual(upTo(draws));
      }),
    );
    const orders = upTo(20).map((seed) =>
      sharesOf({}, seed)
        .map((share) => Math.floor(10 * share))
        .join(),
    );
    expect(new Set(orders).size).toBe(20);
  });

  it('are uniform within their parts', () => {
    const within = upTo(200).flatMap((seed) => sharesOf({}, seed).map((share) => (10 * share) % 1));
    for (const quarter of upTo(4)) {
      const count = within.filter((one) => Math.floor(4 * one) === quarter).length;
      // Of 2000, 500 are to be expected; a deviation of 19 is one standard deviation.
      expect(Math.abs(count - 500)).toBeLessThan(80);
    }
  });

  it('that are more begin with the fewer, and fill the empty halves, then quarters', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 40 }),
        (seed, strata, more) => {
          const few = sharesOf({ draws: strata, strata }, seed);
          const many = sharesOf({ draws: strata + more, strata }, seed);
          expect(many.slice(0, strata)).toEqual(few);
          expect(few).toEqual(sharesOf({ draws: strata }, seed));
          for (let cells = strata; cells <= many.length; cells *= 2)
            expect(inParts(many.slice(0, cells), cells)).toEqual(upTo(cells));
        },
      ),
    );
  });

  it('of several options are a Latin hypercube, whose columns do not go together', () => {
    const space: Search['space'] = {
      weightNoise: { linear: [0, 0.15] },
      rmsFloor: { log: [1e-4, 1e-2] },
    };
    const draws = drawn({ draws: 50, space });
    const noise = draws.map(({ weightNoise }) => (weightNoise as number) / 0.15);
    const floors = draws.map(({ rmsFloor }) => (Math.log10(rmsFloor as number) + 4) / 2);
    const rates = sharesOf({ draws: 50, space });
    for (const shares of [noise, floors, rates]) expect(inParts(shares, 50)).toEqual(upTo(50));
    const correlation = (a: readonly number[], b: readonly number[]) =>
      (12 / 50) * a.reduce((sum, one, i) => sum + (one - 0.5) * (b[i] - 0.5), 0);
    // Standard deviation of the correlation of two random orders of 50: 0.14.
    for (const [a, b] of [
      [noise, floors],
      [noise, rates],
      [floors, rates],
    ])
      expect(Math.abs(correlation(a, b))).toBeLessThan(0.5);
  });

  it('of the learning rate do not depend on what else is drawn', () => {
    const space: Search['space'] = { momentum: { linear: [0.5, 0.99] } };
    expect(sharesOf({ space })).toEqual(sharesOf({}));
  });
});

describe('a value of an option', () => {
  const cases: [Searchable, Values, (value: number) => boolean][] = [
    ['weightNoise', { linear: [0, 0.15] }, (value) => value >= 0 && value <= 0.15],
    ['rmsFloor', { log: [1e-4, 1e-2] }, (value) => value >= 1e-4 && value <= 1e-2],
    ['batchSize', { linear: [1, 16] }, (value) => Number.isInteger(value) && value >= 1 && value <= 16],
    ['batchSize', { log: [1, 64] }, (value) => Number.isInteger(value) && value >= 1 && value <= 64],
    ['batchSize', { oneOf: [1, 4, 16] }, (value) => [1, 4, 16].includes(value)],
  ];

  it.each(cases)('%s of %j is one of them', (option, values, isOne) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (share) => {
        expect(isOne(valueAt(option, values, share) as number)).toBe(true);
      }),
    );
  });

  it('reaches the ends, whole numbers with the chance of the others', () => {
    const counts = new Map<unknown, number>();
    for (const i of upTo(1600)) {
      const value = valueAt('batchSize', { linear: [1, 16] }, (i + 0.5) / 1600);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.entries()]).toEqual(upTo(16).map((i) => [i + 1, 100]));
    expect(valueAt('schedule', { oneOf: ['linear', 'constant'] }, 0.6)).toBe('constant');
    expect(valueAt('momentum', 0.5, 0.9)).toBe(0.5);
  });
});
