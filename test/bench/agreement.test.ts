import { describe, expect, it } from 'vitest';
import { AGREEMENT, largestDifference } from '../../src/bench/agreement.js';

describe('a peer’s NLLs beside ours', () => {
  it.each([
    ['positive', 500],
    ['negative, as densities make it', -500],
  ])('differ relative to their size: %s', (_, nll) => {
    expect(largestDifference([nll], [nll * 1.01], 10)).toBeCloseTo(0.01, 12);
    expect(largestDifference([nll], [-nll], 10)).toBe(2);
    expect(largestDifference([nll], [nll * (1 + 1e-6)], 10)).toBeLessThan(AGREEMENT);
  });

  it('near nothing, differ relative to a nat a frame', () => {
    expect(largestDifference([1e-9], [1e-3], 100)).toBeLessThan(AGREEMENT);
    expect(largestDifference([0], [0.5], 100)).toBeCloseTo(0.005, 12);
  });

  it('is the largest of all sequences', () => {
    expect(largestDifference([-100, -100, -100], [-100, -150, -100], 1)).toBe(0.5);
  });

  it('that are missing or no numbers agree with nothing', () => {
    expect(largestDifference([-100, -100], [-100], 1)).toBeNaN();
    expect(largestDifference([-100], [Number.NaN], 1)).toBeNaN();
  });
});
