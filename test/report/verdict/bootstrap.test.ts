import { describe, expect, it } from 'vitest';
import { pairedTest, tQuantile } from '../../../src/report/statistics.js';
import { bootstrap, shiftsOf } from '../../../src/report/verdict/bootstrap.js';
import { noise } from './simulated.js';

const model = (nlls: readonly number[], frames = nlls.map(() => 10)) => ({
  nlls: Float64Array.from(nlls),
  frames: Float64Array.from(frames),
});

/** Deviates whose mean is 0 and whose standard deviation is 1, exactly. */
function standardised(experiment: number, n: number): number[] {
  const draw = noise(experiment, n);
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return values.map((value) => (value - mean) / deviation);
}

/** The set of sequences is as it is. */
const still = (count: number, resamples = 10_000) =>
  Array.from({ length: count }, () => new Float64Array(resamples));

describe('the bootstrap', () => {
  it('over seeds alone is about Student’s t', () => {
    const differences = standardised(1, 25).map((value) => 0.1 + 0.2 * value);
    const { interval = 0 } = pairedTest(differences);
    const { low, high } = bootstrap(differences, [still(25)], 30);
    expect(Math.abs((high - low) / 2 / interval - 1)).toBeLessThan(0.04);
    expect((high + low) / 2).toBeCloseTo(0.1, 2);
  });

  it('over sequences alone, of one seed, is about Student’s t of their means', () => {
    const deviates = standardised(2, 30);
    const [a, b] = shiftsOf([model(deviates.map((one) => 40 + 10 * one)), model(deviates.map(() => 35))]);
    const shift = a['per sequence'].map((value, i) => value - b['per sequence'][i]);
    const { low, high, models } = bootstrap([0.5], [[shift]], 30);
    const expected = tQuantile(29) / Math.sqrt(30);
    expect(Math.abs((high - low) / 2 / expected - 1)).toBeLessThan(0.04);
    expect(models).toBe(1);
  });

  it('over both adds their variances, also where one seed alone has its sequences', () => {
    const seeds = standardised(3, 25).map((value) => 0.3 * value);
    const nlls = standardised(4, 30).map((value) => 40 + 10 * value);
    const [shifts] = shiftsOf([model(nlls)]);
    const shift = shifts['per sequence'];
    const ofSeeds = (0.3 * tQuantile(24)) / 5;
    const ofSequences = tQuantile(29) / Math.sqrt(30);
    const known = seeds.map((_, i) => (i === 7 ? shift : undefined));
    for (const shifted of [seeds.map(() => shift), known]) {
      const { low, high } = bootstrap(seeds, [shifted], 30);
      expect(Math.abs((high - low) / 2 / Math.hypot(ofSeeds, ofSequences) - 1)).toBeLessThan(0.05);
    }
  });

  it('per frame weighs sequences by their frames', () => {
    // Ten times as long, the first decides the sum.
    const [shifts] = shiftsOf([model([300, 20], [100, 10])]);
    const drawn = new Set(shifts['per frame'].map((value) => Math.round(1e9 * (value + 320 / 110)) / 1e9));
    expect([...drawn].sort()).toEqual([2, Math.round(1e9 * (320 / 110)) / 1e9, 3]);
  });

  it('gives the same numbers again, and a p that is never 0', () => {
    const differences = [1, 1.1, 0.9, 1.05];
    const first = bootstrap(differences, [still(4)], 20);
    expect(bootstrap(differences, [still(4)], 20)).toEqual(first);
    expect(first.p).toBeCloseTo(2 / 10_001, 12);
  });

  it('in parts draws what it had drawn, and then others', () => {
    const deviates = standardised(6, 30).map((one) => 40 + 10 * one);
    const differences = [0.2, 0.1, 0.3];
    const partOf = (part: number) => {
      const [shifts] = shiftsOf([model(deviates)], { resamples: 1000, part });
      return differences.map(() => shifts['per frame']);
    };
    const [first, second] = [partOf(0), partOf(1)];
    expect(second[0].some((shift, b) => shift === first[0][b])).toBe(false);
    const once = bootstrap(differences, [first], 30);
    const twice = bootstrap(differences, [first, second], 30);
    expect([once.resamples, twice.resamples]).toEqual([1000, 2000]);
    expect(Math.abs((twice.high - twice.low) / (once.high - once.low) - 1)).toBeLessThan(0.1);
    expect(twice).not.toEqual({ ...once, resamples: 2000 });
  });

  it('draws sequences of one recording together: copies of a sequence tell nothing new', () => {
    const nlls = standardised(5, 12).map((value) => 40 + 10 * value);
    const single = shiftsOf([model(nlls)]);
    const twice = (values: readonly number[]) => values.flatMap((value) => [value, value]);
    const pieces = twice([...nlls.keys()]);
    const [shifts] = shiftsOf([model(twice(nlls))], { pieces });
    for (const rule of ['per frame', 'per sequence'] as const)
      for (const [b, shift] of shifts[rule].entries()) expect(shift).toBeCloseTo(single[0][rule][b], 12);
  });
});
