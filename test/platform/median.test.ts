import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isMedian, median } from '../../src/platform/median.js';

it('is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(2.5);
  expect(median([])).toBeNaN();
});

it('is a median, as is each value between the two in the middle, and none beyond', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      expect(isMedian(median(values), values)).toBe(true);
    }),
  );
  const between = [1, 1.5, 2].map((value) => isMedian(value, [0, 1, 2, 9]));
  expect(between).toEqual([true, true, true]);
  expect([0.9, 2.1].map((value) => isMedian(value, [0, 1, 2, 9]))).toEqual([false, false]);
});
