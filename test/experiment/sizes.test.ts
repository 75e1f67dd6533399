import { expect, it } from 'vitest';
import { unequalSizes } from '../../src/experiment/sizes.js';

const size = (unit: string, parameters: number) => ({ unit, hiddenUnits: 1, parameters });

it('sizes are equal up to what whole hidden units leave, as in Table 1', () => {
  expect(unequalSizes([size('tanh', 18_900), size('gru', 18_630), size('lstm', 18_108)])).toBeUndefined();
  expect(unequalSizes([size('gru', 18_630)])).toBeUndefined();
  expect(unequalSizes([])).toBeUndefined();
});

it('names the smallest and the largest unit of unequal size', () => {
  const sizes = [size('gru', 5000), size('lstm', 2970), size('tanh', 18_108)];
  expect(unequalSizes(sizes, (unit) => unit.toUpperCase())).toBe(
    'units are not of equal size, which may decide instead of their equations: recurrent layers have from 2,970 (LSTM) to 18,108 (TANH) parameters',
  );
});
