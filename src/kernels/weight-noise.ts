import * as tf from '@tensorflow/tfjs-core';
import { type ModelSpec, parameterSlices } from '../model/spec.js';
import { type Draw, normal } from '../random/draws.js';

/**
 * The parameters with Gaussian noise on W and U of the cell, and on nothing else (the paper gives the
 * deviation, the authors' public code the place). The noise on parameter i is a function of seed, epoch, update
 * and i. The caller disposes of the tensor.
 */
export function noisyParameters(
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  deviation: number,
  draw: Pick<Draw, 'seed' | 'epoch' | 'update'>,
): tf.Tensor1D {
  return tf.tidy(() => tf.add(parameters, tf.tensor1d(weightNoise(spec, deviation, draw))));
}

function weightNoise(
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
