import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newUnitText } from '../../src/cli/new-unit.js';
import { experimentJsonSchema } from '../../src/experiment/config.js';
import { experimentFile, PACKAGED } from '../../src/experiment/packaged.js';
import { readExperiment } from '../../src/experiment/read-config.js';
import { Misuse } from '../../src/platform/failure.js';
import { emptyFolder } from '../cli/command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function read(text: string) {
  const path = join(emptyFolder(), 'experiment.yaml');
  writeFileSync(path, text);
  return (await readExperiment(path)).plans;
}

describe('an experiment file', () => {
  it('names an own unit by its file wherever it names units', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'mine.mjs'), newUnitText('mine.mjs'));
    const path = join(folder, 'experiment.yaml');
    writeFileSync(
      path,
      'units: [gru, ./mine.mjs]\nbaseline: ./mine.mjs\nhiddenUnits: { ./mine.mjs: 7 }\ndatasets: [{ dataset: a }]',
    );
    const [plan] = (await readExperiment(path)).plans;
    expect(plan).toMatchObject({ units: ['gru', 'mine'], baseline: 'mine', hiddenUnits: { mine: 7 } });
  });

  it('says where to write the file of an own unit that is not there', async () => {
    const path = join(emptyFolder(), 'experiment.yaml');
    writeFileSync(path, 'units: [./mine.mjs]\ndatasets: [{ dataset: a }]');
    const unit = join(dirname(path), 'mine.mjs');
    await expect(readExperiment(path)).rejects.toThrow(
      `${unit}: no such file; \`gru-bench units new ${unit}\` writes one`,
    );
  });

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
    const search = { draws: 3, sampling: 'stratified', logLearningRate: [-12, -6], space: {}, rungs: [] };
    expect(music.search).toEqual(search);
    expect(speech).toMatchObject({ name: 'talk', dataset: 'demo-speech', seeds: 1 });
    expect(speech.search).toMatchObject({ draws: 3, rungs: [{ epochs: 2, keep: 1 }] });
    expect(speech.training).toMatchObject({ epochs: 4, momentum: 0.5, patience: 50 });
  });

  it.each([
    ['serch: 1\ndatasets: [{ dataset: a }]', 'line 1: serch: no such field; did you mean search?'],
    ['datasets:\n  - dataset: a\n    seeds: many', 'line 3: datasets[0].seeds: many has to be a number'],
    ['seed: 1', 'datasets: is missing'],
    ['datasets: []', 'line 1: datasets: must not be empty'],
    ["seeds: '2'\ndatasets: [{ dataset: a }]", 'line 1: seeds: "2" has to be a number'],
    ["seeds: ''\ndatasets: [{ dataset: a }]", 'line 1: seeds: "" has to be a number'],
    ['seeds: 1e300\ndatasets: [{ dataset: a }]', 'line 1: seeds: 1e+300 has to be at most 1000'],
    ['hiddenUnits: 6\ndatasets: [{ dataset: a }]', 'line 1: hiddenUnits: 6 has to be a set of fields'],
    ['datasets: [{ dataset: a }]\n---\nseed: 1', 'line 2: a second document begins here (---)'],
    [
      'datasets:\n  - dataset: a\n    shortRun: { epochs: 2000000 }',
      'line 3: datasets[0].shortRun.epochs: 2000000 has to be at most 1000000',
    ],
    ['datasets: [a, b]', 'line 1: datasets[0]: a has to be a set of fields, such as { dataset: a }'],
    [
      'datasets:\n  - dataset: a\n    splitShares: [6, 2, 2]',
      'line 3: datasets[0].splitShares: no such field; did you mean training.splitShares?',
    ],
    ['draws: 3\ndatasets: [{ dataset: a }]', 'line 1: draws: no such field; did you mean search.draws?'],
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
      'cannot keep 3 of 2 draws',
    ],
    [
      'datasets:\n  - dataset: a\n    training: { epochs: 0 }',
      'datasets[0].training.epochs: 0 has to be at least 1',
    ],
    ['datasets:\n  - dataset: a\n    training: { learningRate: 1 }', 'learningRate: no such field'],
    [
      'units: [gru, lstm]\nbaseline: tanh\ndatasets: [{ dataset: a }]',
      'line 2: baseline: tanh is none of the units gru, lstm',
    ],
    [
      'units: [gru, lstm]\nbaseline: lstn\ndatasets: [{ dataset: a }]',
      'line 2: baseline: lstn is none of the units gru, lstm; did you mean lstm?',
    ],
    [
      'baseline: gru\ndatasets:\n  - dataset: a\n  - dataset: b\n    units: [tanh, lstm]',
      'line 1: baseline: gru is none of the units tanh, lstm',
    ],
    ['datasets:\n  - dataset: a\n    search: { logLearningRate: [-6, -12] }', 'the first has to be below'],
    [
      'search:\n  rungs: [{ epochs: 30, keep: 1 }]\ntraining: { epochs: 20 }\ndatasets: [{ dataset: a }]',
      'line 2: search.rungs: a rung after 30 epochs is beyond the 20 that runs have',
    ],
    ...[
      ['momentum: [0.5, 1]', 'momentum: 1 has to be less than 1'],
      ['momentum: [0.9, 0.5]', 'momentum: the first number has to be below the second'],
      ['momentum: [0.9]', 'momentum: has to be two numbers, the ends of a range'],
      [
        'momentum: [0.1, 0.2, 0.3]',
        'momentum: has to be two numbers, the ends of a range; single values are',
      ],
      ['momentum: fast', 'momentum: fast has to be a number'],
      ['weightNoise: log [0, 1]', 'weightNoise: a range of logarithms has to begin above 0'],
      ['weightNoise: log [a, 1]', 'weightNoise: log [a, 1] has to have two numbers, such as log'],
      ['weightNoise: !log [0.1, 1]', 'write !log [0.1, 1] as { log: [0.1, 1] } (Unresolved tag: !log)'],
      ['weightNoise: { lin: [0, 1] }', 'weightNoise: has to be a value, a range'],
      ['batchSize: [1, 2.5]', 'batchSize: 2.5 has to be a whole number'],
      ['schedule: [linear, cosine]', 'schedule: cosine has to be one of linear, constant'],
      ['epochs: [10, 20]', 'epochs: no such field; there are learningRate'],
      ['learningrate: 1', 'learningrate: no such field; did you mean learningRate?'],
    ].map(([line, message]) => [
      `datasets:\n  - dataset: a\n    search:\n      space:\n        ${line}`,
      `line 5: ${message.includes('tag') ? '' : 'datasets[0].search.space.'}${message}`,
    ]),
    [
      'search:\n  space: { momentum: log [0.1, 0.2] }\ndatasets: [{ dataset: a }]',
      'line 2: inside braces, write log [0.1, 0.2] as { log: [0.1, 0.2] } (Unexpected flow-seq-start at node end)',
    ],
    [
      'search:\n  logLearningRate: [-9, -6]\n  space:\n    learningRate: 1e-3\ndatasets: [{ dataset: a }]',
      'line 2: search.logLearningRate: search.space.learningRate says the same: give one of them',
    ],
    [
      'training: { momentum: 0.5 }\nsearch:\n  space:\n    momentum: [0.5, 0.9]\ndatasets: [{ dataset: a }]',
      'line 4: search.space.momentum: training.momentum says the same: give one of them',
    ],
    [
      'search:\n  draws: 5\n  space: { learningRate: 1e-3 }\ndatasets: [{ dataset: a }]',
      'line 2: search.draws: there is nothing to draw 5 times',
    ],
    [
      'search:\n  sampling: free\n  strata: 4\ndatasets: [{ dataset: a }]',
      'line 3: search.strata: goes with stratified sampling, and this one is free',
    ],
  ])('that makes no sense is told by file, line and field: %s', async (text, message) => {
    const reading = read(text);
    await expect(reading).rejects.toThrow(Misuse);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/^[^\n]*experiment\.yaml, line \d+: [^\n]*$/);
  });

  it('says what a search draws from as it reads, or in braces; both are the same', async () => {
    const written = [
      `learningRate: log [6.1e-6, 2.5e-3]
    weightNoise: [0, 0.15]
    rmsFloor: log [1e-4, 1e-2]
    schedule: [linear, constant]
    batchSize: { oneOf: [1, 4] }
    decay: 0.9`,
      `learningRate: { log: [6.1e-6, 2.5e-3] }
    weightNoise: { linear: [0, 0.15] }
    rmsFloor: { log: [1e-4, 1e-2] }
    schedule: { oneOf: [linear, constant] }
    batchSize: { oneOf: [1, 4] }
    decay: 0.9`,
    ];
    const plans = await Promise.all(
      written.map((space) => read(`search:\n  space:\n    ${space}\ndatasets: [{ dataset: demo-music }]`)),
    );
    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0][0].search.space).toEqual({
      learningRate: { log: [6.1e-6, 2.5e-3] },
      weightNoise: { linear: [0, 0.15] },
      rmsFloor: { log: [1e-4, 1e-2] },
      schedule: { oneOf: ['linear', 'constant'] },
      batchSize: { oneOf: [1, 4] },
      decay: 0.9,
    });
  });

  it('lays a data set’s space over that of the experiment, option by option', async () => {
    const [plan] = await read(
      'search: { space: { momentum: [0.1, 0.2], decay: [0.8, 0.9] } }\ndatasets: [{ dataset: demo-music, search: { space: { decay: 0.95 } } }]',
    );
    expect(plan.search.space).toEqual({ momentum: { linear: [0.1, 0.2] }, decay: 0.95 });
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

  it.each(PACKAGED)(
    '%s, which docs/experiments.md says comes with the package, can be read',
    async (name) => {
      const docs = readFileSync(join(ROOT, 'docs', 'experiments.md'), 'utf8');
      expect(docs).toContain(`[\`configs/${name}.yaml\`](../configs/${name}.yaml)`);
      expect((await readExperiment(experimentFile(name))).plans.length).toBeGreaterThan(1);
    },
  );

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
      expect(search).toMatchObject({ draws: 10, sampling: 'stratified', logLearningRate: [-12, -6] });
      expect(units).toEqual(['tanh', 'gru', 'lstm']);
      expect(training).toMatchObject({ weightNoise: 0.075, maximumGradientNorm: 1 });
    }
  });
});
