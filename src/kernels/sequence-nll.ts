import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { ModelSpec } from '../model/spec.js';
import type { Kernels } from './choice.js';
import { composedSequenceNll } from './composed.js';
import { fusedSequenceNll, fusedSequenceNllAndGradient } from './fused.js';

/**
 * NLL of each sequence of a batch, differentiable in the parameters.
 *
 * @param parameters the flat parameter vector, sliced as `parameterSlices` says
 * @returns in the batch's order, [B] nats
 * @throws Failure where the memory would not do
 */
export function sequenceNll(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batch: Batch,
): tf.Tensor1D {
  return kernels.name === 'fused'
    ? fusedSequenceNll(kernels, spec, parameters, batch)
    : composedSequenceNll(spec, parameters, batch);
}

/**
 * NLL of each sequence [B] and the gradient of their mean, the paper's objective, as a flat vector.
 * The caller disposes of both.
 *
 * @throws Failure where the memory would not do
 */
export function sequenceNllAndGradient(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batch: Batch,
): { nll: tf.Tensor1D; gradient: tf.Tensor1D } {
  const dy = () => tf.tensor1d(new Float32Array(batch.sequences).fill(1 / batch.sequences));
  return tf.tidy(() => {
    if (kernels.name === 'fused') {
      const [nll, gradient] = fusedSequenceNllAndGradient(kernels, spec, parameters, batch, dy());
      return { nll, gradient };
    }
    const objective = tf.valueAndGrad((p: tf.Tensor) => composedSequenceNll(spec, p as tf.Tensor1D, batch));
    const { value, grad } = objective(parameters, dy());
    return { nll: value as tf.Tensor1D, gradient: grad as tf.Tensor1D };
  });
}
