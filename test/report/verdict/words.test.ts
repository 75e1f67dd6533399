import { describe, expect, it } from 'vitest';
import type { Dataset, FolderReading } from '../../../src/data/sequence.js';
import { drawnOptions } from '../../../src/experiment/draws.js';
import type { Findings } from '../../../src/report/findings.js';
import { markdownText } from '../../../src/report/markdown.js';
import { budgetItems } from '../../../src/report/sections/curves.js';
import { comparisonsCsv } from '../../../src/report/table-file.js';
import { table2 } from '../../../src/report/tables.js';
import { compareUnits, hangsOnDraws } from '../../../src/report/verdict/comparison.js';
import { tooFewForVerdict } from '../../../src/report/verdict/enough.js';
import { overDataSets } from '../../../src/report/verdict/over-data-sets.js';
import { verdictOf } from '../../../src/report/verdict/verdict.js';
import { warningsOf } from '../../../src/report/verdict/warnings.js';
import { noise, type Simulation, simulated } from './simulated.js';

const compared = (findings: Findings) =>
  compareUnits(findings, findings.experiment.datasets[0], { first: 1000, most: 1000 })['per frame'];

/** Seeds and sequences that scatter, around a level of each unit. */
function experiment(levels: readonly number[], more: Partial<Simulation> = {}): Findings {
  const draw = noise(11, 5000);
  const units = ['tanh', 'gru', 'lstm', 'mgu', 'ran', 'sru', 'own'].slice(0, levels.length);
  const ofSeeds = new Map<string, number>();
  const ofSeed = (unit: number, seed: number) => {
    const known = ofSeeds.get(`${unit} ${seed}`) ?? 0.02 * draw();
    ofSeeds.set(`${unit} ${seed}`, known);
    return known;
  };
  return simulated({
    ...{ units, seeds: 6, sequences: 30 },
    nll: (unit, seed, sequence) => levels[unit] + sequence / 30 + ofSeed(unit, seed) + 0.02 * draw(),
    ...more,
  });
}

/** Experiments of two units whose difference is ever larger, of which something is true. */
const levelsOf = (is: (found: Findings) => boolean) =>
  Array.from({ length: 40 }, (_, i) => experiment([3, 3 - 0.002 * i])).filter(is);

const sentence = (findings: Findings) => verdictOf(findings).datasets[0].sentence;
const weaknesses = (findings: Findings) =>
  verdictOf(findings).datasets[0].warnings.map(({ weakness, unit }) =>
    [weakness, unit].filter(Boolean).join(' '),
  );

