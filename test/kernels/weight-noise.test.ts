import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/choice.js';
import { engineOf } from '../../src/kernels/engines.js';
import { modelArgumentFor } from '../../src/kernels/native.js';
import { noisyParameters } from '../../src/kernels/weight-noise.js';
import { type ModelSpec, paperSpec, parameterCount, parameterSlices } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { PURPOSES } from '../../src/random/draws.js';
import { farOff } from './far-off.js';
import { ALL_KERNELS, COMPOSED, fused, kernelPaths, pathsThatRound, ROUNDINGS } from './variants.js';

const DEVIATION = 0.075;
const spec = paperSpec('music', unitNamed('lstm'));
const draw = { seed: 1, epoch: 1, update: 0 };

beforeAll(async () => {
  await startBackend('auto', 1);
});

function withNoise(kernels: Kernels, of: ModelSpec, parameters: Float32Array, at = draw): Float32Array {
  if (kernels.name === 'fused') {
    const engine = engineOf(kernels.simd);
    const path = engine.paths.indexOf(kernels.simd);
    const noisy = new Float32Array(parameters.length);
    const model = modelArgumentFor(engine, kernels.simd, of);
    const { seed, update, epoch } = at;
    engine.weightNoise(path, model, parameters, noisy, DEVIATION, seed, PURPOSES.weightNoise, update, epoch);
    return noisy;
  }
  return tf.tidy(() =>
    noisyParameters(of, tf.tensor1d(parameters), DEVIATION, at).dataSync<'float32'>().slice(),
  );
}

/** What the noise adds to parameters that are all 0. */
function noiseOf(kernels: Kernels, of: ModelSpec = spec, at = draw): Float32Array {
  return withNoise(kernels, of, new Float32Array(parameterCount(of)), at);
}

describe.each(ALL_KERNELS)('weight noise, $label', ({ kernels }) => {
  const isNoisy = ({ role, layer }: { role: string; layer: string }) =>
    layer === 'cell' && (role === 'W' || role === 'U');

  it('is on W and U of the cell and nowhere else', () => {
    const noise = noiseOf(kernels);
    for (const slice of parameterSlices(spec)) {
      const values = noise.subarray(slice.offset, slice.offset + slice.size);
      expect(values.every((value) => (value !== 0) === isNoisy(slice))).toBe(true);
    }
  });

  it('adds to the parameters, and leaves them as they are', () => {
    const noise = noiseOf(kernels);
    const parameters = noise.map((_, i) => Math.sin(i));
    const sum = noise.map((value, i) => Math.fround(parameters[i] + value));
    expect(withNoise(kernels, spec, parameters)).toEqual(sum);
    expect(parameters).toEqual(noise.map((_, i) => Math.sin(i)));
  });

  it('is normal: moments of 650 000 deviates within five standard errors', () => {
    const speech = paperSpec('speech', unitNamed('tanh'));
    const slices = parameterSlices(speech).filter(isNoisy);
    const z = [0, 1, 2, 3].flatMap((update) => {
      const noise = noiseOf(kernels, speech, { ...draw, update });
      return slices.flatMap(({ offset, size }) =>
        Array.from(noise.subarray(offset, offset + size), (value) => value / DEVIATION),
      );
    });
    const moment = (power: number) => z.reduce((sum, value) => sum + value ** power, 0) / z.length;
    // Variances of z, z², z³, z⁴ are 1, 2, 15, 96.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / z.length));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / z.length));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / z.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / z.length));
  });

  it('is drawn anew at each update, and the same again for the same update', () => {
    expect(noiseOf(kernels)).toEqual(noiseOf(kernels));
    for (const other of [{ seed: 2 }, { epoch: 2 }, { update: 1 }]) {
      const there = noiseOf(kernels, spec, { ...draw, ...other });
      const same = noiseOf(kernels).filter((value, i) => value !== 0 && value === there[i]);
      // Of 18 000 float32 numbers, a few meet by chance.
      expect(same.length).toBeLessThan(10);
    }
  });
});

describe.each(['tanh', 'gru', 'lstm'] as const)('weight noise of %s', (cell) => {
  const of = paperSpec('music', unitNamed(cell), { hidden: 37 });

  it('is the same composed and fused, to the rounding of float32', () => {
    const composed = noiseOf(COMPOSED, of);
    for (const simd of kernelPaths())
      expect(
        farOff(composed, noiseOf(fused(simd), of), () => 4e-7 * DEVIATION * 6),
        simd,
      ).toBeUndefined();
  });

  it.each(ROUNDINGS)('has the same bits on all paths whose multiply-adds are %s', (rounding) => {
    const [widest, ...others] = pathsThatRound(rounding);
    for (const simd of others) expect(noiseOf(fused(simd), of)).toEqual(noiseOf(fused(widest), of));
  });
});
