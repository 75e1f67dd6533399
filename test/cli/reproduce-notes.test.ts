import { expect, it } from 'vitest';
import { linesAtEnd } from '../../src/cli/reproduce-notes.js';
import type { ReproduceOutcome } from '../../src/experiment/reproduce.js';

const ENDED: ReproduceOutcome = { failures: [], stopped: false, isFinished: true };

it('an experiment that has ended says where its results are, and how to see them', () => {
  expect(linesAtEnd({ folder: 'results/my own' }, ENDED, 'written')).toEqual([
    "Results are in results/my own. Next: gru-bench report 'results/my own'",
  ]);
});

it('one that is stopped says how to go on', () => {
  const stopped = { ...ENDED, stopped: true, isFinished: false };
  expect(linesAtEnd({ folder: 'out' }, stopped, 'written')).toEqual(['Stopped; the same command goes on.']);
  expect(linesAtEnd({ folder: 'out' }, stopped, 'earlier results stay')[1]).toMatch(/^The earlier results/);
});