describe('the verdict', () => {
  it('names the better unit, and by how much', () => {
    expect(sentence(experiment([3, 2.5]))).toMatch(/^GRU is better than tanh \(by 0\.\d+ ± 0\.\d+\)\.$/);
  });

  it('of three units says what is better than what, and what cannot be told', () => {
    expect(sentence(experiment([3, 2.5, 3]))).toMatch(
      /^GRU is better than (tanh|LSTM) .* and (tanh|LSTM) \(.*\)\. (tanh and LSTM|LSTM and tanh) are not distinguishable\.$/,
    );
    expect(sentence(experiment([3, 3, 3]))).toMatch(/^(\w+), (\w+) and (\w+) are not distinguishable\.$/);
  });

  it('of many units says what the best one is better than', () => {
    expect(sentence(experiment([3, 2.5, 3.1, 3.2, 3.3, 3.4, 3.5]))).toBe(
      'GRU has the lowest mean test NLL. It is better than all 6 others.',
    );
    expect(sentence(experiment([3, 2.5, 3.1, 2.5, 3.3, 3.4, 3.5]))).toMatch(
      /^(GRU|MGU) has the lowest mean test NLL\. It is better than .*\. It is not distinguishable from (GRU|MGU)\.$/,
    );
  });

  it('says where another budget may say otherwise, if most runs or units come to an end of it', () => {
    const ended = (all: number) => ({
      row: (unit: number) => ({ status: unit < all ? ('all epochs' as const) : ('patience' as const) }),
    });
    expect(sentence(experiment([3, 2.5, 3.5], ended(3)))).toMatch(
      /\. All runs went to the last epoch, 60: another budget may say otherwise\.$/,
    );
    expect(sentence(experiment([3, 2.5, 3.5], ended(2)))).toMatch(/\. Most runs went to the last epoch, 60:/);
    expect(sentence(experiment([3, 2.5, 3.5], ended(1)))).not.toMatch(/budget/);
    expect(sentence(experiment([3, 2.5], { ...ended(2), draws: 4 }))).toMatch(
      /All runs went to the last epoch, 60, and all units took the smallest learning rate that was tried: another budget/,
    );
    expect(sentence(experiment([3, 2.5], { ...ended(2), seeds: 2 }))).toMatch(/^Too few to say/);
    expect(sentence(experiment([3, 2.5], { ...ended(2), seeds: 2 }))).not.toMatch(/budget/);
  });

  it('with a baseline says what is better and worse than that one unit', () => {
    const levels = [3, 2.5, 3.1, 2.5, 2, 3.4, 3.5];
    const found = experiment(levels, { baseline: 'gru' });
    expect(sentence(found)).toMatch(
      /^RAN \(by .*\) is better than GRU\. tanh \(by .*\), LSTM \(.*\), SRU \(.*\) and own \(.*\) are worse\. MGU is not distinguishable from it\.$/,
    );
    expect(compared(found).map(({ units }) => units.join(' less '))).toEqual(
      ['tanh', 'lstm', 'mgu', 'ran', 'sru', 'own'].map((unit) => `${unit} less gru`),
    );
    expect(sentence(experiment([3, 2.5, 3.1], { baseline: 'gru' }))).toMatch(/^No unit is better than GRU\./);
    expect(sentence(experiment([3, 2.5], { baseline: 'gru' }))).toMatch(/^GRU is better than tanh \(by/);
  });

  it('with a baseline that none can be told from names the unit with the lowest mean, which may be another', () => {
    expect(sentence(experiment([3, 3.001, 3.002], { baseline: 'lstm' }))).toMatch(
      /^LSTM is not distinguishable from (tanh and GRU|GRU and tanh)\. (tanh|GRU|LSTM) has the lowest mean test NLL\.$/,
    );
  });

  it('with a baseline corrects for the pairs with it alone', () => {
    const levels = [3, 2.99, 3, 3, 3, 3, 3];
    const correction = (found: Findings) =>
      Math.max(...compared(found).map(({ test: { p = 1, pHolm = 1 } }) => (pHolm < 1 ? pHolm / p : 0)));
    const [all, few] = [experiment(levels), experiment(levels, { baseline: 'gru' })].map(correction);
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThanOrEqual(6 + 1e-9);
    expect(all).toBeLessThanOrEqual(21 + 1e-9);
    const least = (found: Findings) => Math.min(...compared(found).map(({ test: { p = 1 } }) => p));
    const found = experiment(levels, { baseline: 'gru' });
    const [smallest] = compared(found).filter(({ test: { p } }) => p === least(found));
    expect(smallest.test.pHolm).toBe(Math.min(1, 6 * least(found)));
  });

  it.each([
    [{ seeds: 1, sequences: 1 }, 'Too few to say: 1 seed each. GRU has the lowest mean test NLL.'],
    [{ seeds: 2 }, 'Too few to say: 2 seeds each. GRU has the lowest mean test NLL.'],
    [{ sequences: 1 }, 'Too few to say: 1 test sequence. GRU has the lowest mean test NLL.'],
    [{ sequences: 4 }, 'Too few to say: 4 test sequences. GRU has the lowest mean test NLL.'],
  ])('of %o says that there is too little', (few, expected) => {
    expect(sentence(experiment([3, 2], few))).toBe(expected);
  });

  it('says nothing without the NLL of single test sequences', () => {
    const found = experiment([3, 2]);
    expect(sentence({ ...found, sequenceNlls: [] })).toBe(
      'Too few to say: of no seed the NLLs of single test sequences are known of both. GRU has the lowest mean test NLL.',
    );
    // Those of one seed are enough to draw from.
    const ofOneSeed = found.sequenceNlls.filter(({ seed }) => seed === 1);
    expect(sentence({ ...found, sequenceNlls: ofOneSeed })).toContain('GRU is better');
    // Such as do not give the reported NLLs are none.
    const wrong = found.sequenceNlls.map((row) => ({ ...row, nll: row.nll + 1 }));
    expect(sentence({ ...found, sequenceNlls: wrong })).toContain('are known of both');
  });

  it('is not decided by pieces that happen to be in the test set', () => {
    // Every seed says the same, but half of the pieces the opposite.
    const found = simulated({
      ...{ units: ['tanh', 'gru'], seeds: 6, sequences: 12 },
      nll: (unit, seed, sequence) => 3 + unit * (sequence % 2 === 0 ? 0.5 : -0.4) + seed / 1000,
    });
    const [one] = compared(found);
    expect(one.test.pHolm).toBeLessThan(0.001);
    expect(one.word).toBe('not distinguishable');
  });

  it('is not carried by the seed of the search alone', () => {
    const flattered = (unit: number, seed: number) => (unit === 1 && seed === 1 ? -1 : 0);
    const draw = noise(3, 100);
    const found = (draws: number) =>
      simulated({
        ...{ units: ['tanh', 'gru'], seeds: 4, sequences: 20, draws },
        nll: (unit, seed) => 3 + flattered(unit, seed) + 0.01 * draw(),
      });
    const [one] = compared(found(10));
    expect([one.withoutSearch?.n, one.word]).toEqual([3, 'not distinguishable']);
    expect(Math.abs(one.withoutSearch?.mean ?? 1)).toBeLessThan(0.05);
    // A search of one learning rate chooses nothing.
    expect(compared(found(1))[0].withoutSearch).toBeUndefined();
  });

  it('corrects for how many pairs are looked at', () => {
    const [one] = compared(experiment([3, 2.99]));
    const three = compared(experiment([3, 2.99, 3]));
    expect(one.test.pHolm).toBe(one.test.p);
    expect(three.every(({ test: { p = 1, pHolm = 0 } }) => pHolm >= p)).toBe(true);
    expect(three.some(({ test: { p = 1, pHolm = 0 } }) => pHolm > p || p > 1 / 3)).toBe(true);
  });

  it('corrects for units that are not finished yet too', () => {
    const three = experiment([3, 2.99, 3]);
    const cells = three.cells.map((cell) => (cell.unit === 'lstm' ? { ...cell, reported: [] } : cell));
    const [one] = compared({ ...three, cells });
    expect(one.test.pHolm).toBe(Math.min(1, 3 * (one.test.p ?? 1)));
  });

  it('leaves out seeds without a finite test NLL, and says so', () => {
    const row = (unit: number, seed: number) => (unit === 0 && seed === 2 ? { test_nll: Number.NaN } : {});
    const found = experiment([3, 2], { row });
    expect(compared(found)[0].differences.map(({ seed }) => seed)).toEqual([1, 3, 4, 5, 6]);
    expect(weaknesses(found)).toContain('not finite tanh');
    const none = experiment([3, 2], {
      row: () => ({ test_nll: Number.NaN, test_nll_per_sequence: Number.NaN }),
    });
    expect(sentence(none)).toMatch(/^Too few to say: no seed with a finite test NLL of both\. /);
    expect(compared(none)[0]).toMatchObject({ test: { n: 0 }, shared: 6, failed: [] });
    expect(markdownText(none, [], 'report')).not.toMatch(/NaN|Infinity/);
  });

  it('calls no unit better that failed on a seed on which the other did not', () => {
    const failedOn = (...units: number[]) => ({
      row: (unit: number, seed: number) =>
        seed === 2 && units.includes(unit) ? { test_nll: null, test_nll_per_sequence: null } : {},
    });
    const marked = (found: Findings) =>
      table2(found)
        .find(({ split }) => split === 'test')
        ?.entries.map(({ isBest }) => isBest);
    const [gru, tanh, both] = [[1], [0], [0, 1]].map((units) => experiment([3, 2], failedOn(...units)));
    expect(compared(gru)[0]).toMatchObject({
      word: 'not distinguishable',
      failed: [{ unit: 'gru', seed: 2 }],
      test: { n: 5 },
    });
    expect(verdictOf(gru).datasets[0].leader).toBe('tanh');
    expect(marked(gru)).toEqual([true, false]);
    for (const found of [tanh, both]) {
      expect(compared(found)[0].better).toBe('gru');
      expect(marked(found)).toEqual([false, true]);
      expect(verdictOf(found).datasets[0].leader).toBe('gru');
    }
    expect(sentence(gru)).toBe(
      'tanh and GRU are not distinguishable. Without a finite test NLL: GRU on 1 of 6 seeds.',
    );
    expect(compared(both)[0].failed).toEqual([]);
  });

  it('names the lowest of the units with the fewest failed runs', () => {
    const levels = [3, 2, 2.5, 2.6, 2.7];
    const failed = (...units: number[]) =>
      experiment(levels, {
        row: (unit, seed) =>
          seed === 2 && units.includes(unit)
            ? { test_nll: Number.POSITIVE_INFINITY, test_nll_per_sequence: null }
            : {},
      });
    expect(sentence(failed(0, 1, 2, 3, 4))).toMatch(/^GRU has the lowest mean test NLL\. /);
    expect(sentence(failed(1))).toMatch(
      /^Of the units without a failed run LSTM has the lowest mean test NLL\. /,
    );
    expect(sentence(failed(1))).toMatch(/ Without a finite test NLL: GRU on 1 of 6 seeds\.$/);
  });

  it('says of a unit that failed on all seeds that there is too little to say', () => {
    const row = (unit: number) => (unit === 3 ? { test_nll: Number.NaN, test_nll_per_sequence: null } : {});
    const found = experiment([3, 2, 2.5, 2.6, 2.7], { row });
    expect(sentence(found)).toMatch(
      /^Of the units without a failed run GRU .* better than tanh, LSTM and RAN\. Too few to say of MGU\. /,
    );
    expect(comparisonsCsv(found)).toMatch(/^set,per frame,gru,mgu,,,0,.*,too few to say,,0,6$/m);
    expect(markdownText(found, [], 'report')).not.toMatch(/NaN|Infinity/);
  });

  it('says that the baseline is not finished', () => {
    const found = experiment([3, 2, 2.5], { baseline: 'gru' });
    const cells = found.cells.map((cell) => (cell.unit === 'gru' ? { ...cell, reported: [] } : cell));
    expect(sentence({ ...found, cells })).toBe(
      'Nothing to compare: GRU, with which each other unit is compared, is not finished.',
    );
  });

  it('says where the other average has too few seeds', () => {
    const row = (unit: number, seed: number) =>
      unit === 0 && seed > 2 ? { test_nll_per_sequence: Number.NaN } : {};
    expect(sentence(experiment([3, 2], { row }))).toMatch(
      /^GRU is better than tanh .*\. Per sequence, there is too little to say of tanh and GRU\.$/,
    );
  });

  it('has nothing to compare of a single unit', () => {
    expect(sentence(experiment([3]))).toBe('Nothing to compare: fewer than two units are finished.');
  });
});

describe('before anything is trained', () => {
  const said = (units: string[], seeds: number, sequences: number, splitBy?: FolderReading['splitBy']) => {
    const splits = { train: [], valid: [], test: Array.from({ length: sequences }) };
    const folder = splitBy && { splitBy };
    return tooFewForVerdict({ units, seeds }, { kind: 'music', splits, folder } as unknown as Dataset);
  };

  it('it is said of what no verdict can come, which is what the verdict says in the end', () => {
    const units = ['tanh', 'gru'];
    for (const few of [
      { seeds: 2, sequences: 30 },
      { seeds: 6, sequences: 4 },
      { seeds: 3, sequences: 5 },
    ]) {
      const isTooFew = said(units, few.seeds, few.sequences) !== undefined;
      expect(compared(experiment([3, 2], few))[0].word === 'too few to say').toBe(isTooFew);
    }
  });

  it('with what there is too few of, and where the user chooses the shares', () => {
    expect(said(['gru', 'lstm'], 1, 1)).toBe(
      'too few for a verdict: 1 seed where 3 are the least; 1 test sequence where 5 are the least',
    );
    expect(said(['gru', 'lstm'], 3, 4, { seed: 0, shares: [80, 10, 10] })).toMatch(/splitShares/);
    expect(said(['gru', 'lstm'], 3, 4, 'folders')).not.toMatch(/splitShares/);
    expect(said(['gru'], 1, 1)).toBeUndefined();
  });

  it('counts recordings, however many sequences are cut from them', () => {
    const test = Array.from({ length: 100 }, (_, i) => ({ recording: i % 3 }));
    const speech = { kind: 'speech', splits: { train: [], valid: [], test } } as unknown as Dataset;
    expect(tooFewForVerdict({ units: ['gru', 'lstm'], seeds: 3 }, speech)).toBe(
      'too few for a verdict: 3 test recordings where 5 are the least',
    );
  });
});

describe('a word that hangs on draws', () => {
  it('is drawn more often, and no other is', () => {
    const drawn = (found: Findings) =>
      compareUnits(found, found.experiment.datasets[0], { first: 1000, most: 20_000 })['per frame'][0];
    for (const found of levelsOf(() => true)) {
      const [first] = compared(found);
      const more = drawn(found);
      expect(more.bootstrap?.resamples === 1000).toBe(!hangsOnDraws(first));
      if (more.bootstrap?.resamples !== 20_000) expect(hangsOnDraws(more)).toBe(false);
      expect(more.word).toBe(
        (more.bootstrap?.pHolm ?? 1) < 0.05 && (more.test.pHolm ?? 1) < 0.05
          ? 'better'
          : 'not distinguishable',
      );
    }
  });
});

describe('warnings', () => {
  it('are none of an experiment without a weakness', () => {
    expect(weaknesses(experiment([3, 2], { draws: 1, row: () => ({}) }))).toEqual([
      'edge of the search tanh',
      'edge of the search gru',
    ]);
    const middle = experiment([3, 2], { draws: 3, row: () => ({ learning_rate: 2.5e-4 }) });
    expect(weaknesses(middle)).toEqual(["the search's seed"]);
  });

  it.each([
    ['few seeds', { seeds: 2 }],
    ['few test pieces', { sequences: 12 }],
    ["the search's seed", { draws: 10 }],
    ['edge of the search gru', { draws: 10 }],
    ['last epoch gru', { row: () => ({ status: 'all epochs' as const }) }],
    ['skipped updates gru', { row: () => ({ skipped_updates: 7 }) }],
  ])('%s', (expected, more) => {
    expect(weaknesses(experiment([3, 2], more))).toContain(expected);
  });

  it('counts test recordings, not the sequences that are cut from them', () => {
    const found = experiment([3, 2], { sequences: 30 });
    const testRecordings = Array.from({ length: 30 }, (_, i) => i % 12);
    const datasets = found.experiment.datasets.map((record) => ({ ...record, testRecordings }));
    const cells = found.cells.map((cell) => ({ ...cell, record: datasets[0] }));
    const cut = { ...found, cells, experiment: { ...found.experiment, datasets } };
    expect(weaknesses(found)).not.toContain('few test pieces');
    expect(weaknesses(cut)).toContain('few test pieces');
  });

  it('call sequences unknown where they are, not where there is one alone', () => {
    const found = experiment([3, 2]);
    expect(weaknesses({ ...found, sequenceNlls: [] })).toContain('sequences unknown');
    expect(weaknesses(experiment([3, 2], { sequences: 1 }))).not.toContain('sequences unknown');
  });

  it('call no sequences unknown of seeds that a pair does not have, as one of its units diverged', () => {
    const diverged = (unit: number, seed: number) =>
      unit === 2 && seed > 4 ? { test_nll: null, test_nll_per_sequence: null } : {};
    const found = experiment([3, 2, 3], { row: diverged });
    expect(compared(found).map(({ test, bootstrap }) => [test.n, bootstrap?.models])).toEqual([
      [6, 6],
      [4, 4],
      [4, 4],
    ]);
    expect(weaknesses(found)).not.toContain('sequences unknown');
  });

  it('tell of units that are not of equal size', () => {
    const found = experiment([3, 2]);
    const [{ plan, ...record }] = found.experiment.datasets;
    const datasets = [{ ...record, plan: { ...plan, hiddenUnits: { gru: 10 } } }];
    expect(weaknesses({ ...found, experiment: { ...found.experiment, datasets } })).toContain(
      'unequal sizes',
    );
    expect(weaknesses(found)).not.toContain('unequal sizes');
  });

  it('name a word that other draws of the bootstrap may change', () => {
    const near = levelsOf((found) => hangsOnDraws(compared(found)[0]));
    expect(near.length).toBeGreaterThan(0);
    for (const found of near) {
      const [{ test, bootstrap }] = compared(found);
      expect(test.pHolm).toBeLessThan(0.05);
      // Three standard errors of a share of 0.025 of 1000 draws, doubled, on both sides.
      expect(Math.abs((bootstrap?.pHolm ?? 1) - 0.05)).toBeLessThan(0.04);
    }
    const [dataset] = near[0].experiment.datasets;
    const warnings = warningsOf(
      near[0],
      dataset,
      compareUnits(near[0], dataset, { first: 1000, most: 1000 }),
    );
    expect(warnings.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(
        /so near 0\.05 that other draws of the bootstrap may say otherwise \(against GRU per frame: 0\.0\d+\)$/,
      ),
    );
  });

  it('do not name up to a hundredth of the updates, skipped', () => {
    // Ten sequences, one an update, sixty epochs.
    expect(weaknesses(experiment([3, 2], { row: () => ({ skipped_updates: 6 }) }))).not.toContain(
      'skipped updates gru',
    );
  });

  it('count the updates of the batch size that was drawn', () => {
    const found = experiment([3, 2], { row: () => ({ skipped_updates: 3 }) });
    const [record] = found.experiment.datasets;
    const space = { batchSize: { oneOf: [1, 10] } };
    const search = { ...record.plan.search, draws: 2, sampling: 'stratified' as const, space };
    const plan = { ...record.plan, search };
    const drawn = drawnOptions(plan).map(({ batchSize }) => batchSize);
    expect([...drawn].sort()).toEqual([1, 10]);
    // Of ten sequences and sixty epochs, 3 of 600 updates or 3 of 60.
    for (const [i, batchSize] of drawn.entries()) {
      const cells = found.cells.map((cell) => ({
        ...cell,
        reported: cell.reported.map((row) => ({ ...row, draw: i + 1 })),
      }));
      const experimentOfDraw = { ...found.experiment, datasets: [{ ...record, plan }] };
      const isNamed = weaknesses({ ...found, cells, experiment: experimentOfDraw }).includes(
        'skipped updates gru',
      );
      expect(isNamed).toBe(batchSize === 10);
    }
  });
});

describe('over all data sets', () => {
  /** The same units on several data sets. */
  function together(all: readonly (readonly number[])[], row?: Simulation['row']): Findings {
    const found = all.map((levels, i) => {
      const one = experiment(levels, { row });
      const name = `set-${i}`;
      const [record] = one.experiment.datasets;
      return {
        record: { ...record, plan: { ...record.plan, name } },
        cells: one.cells.map((cell) => ({
          ...cell,
          dataset: name,
          reported: cell.reported.map((row) => ({ ...row, dataset: name })),
        })),
        sequenceNlls: one.sequenceNlls.map((row) => ({ ...row, dataset: name })),
      };
    });
    return {
      ...experiment(all[0]),
      cells: found.flatMap(({ cells }) => cells),
      sequenceNlls: found.flatMap(({ sequenceNlls }) => sequenceNlls),
      experiment: { datasets: found.map(({ record }) => record) } as unknown as Findings['experiment'],
    };
  }

  it('counts ranks and wins, and takes each data set as one', () => {
    const sets = [
      [3, 2.5],
      [3, 2.6],
      [3, 2.4],
      [3, 2.55],
    ];
    const [over] = verdictOf(together(sets)).over;
    const [tanh, gru] = over.standings;
    expect([tanh.rank, gru.rank, gru.lowest, gru.better, tanh.worse]).toEqual([2, 1, 4, 4, 4]);
    const [difference] = over.differences;
    expect([difference.test.n, difference.word, difference.better]).toEqual([4, 'better', 'gru']);
    expect(difference.test.mean).toBeCloseTo(0.4875, 1);
  });

  it('takes a pair together that data sets compare the other way round', () => {
    const sets = [
      [3, 2.5],
      [3, 2.6],
      [3, 2.4],
    ];
    const found = together(sets);
    const [first, ...others] = found.experiment.datasets;
    const datasets = [{ ...first, plan: { ...first.plan, baseline: 'tanh' } }, ...others];
    const experimentOfBoth = { ...found.experiment, datasets } as Findings['experiment'];
    const [difference, ...more] = verdictOf({ ...found, experiment: experimentOfBoth }).over[0].differences;
    expect(more).toEqual([]);
    expect(difference).toMatchObject({ units: ['gru', 'tanh'], better: 'gru', test: { n: 3 } });
  });

  it('ranks a unit last that failed, and calls it better over no data sets', () => {
    const sets = [
      [3, 2.5],
      [3, 2.6],
      [3, 2.4],
      [3, 2.55],
    ];
    const failed = (unit: number, seed: number) => (unit === 1 && seed === 2 ? { test_nll: null } : {});
    const [over] = verdictOf(together(sets, failed)).over;
    expect(over.standings.map(({ rank, lowest }) => [rank, lowest])).toEqual([
      [1, 4],
      [2, 0],
    ]);
    expect(over.differences[0]).toMatchObject({ word: 'not distinguishable', test: { n: 4 } });
  });

  it('says nothing of two data sets but their mean, and is not there for one', () => {
    const two = verdictOf(
      together([
        [3, 2],
        [3, 2.1],
      ]),
    ).over[0].differences[0];
    expect(two.word).toBe('too few to say');
    expect(overDataSets(experiment([3, 2]), [])).toEqual([]);
  });
});

describe('who is ahead at which budget', () => {
  it('follows the expected best', () => {
    const found = experiment([3, 2], { draws: 3 });
    // tanh finds its best at once; GRU, worse on average, has a better one.
    const nlls: Record<string, number[]> = { tanh: [4, 4, 4], gru: [3.5, 6, 6] };
    const cells = found.cells.map((cell) => ({
      ...cell,
      search: cell.search.map((row, i) => ({ ...row, valid_nll: nlls[cell.unit][i] })),
    }));
    expect(budgetItems({ ...found, cells })).toEqual([
      { lead: 'set', text: 'lowest expected validation NLL: tanh with 1 to 2 draws, GRU with 3 draws.' },
    ]);
  });
});
