import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, run, runHere } from './command.js';
import {
  type Changes,
  changed,
  configFile,
  type Event,
  grow,
  published,
  reproduced,
  rowsOf,
  SMALL,
} from './experiment.js';

/** A data set that is added. */
const SECOND =
  'dataset: demo-music, name: second, units: [gru], seeds: 1, training: { maxSequences: 3, scheduleEpochs: 8 }, search: { draws: 1, strata: 1, rungs: [] }';

/** The trials of an experiment that were trained in a call, each as `unit draw seed`. */
const trained = (events: readonly Event[]) =>
  events.filter(({ event }) => event === 'trial').map(({ unit, draw, seed }) => `${unit} ${draw} ${seed}`);

describe('an experiment that grows', () => {
  it('by seeds trains these alone, equals one that had them from the start, and does not grow again', async () => {
    const folder = await reproduced();
    const before = published(folder);
    const events = await grow(SMALL, folder, '--add-seeds', '2');
    const winner = (unit: string) =>
      before.results.find((row) => row.unit === unit && row.seed === '2')?.draw;
    expect(trained(events).sort()).toEqual(
      ['gru', 'lstm'].flatMap((unit) => [3, 4].map((seed) => `${unit} ${winner(unit)} ${seed}`)),
    );
    const grown = changed(SMALL, [['seeds: 2', 'seeds: 4']]);
    expect(published(folder)).toEqual(published(await reproduced(grown)));
    expect(trained(await grow(SMALL, folder, '--add-seeds', '2'))).toEqual([]);
    expect(trained(await grow(grown, folder))).toEqual([]);
  });

  it('by draws, epochs, units and data sets equals one that had them from the start', async () => {
    const folder = await reproduced();
    const grown = changed(SMALL, [
      ['draws: 3', 'draws: 4'],
      ['epochs: 6', 'epochs: 8'],
      ['[gru, lstm]', '[tanh, gru, lstm]'],
      ['[{ dataset: demo-music }]', `[{ ${SECOND} }, { dataset: demo-music }]`],
    ]);
    const events = await grow(grown, folder);
    // Of what had reached the rung, nothing begins anew.
    const isOld = ({ dataset, unit, draw }: Event) =>
      dataset === 'demo-music' && unit !== 'tanh' && [1, 2, 3].includes(Number(draw));
    const old = events.filter((one) => one.event === 'trial' && isOld(one));
    expect(old.length).toBeGreaterThan(0);
    for (const { epochs } of old) expect(epochs).toBe(8);
    const stated = changed(grown, [
      ['draws: 4', 'draws: 4, strata: 3'],
      ['epochs: 8', 'epochs: 8, scheduleEpochs: 6'],
    ]);
    expect(published(folder)).toEqual(published(await reproduced(stated)));
  });

  it('says what is reused and what is new, and how draws and schedule go on, before it trains', async () => {
    const folder = await reproduced();
    const grown = changed(SMALL, [
      ['draws: 3', 'draws: 5'],
      ['epochs: 6', 'epochs: 8'],
      ['seeds: 2', 'seeds: 3'],
    ]);
    const words = ['reproduce', configFile(grown), '--out', folder, '--dry-run'];
    const before = readFileSync(join(folder, 'trials', 'plan.json'), 'utf8');
    const best = String(rowsOf(join(folder, 'results.csv')).find(({ seed }) => seed === '2')?.draw);
    const other = join(folder, 'trials', 'demo-music', 'gru', `draw-0${best}-seed-9-0123456789ab`);
    mkdirSync(other);
    writeFileSync(join(other, 'config.json'), '');
    const { stdout } = await run(words);
    expect(stdout).toContain('draws go on from the 3 strata that the trials here have');
    expect(stdout).toContain('learning rates fall over 6 epochs, as those of the trials here');
    expect(stdout).toMatch(/^demo-music +gru +46 +18,630 +5 +3 +- +1 +4 +3 /m);
    expect(stdout).toMatch(
      /^Of 16 trials 2 are done and 8 begun, and reused as they are; 6 are new; 1 run folder is none/m,
    );
    expect(readFileSync(join(folder, 'trials', 'plan.json'), 'utf8')).toBe(before);
  });

  it.each<[string, Changes, string]>([
    ['fewer seeds', [['seeds: 2', 'seeds: 1']], 'seeds is 1, not at least 2 as in the results'],
    ['fewer draws', [['draws: 3', 'draws: 2']], 'search.draws is 2, not at least 3'],
    ['fewer epochs', [['epochs: 6', 'epochs: 5']], 'training.epochs is 5, not at least 6'],
    ['fewer units', [['[gru, lstm]', '[gru]']], 'units has no lstm'],
    [
      'other options',
      [['epochs: 6', 'epochs: 6, momentum: 0.5']],
      'training.momentum is not that of the results',
    ],
    ['another search', [['[-8, -6]', '[-9, -6]']], 'search.logLearningRate is not that of the results'],
    ['free draws', [['draws: 3', 'draws: 3, sampling: free']], 'search.sampling is not that of the results'],
    ['another seed', [['seeds: 2', 'seeds: 2\nseed: 2']], 'seed is not that of the results'],
    ['other data', [['maxSequences: 6', 'maxSequences: 5']], 'other sequences than the trials'],
    [
      'other kernels',
      [['backend: cpu', 'backend: cpu, kernels: composed']],
      'were made by kernels of the family "fused, fused multiply-adds", and here they are "composed, cpu"',
    ],
  ])('is refused where it is none: %s', async (_, changes, message) => {
    const folder = await reproduced();
    const config = configFile(changed(SMALL, changes));
    const { code, stderr } = await runHere(['reproduce', config, '--out', folder]);
    expect(stderr).toMatch(/^gru-bench: demo-music[^\n]*; choose another --out, or remove [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });
});

describe('a search of several options', () => {
  it('draws them equally for each unit, and tells each in a column of its own, which check holds', async () => {
    const folder = join(emptyFolder(), 'out');
    const space = 'space: { weightNoise: [0, 0.15], batchSize: { oneOf: [1, 2] } }';
    const text = changed(SMALL, [
      ['logLearningRate: [-8, -6], rungs: [{ epochs: 2, keep: 2 }]', space],
      ['epochs: 6', 'epochs: 2'],
      ['seeds: 2', 'seeds: 1'],
    ]);
    await grow(text, folder);
    const { results } = published(folder);
    for (const { draw, learning_rate, weight_noise, batch_size } of results)
      for (const other of results.filter((row) => row.draw === draw))
        expect(other).toMatchObject({ learning_rate, weight_noise, batch_size });
    const search = results.filter(({ unit }) => unit === 'gru');
    expect(search.map(({ weight_noise }) => Math.floor(20 * Number(weight_noise))).sort()).toEqual([0, 1, 2]);
    expect(new Set(search.map(({ batch_size }) => batch_size)).size).toBe(2);
    expect((await runHere(['check', folder, '--files', '--quiet'])).code).toBe(0);
    const file = join(folder, 'results.csv');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/,([12]),([\d.]+)\n/, (_, size, noise) => `,${3 - size},${noise}\n`),
    );
    const { stdout } = await runHere(['check', folder, '--files', '--json', '--quiet']);
    const plan = JSON.parse(stdout).checks.find(({ check }: { check: string }) => check === 'the plan');
    expect(plan.faults[0].text).toMatch(/^line \d+, batch_size is [12] instead of [12]$/);
  });
});
