import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { experimentJsonSchema, readExperiment } from '../../src/experiment/config.js';
import { Misuse } from '../../src/platform/failure.js';
import { emptyFolder } from '../cli/command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function read(text: string) {
  const path = join(emptyFolder(), 'experiment.yaml');
  writeFileSync(path, text);
  return (await readExperiment(path)).plans;
}

describe('an experiment file', () => {
  it('lays a data set’s settings over those of the experiment, field by field', async () => {
    const [music, speech] = await read(`
search: { draws: 3 }
seeds: 5
training: { epochs: 9, momentum: 0.5 }
datasets:
  - dataset: demo-music
  - dataset: demo-speech
    name: talk
    seeds: 1
    search: { rungs: [{ epochs: 2, keep: 1 }] }
    training: { epochs: 4 }
`);
    expect(music).toMatchObject({ name: 'demo-music', seeds: 5, seed: 1, training: { epochs: 9 } });
    expect(music.search).toEqual({ draws: 3, logLearningRate: [-12, -6], rungs: [] });
    expect(speech).toMatchObject({ name: 'talk', dataset: 'demo-speech', seeds: 1 });
    expect(speech.search).toMatchObject({ draws: 3, rungs: [{ epochs: 2, keep: 1 }] });
    expect(speech.training).toMatchObject({ epochs: 4, momentum: 0.5, patience: 50 });
  });

  it.each([
    ['serch: 1\ndatasets: [{ dataset: a }]', 'line 1: serch: no such field; did you mean search?'],
    ['datasets:\n  - dataset: a\n    seeds: many', 'line 3: datasets[0].seeds: many has to be a number'],
    ['seed: 1', 'datasets: is missing'],
    ['datasets:\n  - name: x', 'line 2: datasets[0].dataset: is missing'],
    ['datasets: [', 'line 1: Flow sequence'],
    ['datasets:\n  - dataset: a\n  - dataset: b/a', 'line 3: datasets[1]: there are two called a'],
    ['datasets:\n  - dataset: a\n  - dataset: b/A', 'line 3: datasets[1]: there are two called A'],
    ...['a/../b', '..', '.a', '-a', 'con', 'plan.json', '__proto__', 'x'.repeat(101), '"a,b"', '"a\\nb"'].map(
      (name) => [`datasets:\n  - dataset: a\n    name: ${name}`, 'line 3: datasets[0].name'],
    ),
    [
      'datasets:\n  - dataset: a\n    training: { splitShares: [1, 2] }',
      'datasets[0].training.splitShares: has to be a list of 3',
    ],
    [
      'datasets:\n  - dataset: a\n    search:\n      rungs: [{ epochs: 3, keep: 2 }, { epochs: 3, keep: 1 }]',
      'line 4: datasets[0].search.rungs: epochs have to rise',
    ],
    [
      'datasets:\n  - dataset: a\n    search: { draws: 2, rungs: [{ epochs: 3, keep: 3 }] }',
      'cannot keep 3 of 2 learning rates',
    ],
    [
      'datasets:\n  - dataset: a\n    training: { epochs: 0 }',
      'datasets[0].training.epochs: 0 has to be at least 1',
    ],
    ['datasets:\n  - dataset: a\n    training: { learningRate: 1 }', 'learningRate: no such field'],
    ['datasets:\n  - dataset: a\n    search: { logLearningRate: [-6, -12] }', 'the first has to be below'],
  ])('that makes no sense is told by file, line and field: %s', async (text, message) => {
    const reading = read(text);
    await expect(reading).rejects.toThrow(Misuse);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/^[^\n]*experiment\.yaml, line \d+: [^\n]*$/);
  });

  it('counts paths of data sets from its own folder, and calls the sets by names that tables bear', async () => {
    const path = join(emptyFolder(), 'experiment.yaml');
    const folders = ['midi', '../my,midi', './', '=1', 'con', '/a/b'];
    writeFileSync(
      path,
      JSON.stringify({
        datasets: [...folders, 'quick/nottingham', 'jsb-chorales'].map((dataset) => ({ dataset })),
      }),
    );
    const { plans } = await readExperiment(path);
    const inside = (way: string) => resolve(dirname(path), way);
    expect(plans.map(({ dataset }) => dataset)).toEqual([
      ...folders.map(inside),
      inside('quick/nottingham'),
      'jsb-chorales',
    ]);
    expect(plans.map(({ name }) => name)).toEqual([
      'midi',
      'my-midi',
      basename(dirname(path)),
      '1',
      'data-con',
      'b',
      'nottingham',
      'jsb-chorales',
    ]);
  });

  it('has the JSON Schema that lies beside the configs', () => {
    const file = join(ROOT, 'configs', 'experiment.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(experimentJsonSchema())),
    );
  });

  it.each(['paper', 'quick'])('configs/%s.yaml can be read', async (name) => {
    expect((await readExperiment(join(ROOT, 'configs', `${name}.yaml`))).plans.length).toBeGreaterThan(1);
  });

  it('of the paper has its protocol', async () => {
    const { plans } = await readExperiment(join(ROOT, 'configs', 'paper.yaml'));
    expect(plans.map(({ name }) => name)).toEqual([
      'nottingham',
      'jsb-chorales',
      'musedata',
      'piano-midi',
      'speech-a',
      'speech-b',
    ]);
    for (const { search, units, training } of plans) {
      expect(search).toMatchObject({ draws: 10, logLearningRate: [-12, -6] });
      expect(units).toEqual(['tanh', 'gru', 'lstm']);
      expect(training).toMatchObject({ weightNoise: 0.075, maximumGradientNorm: 1 });
    }
  });
});
