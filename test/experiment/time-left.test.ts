import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../src/experiment/time-left.js';

const cell = (phases: number[][], secondsAnEpoch = 1, secondsATrial = 0) => ({
  phases,
  secondsAnEpoch,
  secondsATrial,
});

describe('the time left', () => {
  it.each([
    ['nothing', [cell([[], [0, 0]])], 2, 0],
    ['one process: the sum', [cell([[3, 4], [5]]), cell([[2]], 10)], 1, 32],
    ['two processes', [cell([[3, 3, 3, 3]])], 2, 6],
    ['a phase that waits for the one before', [cell([[5, 1], [2]])], 2, 7],
    ['another cell beside a phase that waits', [cell([[5, 1], [2]]), cell([[4]])], 2, 7],
    ['the start of each trial', [cell([[3, 3]], 2, 0.5)], 1, 13],
  ])('of %s', (_, cells, processes, expected) => {
    expect(secondsLeft(cells, processes)).toBeCloseTo(expected);
  });

  it('lies between an even share of the work and the work of one process', () => {
    const phases = fc.array(fc.array(fc.nat(20), { maxLength: 6 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(phases, { maxLength: 5 }), fc.integer({ min: 1, max: 8 }), (all, processes) => {
        const work = all.flat(2).reduce((sum, epochs) => sum + epochs, 0);
        const seconds = secondsLeft(
          all.map((one) => cell(one)),
          processes,
        );
        expect(seconds).toBeGreaterThanOrEqual(work / processes);
        expect(seconds).toBeLessThanOrEqual(work);
      }),
    );
  });
});
