import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { sequenceNll, sequenceNllAndGradient } from '../../src/kernels/sequence-nll.js';
import { parameterSlices } from '../../src/model/spec.js';
import { startBackend } from '../../src/platform/backend.js';
import { type Golden, modelGoldens } from '../golden.js';
import { farOff } from './far-off.js';
import { ALL_KERNELS } from './variants.js';

const goldens = modelGoldens();

function expectNll({ nll: expected }: Golden, nll: Float32Array): void {
  expect(nll.length).toBe(expected.length);
  expect(farOff(expected, nll, (value) => 1e-5 * value)).toBeUndefined();
}

function expectGradient({ spec, gradient: expected }: Golden, gradient: Float32Array, scale: number): void {
  for (const { name, offset, size } of parameterSlices(spec)) {
    const slice = expected.slice(offset, offset + size);
    const largest = Math.max(...slice.map(Math.abs));
    const actual = Float64Array.from(gradient.subarray(offset, offset + size), (value) => value * scale);
    expect(
      farOff(slice, actual, () => 1e-5 * largest),
      name,
    ).toBeUndefined();
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
