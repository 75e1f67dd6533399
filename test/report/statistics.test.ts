import { describe, expect, it } from 'vitest';
import { estimate, tQuantile } from '../../src/report/statistics.js';

describe('estimate', () => {
  it('of five values: mean and 95 % interval (SciPy: t.interval(0.95, 4, 8.6, sem))', () => {
    const { mean, interval } = estimate([8.4, 8.5, 8.6, 8.7, 8.8]);
    expect(mean).toBeCloseTo(8.6, 12);
    expect(interval).toBeCloseTo(2.7764451051977934 * Math.sqrt(0.025 / 5), 12);
  });

  it('of one value has no interval', () => {
    expect(estimate([3])).toEqual({ mean: 3 });
  });
});

describe('the 97.5 % points of Student’s t', () => {
  // scipy.stats.t.ppf(0.975, degrees).
  it.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [4, 2.7764451051977934],
    [9, 2.262157162798205],
    [29, 2.045229642132703],
    [30, 2.0422724563012378],
    [31, 2.039513446396408],
    [100, 1.9839715185235518],
    [999, 1.9623414611334493],
  ])('%i degrees of freedom', (degrees, value) => {
    expect(Math.abs(tQuantile(degrees) / value - 1)).toBeLessThan(1e-12);
  });
});
