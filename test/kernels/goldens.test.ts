import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { sequenceNllAndGradient } from '../../src/kernels/sequence-nll.js';
import { parameterSlices } from '../../src/model/spec.js';
import { startBackend } from '../../src/platform/backend.js';
import { modelGoldens } from '../golden.js';

const goldens = modelGoldens();

describe.each(['tensorflow', 'wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, 1);
  });

  it.each(goldens)('$name: NLL to 1e-5, gradient to 1e-5 of its largest entry', (golden) => {
    const tensors = tf.memory().numTensors;
    const parameters = tf.tensor1d(golden.parameters);
    const result = sequenceNllAndGradient(golden.spec, parameters, golden.batch);
    const nll = result.nll.dataSync();
    const gradient = result.gradient.dataSync();
    tf.dispose([parameters, result]);
    expect(tf.memory().numTensors).toBe(tensors);

    for (const [i, expected] of golden.nll.entries())
      expect(Math.abs(nll[i] - expected) / expected).toBeLessThan(1e-5);
    for (const { name, offset, size } of parameterSlices(golden.spec)) {
      const expected = golden.gradient.slice(offset, offset + size);
      const largest = Math.max(...expected.map(Math.abs));
      // Goldens hold the gradient of the sum, the kernel that of the mean.
      for (const [i, value] of expected.entries())
        expect(Math.abs(gradient[offset + i] * golden.nll.length - value), name).toBeLessThan(1e-5 * largest);
    }
  });
});
