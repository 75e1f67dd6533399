import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedBest } from '../../../src/report/verdict/expected-best.js';

/** All sets of n of the values. */
function sets(values: readonly number[], n: number): number[][] {
  if (n === 0) return [[]];
  return values.flatMap((value, i) => sets(values.slice(i + 1), n - 1).map((rest) => [value, ...rest]));
}

describe('the expected best', () => {
  it('of n draws is the mean over all sets of n, with the deviation of their bests', () => {
    const values = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, (nlls) => {
        for (const { draws, mean, deviation } of expectedBest(nlls)) {
          const bests = sets(nlls, draws).map((one) => Math.min(...one));
          const expected = bests.reduce((sum, best) => sum + best, 0) / bests.length;
          const variance = bests.reduce((sum, best) => sum + (best - expected) ** 2, 0) / bests.length;
          expect(mean).toBeCloseTo(expected, 9);
          expect(deviation).toBeCloseTo(Math.sqrt(variance), 6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of a thousand draws falls from their mean to the best', () => {
    const nlls = Array.from({ length: 1000 }, (_, i) => 3 + i / 1000);
    const best = expectedBest(nlls);
    expect(best[0].mean).toBeCloseTo(3.4995, 10);
    expect(best[999]).toEqual({ draws: 1000, mean: 3, deviation: 0 });
    for (let i = 1; i < best.length; i++) expect(best[i].mean).toBeLessThan(best[i - 1].mean + 1e-12);
  });

  it('is not finite as long as all draws may be such that diverged', () => {
    const best = expectedBest([3, null, 4, null]).map(({ mean }) => mean);
    expect(best.slice(0, 2)).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(best.slice(2)).toEqual([3.25, 3]);
  });
});
