import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { sequenceNll, sequenceNllAndGradient } from '../../src/kernels/sequence-nll.js';
import { parameterSlices } from '../../src/model/spec.js';
import { startBackend } from '../../src/platform/backend.js';
import { type Golden, modelGoldens } from '../golden.js';
import { ALL_KERNELS } from './variants.js';

const goldens = modelGoldens();

function expectNll({ nll: expected }: Golden, nll: Float32Array): void {
  expect(nll.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(nll[i] - value) / value).toBeLessThan(1e-5);
}

function expectGradient({ spec, gradient: expected }: Golden, gradient: Float32Array, scale: number): void {
  for (const { name, offset, size } of parameterSlices(spec)) {
    const slice = expected.slice(offset, offset + size);
    const largest = Math.max(...slice.map(Math.abs));
    for (const [i, value] of slice.entries())
      expect(Math.abs(gradient[offset + i] * scale - value), name).toBeLessThan(1e-5 * largest);
  }
}

describe.each(['tensorflow', 'wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, 1);
  });

  describe.each(ALL_KERNELS)('$label', ({ kernels }) => {
    it.each(goldens)('$name: NLL to 1e-5, gradient to 1e-5 of its largest entry', (golden) => {
      const tensors = tf.memory().numTensors;
      const parameters = tf.tensor1d(golden.parameters);
      const result = sequenceNllAndGradient(kernels, golden.spec, parameters, golden.batch);
      expectNll(golden, result.nll.dataSync<'float32'>());
      // Goldens hold the gradient of the sum, the kernel that of the mean.
      expectGradient(golden, result.gradient.dataSync<'float32'>(), golden.nll.length);
      tf.dispose([parameters, result]);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    it.each(goldens)('$name: the same forward alone, and through tf.grad', (golden) => {
      const tensors = tf.memory().numTensors;
      const parameters = tf.tensor1d(golden.parameters);
      const nll = tf.tidy(() => sequenceNll(kernels, golden.spec, parameters, golden.batch));
      expectNll(golden, nll.dataSync<'float32'>());
      const sumOfNll = (p: tf.Tensor) =>
        tf.sum(sequenceNll(kernels, golden.spec, p as tf.Tensor1D, golden.batch));
      const gradient = tf.tidy(() => tf.grad(sumOfNll)(parameters));
      expectGradient(golden, gradient.dataSync<'float32'>(), 1);
      tf.dispose([parameters, nll, gradient]);
      expect(tf.memory().numTensors).toBe(tensors);
    });
  });
});
