import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadFolder } from '../../src/data/folder.js';
import type { MusicDataset } from '../../src/data/sequence.js';
import { unitNumber } from '../../src/kernels/native.js';
import { MODULE_FILES } from '../../src/kernels/wasm-modules.js';
import { paperSpec } from '../../src/model/spec.js';
import { gru } from '../../src/model/units/gru.js';
import { beginRun, type Run, trainingMusic, trainRun } from '../../src/play/run.js';
import { runOptions } from '../../src/play/run-options.js';
import { startEngine } from '../../src/play/start-engine.js';
import { skipWhere } from '../skip.js';

const DEMO = fileURLToPath(new URL('../../datasets/demo-music', import.meta.url));
const IS_BUILT = existsSync(MODULE_FILES.wasm);

describe('a run in memory', skipWhere(IS_BUILT ? undefined : 'not built: the WebAssembly kernels'), () => {
  /** Runs of eight pieces, on the module that any engine runs. */
  function begin(fields: Partial<Parameters<typeof runOptions>[0]> = {}): Run {
    const { engine, path } = startEngine([
      { path: 'wasm-fma', bytes: Uint8Array.of(0, 1) },
      { path: 'wasm', bytes: Uint8Array.from(readFileSync(MODULE_FILES.wasm)) },
    ]);
    const { hidden, options } = runOptions({
      ...{ unit: 'gru', hidden: 5, epochs: 3, learningRate: 1e-3, seed: 4 },
      ...fields,
    });
    const spec = paperSpec('music', gru, { hidden });
    const music = loadFolder(DEMO, 'demo', { maxSequences: 8 }) as MusicDataset;
    return beginRun(engine, unitNumber(engine, path, gru) as number, spec, options, trainingMusic(music));
  }

  /** @param stops after how many questions whether to stop a yes comes, and once more, and so on */
  async function train(run: Run, stops = Number.POSITIVE_INFINITY) {
    const endings: string[] = [];
    let asked = 0;
    do {
      endings.push(
        await trainRun(run, {
          onUpdate() {},
          onEpoch() {},
          stopRequested: async () => ++asked % stops === 0,
        }),
      );
    } while (endings.at(-1) === 'stopped');
    return endings;
  }

  it('that is stopped, in an epoch or in its evaluation, goes on to the same digits', async () => {
    const [whole, stopped] = [begin(), begin()];
    expect(await train(whole)).toEqual(['all epochs']);
    const endings = await train(stopped, 4);
    expect(endings.length).toBeGreaterThan(6);
    const withoutClock = ({ curve }: Run) => curve.map(({ wall_clock_s: _, ...row }) => row);
    expect(withoutClock(stopped)).toEqual(withoutClock(whole));
    expect(stopped.best).toEqual(whole.best);
    expect(whole.curve.map(({ epoch, updates }) => [epoch, updates])).toEqual([
      [1, 8],
      [2, 16],
      [3, 24],
    ]);
  });

  it('whose numbers are no longer finite ends, and says so', async () => {
    const run = begin({ learningRate: 1 });
    run.learner.parameters.fill(3e38);
    await expect(train(run)).rejects.toThrow(/^no gradient of epoch 1 is finite, at the initial weights: /);
  });

  it.each([
    [{ epochs: 0 }, 'Epochs 0: has to be at least 1'],
    [{ epochs: 1.5 }, 'Epochs 1.5: has to be a whole number'],
    [{ learningRate: 5 }, 'Learning rate 5: has to be at most 1'],
    [{ hidden: 5000 }, 'Hidden units 5000: has to be at most 1024'],
    [{ seed: -1 }, 'Seed -1: has to be at least 0'],
  ])('with %j is refused by its field', (fields, message) => {
    expect(() => begin(fields)).toThrow(message);
  });
});
