import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/platform/backend.js';
import { RmsPropMomentum } from '../../src/training/rmsprop-momentum.js';
import { readJson } from '../golden.js';

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

describe.each(['tensorflow', 'wasm', 'cpu'] as const)('RMSProp with momentum on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, 1);
  });

  const optimiserOf = (initial: number[]) => {
    const parameters = tf.variable(tf.tensor1d(initial));
    const optimiser = new RmsPropMomentum(parameters, settings);
    optimiser.learningRate = golden.learningRate;
    const step = (gradient: number[]) =>
      tf.tidy(() => optimiser.applyGradients({ [parameters.name]: tf.tensor1d(gradient) }));
    return { parameters, optimiser, step };
  };

  it('equals the golden after each step, to the rounding of float32', () => {
    const { parameters, step } = optimiserOf(golden.initial);
    for (const [i, gradient] of golden.gradients.entries()) {
      step(gradient);
      for (const [k, value] of parameters.dataSync().entries()) {
        const expected = golden.parametersAfterEachStep[i][k];
        expect(Math.abs(value - expected)).toBeLessThan(2e-7 * Math.max(1, Math.abs(expected)));
      }
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('leaves all as it is when a gradient holds %d', (bad) => {
    const { parameters, optimiser, step } = optimiserOf([1, 2, 3]);
    step([0.1, 0.2, 0.3]);
    const all = () => [parameters, optimiser.meanSquare, optimiser.velocity].map((v) => [...v.dataSync()]);
    const before = all();
    step([0.1, bad, 0.3]);
    expect(Number.isFinite(optimiser.gradientNorm)).toBe(false);
    expect(all()).toEqual(before);
  });

  it('takes the norm of a gradient whose squares exceed float32', () => {
    const { parameters, optimiser, step } = optimiserOf([0, 0]);
    step([3e30, 4e30]);
    expect(optimiser.gradientNorm / 5e30).toBeCloseTo(1, 6);
    expect([...parameters.dataSync()].every(Number.isFinite)).toBe(true);
  });
});
