import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/catalogue.js';
import type { PianoRoll } from '../../src/data/sequence.js';
import { writeModel } from '../../src/model/model-file.js';
import { paperSpec, parameterCount, parameterSlices } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { whyNoRealData } from '../data/real-data.js';
import { skipWhere } from '../skip.js';
import { emptyFolder, runHere } from './command.js';

/** Of a key that training never sounds; any floor from 1e-8 to 1e-7 gives the same second decimal. */
const SMALLEST_PROBABILITY = 1e-7;

function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** A model that gives each key the same probability in every frame: all weights 0, biases its logit. */
function constantModel(rolls: readonly PianoRoll[]) {
  const spec = paperSpec('music', unitNamed('tanh'), { hidden: 1 });
  const counts = new Float64Array(88);
  let frames = 0;
  for (const roll of rolls) {
    frames += roll.frames - 1;
    for (const key of roll.keys.subarray(roll.starts[1])) counts[key]++;
  }
  const parameters = new Float32Array(parameterCount(spec));
  const bias = parameterSlices(spec).find(({ name }) => name === 'output.b');
  parameters.set(
    counts.map((count) => logit(Math.max(count / frames, SMALLEST_PROBABILITY))),
    bias?.offset,
  );
  return { spec, parameters };
}

describe('evaluate, on real data (GRU_BENCH_DATA)', skipWhere(whyNoRealData()), () => {
  it.each([
    ['nottingham', 10.26],
    ['jsb-chorales', 11.09],
    ['musedata', 11.52],
    ['piano-midi', 11.05],
  ])('a fitted per-key Bernoulli on %s: test NLL %d per frame', async (name, expected) => {
    const file = join(emptyFolder(), 'constant.safetensors');
    const { splits } = await loadDataset(name);
    writeModel(file, constantModel(splits.train as PianoRoll[]));
    const { code, stdout } = await runHere(['evaluate', file, '--dataset', name, '--json']);
    expect(code).toBe(0);
    const [test] = JSON.parse(stdout).splits;
    expect(test.perFrame.toFixed(2)).toBe(expected.toFixed(2));
    expect(test.sequences).toBe(splits.test.length);
  });
});

describe('evaluate', () => {
  it("gives a run's best epoch the NLLs of its curve, on every split", async () => {
    const folder = join(emptyFolder(), 'run');
    const words = ['--model', 'gru', '--dataset', 'demo-music', '--max-sequences', '4', '--epochs', '2'];
    const trained = await runHere(['train', ...words, '--out', folder, '--json']);
    const { best } = JSON.parse(trained.stdout.trimEnd().split('\n').at(-1) as string);
    const { stdout } = await runHere(['evaluate', folder, '--split', 'all', '--json']);
    for (const { split, perFrame, perSequence } of JSON.parse(stdout).splits) {
      expect(perFrame).toBe(best[`${split}_nll`]);
      expect(perSequence).toBe(best[`${split}_nll_per_sequence`]);
    }
    const text = await runHere(['evaluate', folder]);
    expect(text.stdout).toMatch(/^test +\d+\.\d{4} +\d+\.\d{4} +4 +\d+$/m);

    const parameters = join(folder, 'best.safetensors');
    const bytes = readFileSync(parameters);
    bytes[bytes.length - 3] ^= 1;
    writeFileSync(parameters, bytes);
    const damaged = await runHere(['evaluate', folder]);
    expect([damaged.code, damaged.stderr]).toEqual([
      1,
      expect.stringContaining('is not as the run wrote it; put it back'),
    ]);
    rmSync(parameters);
    const lost = await runHere(['evaluate', folder]);
    expect([lost.code, lost.stderr]).toEqual([
      1,
      expect.stringContaining('best.safetensors is missing: put it back'),
    ]);
  });

  it('agrees across backends', async () => {
    const folder = join(emptyFolder(), 'run');
    const words = ['--model', 'lstm', '--dataset', 'demo-speech', '--max-sequences', '4', '--epochs', '1'];
    await runHere(['train', ...words, '--out', folder, '--quiet']);
    const nll = async (backend: string) => {
      const { stdout } = await runHere(['evaluate', folder, '--json', '--backend', backend]);
      return JSON.parse(stdout).splits[0].perFrame as number;
    };
    const reference = await nll('tensorflow');
    for (const backend of ['wasm', 'cpu']) expect((await nll(backend)) / reference).toBeCloseTo(1, 5);
  });

  it('refuses what does not fit with one line', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'music.safetensors');
    const spec = paperSpec('music', unitNamed('gru'), { hidden: 2 });
    writeModel(file, { spec, parameters: new Float32Array(parameterCount(spec)) });
    const garbage = join(folder, 'garbage.safetensors');
    writeFileSync(garbage, 'not tensors at all');
    for (const [words, code, message] of [
      [[file], 2, '--dataset is missing'],
      [[file, '--dataset', 'demo-speech'], 2, 'demo-speech needs'],
      [[join(folder, 'none')], 2, 'no such run or file'],
      [[folder], 2, 'holds no run'],
      [[garbage, '--dataset', 'demo-music'], 1, 'byte 0'],
      [[file, '--dataset', 'demo-music', '--split', 'tset'], 2, '--split'],
    ] as const) {
      const result = await runHere(['evaluate', ...words]);
      expect(result.stderr).toContain(message);
      expect(result.stderr.trimEnd().split('\n').length).toBe(1);
      expect(result.code).toBe(code);
    }
  });
});
