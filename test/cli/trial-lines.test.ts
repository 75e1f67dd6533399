import { expect, it } from 'vitest';
import { epochsText } from '../../src/cli/trial-lines.js';
import type { PlannedTrial } from '../../src/experiment/plan.js';
import type { Outcome } from '../../src/experiment/schedule.js';
import type { RunResult } from '../../src/training/run-result.js';

const trial = { epochs: 200 } as PlannedTrial;

it.each<[ending: RunResult['ending'], epochs: number, untilEpoch: number | undefined, text: string]>([
  ['all epochs', 200, undefined, '200/200'],
  ['patience', 118, undefined, '118/200, patience'],
  ['patience', 200, undefined, '200/200'],
  ['stopped', 7, undefined, '7/200, stopped'],
  ['stopped', 7, 20, '7/200, stopped'],
  ['stopped', 20, 20, '20/200, rung'],
  ['diverged', 3, 20, '3/200, diverged'],
])('a trial that ends (%s) tells its epochs, those planned, and why it is no further', (...row) => {
  const [ending, epochs, untilEpoch, text] = row;
  const outcome: Outcome = { type: 'ended', ending };
  expect(epochsText({ trial, untilEpoch }, outcome, epochs, 3).trim()).toBe(text);
});
