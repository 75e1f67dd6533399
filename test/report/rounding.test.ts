import { expect, it } from 'vitest';
import { compare } from '../../src/report/check/rounding.js';

it.each([
  [3, 3.00002, true],
  [3, 3.00004, false],
  [3, Number.NaN, false],
  [3, Number.POSITIVE_INFINITY, false],
  [Number.NaN, 3, false],
  [Number.NaN, Number.NaN, true],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true],
  [Number.POSITIVE_INFINITY, 3, false],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false],
  [null, Number.NaN, false],
  [null, 3, false],
])('an NLL of %j that is found as %j holds: %j', (reported, found, holds) => {
  expect(compare('test_nll', reported, found, 1e-5).holds).toBe(holds);
});
