import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FusedKernels, Kernels } from '../../src/kernels/choice.js';
import type { UpdatedVectors } from '../../src/kernels/engine.js';
import { engineOf } from '../../src/kernels/engines.js';
import { startBackend } from '../../src/platform/backend.js';
import { RmsPropMomentum } from '../../src/training/rmsprop-momentum.js';
import { readJson } from '../golden.js';
import { ALL_KERNELS, COMPOSED, fused, kernelPaths } from '../kernels/variants.js';

interface Golden {
  learningRate: number;
  decay: number;
  momentum: number;
  floor: number;
  maxGradientNorm: number;
  initial: number[];
  gradients: number[][];
  parametersAfterEachStep: number[][];
}

const golden = readJson<Golden>('rmsprop-momentum.json');
const settings = {
  decay: golden.decay,
  momentum: golden.momentum,
  rmsFloor: golden.floor,
  maximumGradientNorm: golden.maxGradientNorm,
};

/** An optimiser from its parameters on. */
interface Optimiser {
  step(gradient: number[]): void;
  /** Parameters, mean square and velocity. */
  all(): number[][];
  gradientNorm(): number;
}

function optimiserFrom(kernels: Kernels, initial: number[]): Optimiser {
  return kernels.name === 'fused' ? fusedOptimiser(kernels, initial) : composedOptimiser(initial);
}

function composedOptimiser(initial: number[]): Optimiser {
  const parameters = tf.variable(tf.tensor1d(initial));
  const optimiser = new RmsPropMomentum(parameters, settings);
  optimiser.learningRate = golden.learningRate;
  return {
    step: (gradient) => tf.tidy(() => optimiser.applyGradients({ [parameters.name]: tf.tensor1d(gradient) })),
    all: () => [parameters.dataSync(), ...Object.values(optimiser.state())].map((vector) => [...vector]),
    gradientNorm: () => optimiser.gradientNorm,
  };
}

function fusedOptimiser({ simd }: FusedKernels, initial: number[]): Optimiser {
  const engine = engineOf(simd);
  const path = engine.paths.indexOf(simd);
  const zeros = () => new Float32Array(initial.length);
  let now: UpdatedVectors<Float32Array> = [Float32Array.from(initial), zeros(), zeros()];
  let norm = 0;
  return {
    step(gradient) {
      const next: typeof now = [zeros(), zeros(), zeros()];
      const { decay, momentum, rmsFloor, maximumGradientNorm } = settings;
      const rates = [decay, momentum, golden.learningRate, rmsFloor, maximumGradientNorm] as const;
      norm = engine.rmsPropMomentum(path, ...now, Float32Array.from(gradient), ...next, ...rates);
      if (Number.isFinite(norm)) now = next;
      else expect(next).toEqual([zeros(), zeros(), zeros()]);
    },
    all: () => now.map((vector) => [...vector]),
    gradientNorm: () => norm,
  };
}

const CASES = (['tensorflow', 'wasm', 'cpu'] as const).flatMap((backend) =>
  ALL_KERNELS.map(({ label, kernels }) => ({ backend, label, kernels })),
);

describe.each(CASES)('RMSProp with momentum on $backend, $label', ({ backend, kernels }) => {
  beforeAll(async () => {
    await startBackend(backend, 1);
  });

  const optimiserOf = (initial: number[]) => optimiserFrom(kernels, initial);

  it('equals the golden after each step, to the rounding of float32', () => {
    const { step, all } = optimiserOf(golden.initial);
    for (const [i, gradient] of golden.gradients.entries()) {
      step(gradient);
      for (const [k, value] of all()[0].entries()) {
        const expected = golden.parametersAfterEachStep[i][k];
        expect(Math.abs(value - expected)).toBeLessThan(2e-7 * Math.max(1, Math.abs(expected)));
      }
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('leaves all as it is when a gradient holds %d', (bad) => {
    const { gradientNorm, step, all } = optimiserOf([1, 2, 3]);
    step([0.1, 0.2, 0.3]);
    const before = all();
    step([0.1, bad, 0.3]);
    expect(Number.isFinite(gradientNorm())).toBe(false);
    expect(all()).toEqual(before);
  });

  it('takes the norm of a gradient whose squares exceed float32', () => {
    const { gradientNorm, step, all } = optimiserOf([0, 0]);
    step([3e30, 4e30]);
    expect(gradientNorm() / 5e30).toBeCloseTo(1, 6);
    expect(all()[0].every(Number.isFinite)).toBe(true);
  });

  it('holds no more tensors after a hundred steps than after one', () => {
    const { step } = optimiserOf([1, 2, 3]);
    step([0.1, 0.2, 0.3]);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 100; i++) step([0.1, -0.2, 0.3]);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('fused and composed updates', () => {
  const random = (n: number, scale: number, seed: number) =>
    Array.from({ length: n }, (_, i) => scale * Math.sin(seed + 1.7 * i * i));

  it.each(kernelPaths())('have the same bits on %s', (simd) => {
    for (const n of [1, 15, 16, 17, 1000]) {
      const [one, other] = [COMPOSED, fused(simd)].map((kernels) => optimiserFrom(kernels, random(n, 1, 0)));
      for (const scale of [1e-6, 1e-3, 0.05, 3]) {
        for (const { step } of [one, other]) step(random(n, scale, scale));
        // The order in which squares are added up differs; the sum is in double precision.
        expect(one.gradientNorm() / other.gradientNorm()).toBeCloseTo(1, 12);
        expect(other.all()).toEqual(one.all());
      }
    }
  });
});
