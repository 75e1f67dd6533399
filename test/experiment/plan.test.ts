import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetPlan } from '../../src/experiment/config.js';
import {
  type Cell,
  cellsOf,
  countTrials,
  epochsLeft,
  openTasks,
  type PlannedTrial,
  phasesLeft,
  type Task,
  type TrialProgress,
  winnerOf,
} from '../../src/experiment/plan.js';
import { CURVE_COLUMNS, type CurveRow } from '../../src/training/curve.js';

const PLAN: DatasetPlan = {
  name: 'set',
  dataset: 'set',
  seed: 1,
  units: ['gru'],
  hiddenUnits: {},
  search: { draws: 6, sampling: 'free', logLearningRate: [-12, -6], space: {}, rungs: [] },
  seeds: 3,
  training: { epochs: 8 },
  shortRun: { epochs: 2, maxSequences: 20 },
};
const EPOCHS = 8;

function row(epoch: number, valid: number): CurveRow {
  const zeros = Object.fromEntries(CURVE_COLUMNS.map((column) => [column, 0]));
  return { ...zeros, epoch, valid_nll: valid } as CurveRow;
}

/** Trains in one's head: the n-th epoch of a trial ends at a validation NLL that a function tells. */
function trainer(nll: (trial: PlannedTrial, epoch: number) => number) {
  const trials = new Map<string, TrialProgress>();
  const progressOf = ({ path }: PlannedTrial) => trials.get(path) ?? { curve: [] };
  const train = ({ trial, untilEpoch }: Task, epochs = EPOCHS) => {
    const target = Math.min(untilEpoch ?? epochs, epochs);
    const curve = Array.from({ length: target }, (_, i) => row(i + 1, nll(trial, i + 1)));
    trials.set(trial.path, { curve, ...(target === epochs && { ending: 'all epochs' as const }) });
  };
  return { progressOf, train };
}

/** Works until nothing is open, each time on the open task that `choose` picks. */
function workOff(
  cell: Cell,
  nll: (trial: PlannedTrial, epoch: number) => number,
  choose: (n: number) => number,
) {
  const { progressOf, train } = trainer(nll);
  for (let tasks = openTasks(cell, progressOf); tasks.length > 0; tasks = openTasks(cell, progressOf))
    train(tasks[choose(tasks.length)]);
  return progressOf;
}

describe('the trials of a cell', () => {
  const [cell] = cellsOf(PLAN);

  it('are all learning rates, then the best one with its further seeds', () => {
    const { progressOf, train } = trainer(({ draw }) => Math.abs(draw - 4));
    const first = openTasks(cell, progressOf);
    expect(first.map(({ trial }) => trial.draw).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(winnerOf(cell, progressOf)).toBeUndefined();
    for (const task of first) train(task);
    const second = openTasks(cell, progressOf);
    expect(second.map(({ trial: { draw, seed } }) => [draw, seed])).toEqual([
      [4, 2],
      [4, 3],
    ]);
    for (const task of second) train(task);
    expect(openTasks(cell, progressOf)).toEqual([]);
    expect(epochsLeft(cell, EPOCHS, progressOf)).toBe(0);
  });

  it('with rungs: only the best by the rung’s own epochs go on, whatever they do later', () => {
    const [rungs] = cellsOf({
      ...PLAN,
      search: {
        ...PLAN.search,
        rungs: [
          { epochs: 2, keep: 3 },
          { epochs: 4, keep: 1 },
        ],
      },
    });
    // Draw 6 leads at first and draw 1 would lead in the end, had it been kept.
    const nll = ({ draw }: PlannedTrial, epoch: number) => (epoch <= 2 ? 10 - draw : draw);
    const progressOf = workOff(rungs, nll, () => 0);
    const lengths = rungs.search.map((trial) => progressOf(trial).curve.length);
    expect(lengths).toEqual([2, 2, 2, 8, 4, 4]);
    expect(winnerOf(rungs, progressOf)?.draw).toBe(4);
  });

  it('tell the epochs that are left, phase by phase', () => {
    const [rungs] = cellsOf({ ...PLAN, search: { ...PLAN.search, rungs: [{ epochs: 2, keep: 3 }] } });
    const { progressOf, train } = trainer(({ draw }) => draw);
    const left = () => phasesLeft(rungs, EPOCHS, progressOf);
    const toRung = [2, 2, 2, 2, 2, 2];
    expect(left()).toEqual([toRung, [6, 6, 6], [8, 8]]);
    for (const task of openTasks(rungs, progressOf)) train(task);
    expect(left()).toEqual([toRung.map(() => 0), [6, 6, 6], [8, 8]]);
    train(openTasks(rungs, progressOf)[0]);
    expect(left().flat().filter(Boolean)).toEqual([6, 6, 8, 8]);
    expect(epochsLeft(rungs, EPOCHS, progressOf)).toBe(28);
  });

  it('that are to have more epochs are begun, further seeds among them, and draws left behind stay done', () => {
    const rungs = [{ epochs: 2, keep: 3 }];
    const [cell] = cellsOf({ ...PLAN, search: { ...PLAN.search, rungs } });
    const trained = workOff(
      cell,
      ({ draw }) => draw,
      () => 0,
    );
    expect(countTrials(cell, trained)).toEqual({ done: 9, begun: 0, new: 0 });
    const MORE = 20;
    const open = (trial: PlannedTrial): TrialProgress =>
      trial.purpose === 'short' ? trained(trial) : { curve: trained(trial).curve };
    // The short run and three draws of six; three draws and two further seeds go on.
    expect(countTrials(cell, open)).toEqual({ done: 4, begun: 5, new: 0 });
    const left = phasesLeft(cell, MORE, open).map((phase) => phase.filter(Boolean));
    expect(left).toEqual([[], [12, 12, 12], [12, 12]]);
  });

  it('are the same in whatever order they are trained', () => {
    const [rungs] = cellsOf({
      ...PLAN,
      search: {
        ...PLAN.search,
        rungs: [
          { epochs: 2, keep: 3 },
          { epochs: 4, keep: 2 },
        ],
      },
    });
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), fc.nat(), (choices, salt) => {
        const nll = ({ draw, seed }: PlannedTrial, epoch: number) =>
          ((draw * 7919 + seed * 104729 + epoch * 1299709 + salt) % 1000) / 1000;
        let turn = 0;
        const one = workOff(rungs, nll, (n) => choices[turn++ % 30] % n);
        const other = workOff(rungs, nll, () => 0);
        const lengths = (of: typeof one) => rungs.search.map((trial) => of(trial).curve.length);
        expect(lengths(one)).toEqual(lengths(other));
        expect(winnerOf(rungs, one)).toEqual(winnerOf(rungs, other));
      }),
    );
  });

  it('a learning rate that diverged at once is no candidate', () => {
    const { progressOf, train } = trainer(({ draw }) => draw);
    for (const task of openTasks(cell, progressOf)) train(task);
    const diverged = (trial: PlannedTrial): TrialProgress =>
      trial.draw === 1 ? { curve: [], ending: 'diverged' } : progressOf(trial);
    expect(winnerOf(cell, diverged)?.draw).toBe(2);
  });
});
