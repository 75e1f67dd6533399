import * as tf from '@tensorflow/tfjs-core';
import { type ModelSpec, parameterSlices } from '../model/spec.js';
import { type Draw, normal } from '../random/draws.js';
import type { Kernels } from './choice.js';
import { fusedWeightNoise } from './fused.js';

/**
 * The parameters with Gaussian noise on W and U of the cell, and on nothing else (the paper gives the
 * deviation, the authors' public code the place). The noise on parameter i is a function of seed, epoch, update
 * and i. The caller disposes of the tensor.
 *
 * @param into may receive the values; free again when the tensor is disposed of
 */
export function noisyParameters(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  deviation: number,
  draw: Pick<Draw, 'seed' | 'epoch' | 'update'>,
  into?: Float32Array,
): tf.Tensor1D {
  if (kernels.name === 'fused') {
    const array = into ?? new Float32Array(parameters.size);
    return fusedWeightNoise(parameters, { kernels, spec, deviation, draw, into: array });
  }
  return tf.tidy(() => tf.add(parameters, tf.tensor1d(composedWeightNoise(spec, deviation, draw))));
}

function composedWeightNoise(
  spec: ModelSpec,
  deviation: number,
  draw: Pick<Draw, 'seed' | 'epoch' | 'update'>,
): Float32Array {
  const slices = parameterSlices(spec);
  const cell = slices.filter(({ layer }) => layer === 'cell');
  const size = (all: typeof slices) => all.reduce((sum, slice) => sum + slice.size, 0);
  const deviates = normal({ ...draw, purpose: 'weightNoise' }, new Float64Array(size(cell)));
  const noise = new Float32Array(size(slices));
  for (const { role, offset, size } of cell)
    if (role === 'W' || role === 'U')
      for (let i = offset; i < offset + size; i++) noise[i] = deviation * deviates[i];
  return noise;
}
