import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { fusedSequenceNllAndGradient } from '../../src/kernels/fused.js';
import { loadNative, type NativeKernels } from '../../src/kernels/native.js';
import { paperSpec, parameterCount } from '../../src/model/spec.js';
import { UNIT_NAMES, unitNamed } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { twoPieces } from './two-pieces.js';
import { fused, simdPaths } from './variants.js';

const DENORMAL = 1e-39;
const native = loadNative() as NativeKernels;

beforeAll(async () => {
  await startBackend('cpu', 1);
});

const everyPath = simdPaths().flatMap((simd) => [1, 3].map((threads) => ({ simd, threads })));

it.each(everyPath)('gradients that are denormal are zero: $simd, $threads threads', ({ simd, threads }) => {
  for (const cell of UNIT_NAMES) {
    const spec = paperSpec('music', unitNamed(cell), { hidden: 20 });
    const gradientOf = (weight: number) =>
      tf.tidy(() => {
        const parameters = tf.tensor1d(
          new Float32Array(parameterCount(spec)).map((_, i) => 0.1 * Math.sin(i)),
        );
        const dy = tf.tensor1d([weight, weight]);
        const [, gradient] = fusedSequenceNllAndGradient(
          fused(simd, threads),
          spec,
          parameters,
          twoPieces(),
          dy,
        );
        return gradient.dataSync<'float32'>();
      });
    expect(gradientOf(1).some((value) => value !== 0)).toBe(true);
    expect(gradientOf(DENORMAL).every((value) => value === 0)).toBe(true);
  }
});

it.each(simdPaths())('so are a mean square and a velocity that fade, on %s', (simd) => {
  const vector = (value: number) => new Float32Array(20).fill(value);
  const next = [vector(1), vector(1), vector(1)] as const;
  const path = native.paths.indexOf(simd);
  native.rmsPropMomentum(
    path,
    vector(0.5),
    vector(DENORMAL),
    vector(DENORMAL),
    vector(0),
    ...next,
    0.95,
    0.9,
    1e-3,
    1e-2,
    1,
  );
  expect(next).toEqual([vector(0.5), vector(0), vector(0)]);
});

it('what JavaScript computes afterwards has denormal numbers as before', () => {
  const half = (value: number) => value / 2;
  for (const { simd, threads } of everyPath) {
    const spec = paperSpec('music', unitNamed('gru'), { hidden: 20 });
    tf.tidy(() => {
      const parameters = tf.zeros([parameterCount(spec)]) as tf.Tensor1D;
      fusedSequenceNllAndGradient(fused(simd, threads), spec, parameters, twoPieces(), tf.tensor1d([1, 1]));
    });
    expect(half(2 ** -1073)).toBe(Number.MIN_VALUE);
    expect(half(Number.MIN_VALUE * 4)).toBe(2 * Number.MIN_VALUE);
  }
});
