import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { rollFromSpans } from '../../src/data/piano-roll.js';
import { chooseKernels } from '../../src/kernels/choice.js';
import { initialParameters } from '../../src/model/initialise.js';
import { paperSpec } from '../../src/model/spec.js';
import { gru } from '../../src/model/units/gru.js';
import { startBackend } from '../../src/platform/backend.js';
import { evaluateSequences } from '../../src/training/evaluate.js';

it('each sequence of a set gets its own NLL, in whatever order they are packed', async () => {
  await startBackend('cpu', 1);
  const spec = paperSpec('music', gru, { hidden: 5 });
  const parameters = tf.tensor1d(initialParameters(spec, 1, 0.5));
  const kernels = chooseKernels('auto', 1);
  const rolls = [4, 9, 3, 9, 12, 2].map((frames, i) =>
    rollFromSpans(frames, [{ key: 7 * i, from: i % 2, until: frames }]),
  );
  const together = evaluateSequences(kernels, spec, parameters, rolls);
  expect(together.map(({ predictedFrames }) => predictedFrames)).toEqual([3, 8, 2, 8, 11, 1]);
  const alone = rolls.map((roll) => evaluateSequences(kernels, spec, parameters, [roll])[0].nll);
  expect(new Set(alone).size).toBe(rolls.length);
  for (const [i, { nll }] of together.entries()) expect(nll / alone[i]).toBeCloseTo(1, 5);
});
