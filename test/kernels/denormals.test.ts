import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { engineOf } from '../../src/kernels/engines.js';
import { fusedSequenceNllAndGradient } from '../../src/kernels/fused.js';
import { isWasmPath } from '../../src/kernels/paths.js';
import { paperSpec, parameterCount } from '../../src/model/spec.js';
import { UNIT_NAMES, unitNamed } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { twoPieces } from './two-pieces.js';
import { fused, kernelPaths } from './variants.js';

const DENORMAL = 1e-39;

beforeAll(async () => {
  await startBackend('cpu', 1);
});

const everyPath = kernelPaths().flatMap((simd) =>
  (isWasmPath(simd) ? [1] : [1, 3]).map((threads) => ({ simd, threads })),
);

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

it.each(kernelPaths())('so are a mean square and a velocity that fade, on %s', (simd) => {
  const vector = (value: number) => new Float32Array(20).fill(value);
  const next = [vector(1), vector(1), vector(1)] as const;
  const engine = engineOf(simd);
  engine.rmsPropMomentum(
    engine.paths.indexOf(simd),
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
