import { expect, it } from 'vitest';
import { CURVE_COLUMNS, type CurveRow } from '../../src/training/curve.js';
import { runResult } from '../../src/training/run-result.js';

/** A curve whose epochs took so many seconds each. */
function curveOf(...seconds: number[]): CurveRow[] {
  const zeros = Object.fromEntries(CURVE_COLUMNS.map((column) => [column, 0])) as CurveRow;
  let clock = 0;
  return seconds.map((epoch, i) => {
    clock += epoch;
    return { ...zeros, epoch: i + 1, wall_clock_s: clock };
  });
}

it.each([
  [[], null],
  [[3], 3],
  [[3, 1], 2],
  [[8, 1, 2], 2],
  [[8, 1, 4, 2], 3],
])('the seconds an epoch of epochs that took %j are their median, %j', (seconds, expected) => {
  expect(runResult('all epochs', curveOf(...seconds)).secondsAnEpoch).toBe(expected);
});
