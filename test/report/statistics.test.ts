import { describe, expect, it } from 'vitest';
import { estimate, tQuantile } from '../../src/report/statistics.js';

describe('estimate', () => {
  it('of five values: mean and 95 % interval (by hand: s = 0.158, t = 2.776)', () => {
    const { mean, interval } = estimate([8.4, 8.5, 8.6, 8.7, 8.8]);
    expect(mean).toBeCloseTo(8.6, 12);
    expect(interval).toBeCloseTo((2.776 * Math.sqrt(0.025)) / Math.sqrt(5), 6);
  });

  it('of one value has no interval', () => {
    expect(estimate([3])).toEqual({ mean: 3 });
  });
});

describe('the 97.5 % points of Student’s t', () => {
  // Standard tables.
  it.each([
    [1, 12.706],
    [4, 2.776],
    [30, 2.042],
    [40, 2.021],
    [60, 2.0],
    [120, 1.98],
  ])('%i degrees of freedom', (degrees, value) => {
    expect(tQuantile(degrees)).toBeCloseTo(value, 2);
    expect(Math.abs(tQuantile(degrees) - value)).toBeLessThan(0.003);
  });
});
