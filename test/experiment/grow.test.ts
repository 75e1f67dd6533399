import { describe, expect, it } from 'vitest';
import type { DatasetPlan } from '../../src/experiment/config.js';
import { holdToPlan, type SettledPlan, settle, settlements } from '../../src/experiment/grow.js';
import { cellsOf } from '../../src/experiment/plan.js';

const PLAN: SettledPlan = {
  name: 'set',
  dataset: 'set',
  seed: 1,
  units: ['gru', 'lstm'],
  hiddenUnits: {},
  search: { draws: 4, sampling: 'stratified', logLearningRate: [-12, -6], space: {}, rungs: [] },
  seeds: 2,
  training: { epochs: 10 },
  shortRun: { epochs: 2, maxSequences: 20 },
  basis: {
    kind: 'music',
    sequences: '0'.repeat(64),
    kernels: { tanh: 'fused, plain', gru: 'fused, plain', lstm: 'fused, plain' },
  },
};
const FIRST = settle(PLAN, []);

const paths = (plan: DatasetPlan) => cellsOf(plan).flatMap(({ search }) => search.map(({ path }) => path));
const hold = (plan: SettledPlan, earlier: DatasetPlan) => () => holdToPlan(plan, earlier, 'those', 'advice');

/** A plan with other words on its search and training. */
const withWords = (
  search: Partial<DatasetPlan['search']>,
  training: Partial<DatasetPlan['training']> = {},
) => ({
  ...PLAN,
  search: { ...PLAN.search, ...search },
  training: { ...PLAN.training, ...training },
});

describe('a trial’s folder', () => {
  it('is named by all that decides its numbers', () => {
    const [path] = paths(FIRST);
    expect(path).toMatch(/^set.gru.draw-01-[0-9a-f]{12}$/);
    const others: SettledPlan[] = [
      { ...FIRST, basis: { ...PLAN.basis, sequences: '1'.repeat(64) } },
      { ...FIRST, basis: { ...PLAN.basis, kernels: { ...PLAN.basis.kernels, gru: 'fused, multiply-add' } } },
      { ...FIRST, hiddenUnits: { gru: 45 } },
      { ...FIRST, seed: 2 },
      ...[
        { momentum: 0.8 },
        { decay: 0.9 },
        { rmsFloor: 0.02 },
        { weightNoise: 0 },
        { maximumGradientNorm: 2 },
        { initialBound: 0.2 },
        { batchSize: 2 },
        { patience: 3 },
        { schedule: 'constant' as const },
        { epochs: 11 },
        { scheduleEpochs: 9 },
      ].map((training) => ({ ...FIRST, training: { ...FIRST.training, ...training } })),
    ];
    const all = [FIRST, ...others].map((plan) => paths(plan)[0]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is not named by the rest of the experiment, nor by how it runs', () => {
    const others: SettledPlan[] = [
      { ...FIRST, units: ['tanh', 'gru'], seeds: 9, shortRun: { epochs: 1, maxSequences: 1 } },
      { ...FIRST, hiddenUnits: { gru: 46 } },
      { ...FIRST, training: { ...FIRST.training, threads: 4, backend: 'cpu', momentum: 0.9, patience: 50 } },
      { ...FIRST, training: { epochs: 25, scheduleEpochs: 10 } },
      { ...FIRST, search: { ...FIRST.search, rungs: [{ epochs: 2, keep: 1 }] } },
    ];
    for (const other of others) expect(paths(other)).toContain(paths(FIRST)[0]);
  });
});

describe('a plan settled after an earlier one', () => {
  it('has all of its trials, whatever it has more of', () => {
    const grown = settle(
      { ...withWords({ draws: 7 }, { epochs: 30 }), seeds: 5, units: ['tanh', 'gru', 'lstm'] },
      [FIRST],
    );
    expect(grown.search.strata).toBe(4);
    expect(grown.training.scheduleEpochs).toBe(10);
    for (const path of paths(FIRST)) expect(paths(grown)).toContain(path);
    expect(hold(grown, FIRST)).not.toThrow();
    // And so has one after that.
    const again = settle(
      { ...withWords({ draws: 9 }, { epochs: 40 }), seeds: 5, units: ['tanh', 'gru', 'lstm'] },
      [grown],
    );
    expect([again.search.strata, again.training.scheduleEpochs]).toEqual([4, 10]);
    expect(hold(again, grown)).not.toThrow();
  });

  it('says what it keeps, and nothing where it keeps nothing', () => {
    const written = withWords({ draws: 7 }, { epochs: 30 });
    expect(settlements(written, settle(written, [FIRST])).length).toBe(2);
    expect(settlements(PLAN, settle(PLAN, [FIRST]))).toEqual([]);
    expect(settlements(written, settle(written, []))).toEqual([]);
    const stated = withWords({ draws: 7, strata: 4 }, { epochs: 30, scheduleEpochs: 10 });
    expect(settlements(stated, settle(stated, [FIRST]))).toEqual([]);
    expect(settle(stated, [])).toEqual(settle(written, [FIRST]));
  });

  it('keeps the trials of one that was larger and has no finished results', () => {
    const larger = settle({ ...withWords({ draws: 7 }, { epochs: 30 }), seeds: 5 }, [FIRST]);
    const smaller = settle(withWords({ draws: 5 }, { epochs: 30 }), [larger]);
    expect(paths(larger)).toEqual(expect.arrayContaining(paths(smaller)));
  });

  it('is its own where the earlier one is another', () => {
    const other = settle(withWords({ draws: 7 }, { epochs: 30, momentum: 0.5 }), [FIRST]);
    expect([other.search.strata, other.training.scheduleEpochs]).toEqual([7, undefined]);
    expect(hold(other, FIRST)).toThrow('set: training.momentum is not that of those; advice');
  });

  it('with a constant learning rate goes on without a schedule', () => {
    const constant = settle(withWords({}, { schedule: 'constant' }), []);
    const grown = settle(withWords({}, { schedule: 'constant', epochs: 30 }), [constant]);
    expect(grown.training.scheduleEpochs).toBeUndefined();
    expect(paths(grown)).toEqual(paths(constant));
  });
});
