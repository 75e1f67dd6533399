import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { ModelSpec } from '../model/spec.js';
import { composedSequenceNll } from './composed.js';

/** `composed`: ordinary TensorFlow.js operations. `auto`: the fastest that this machine has. */
export const KERNEL_CHOICES = ['auto', 'composed'] as const;
export type KernelChoice = (typeof KERNEL_CHOICES)[number];

/**
 * NLL of each sequence of a batch, differentiable in the parameters.
 *
 * @param parameters the flat parameter vector, sliced as `parameterSlices` says
 * @returns in the batch's order, [B] nats
 */
export function sequenceNll(spec: ModelSpec, parameters: tf.Tensor1D, batch: Batch): tf.Tensor1D {
  return composedSequenceNll(spec, parameters, batch);
}

/**
 * NLL of each sequence [B] and the gradient of their mean, the paper's objective, as a flat vector.
 * The caller disposes of both.
 */
export function sequenceNllAndGradient(
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batch: Batch,
): { nll: tf.Tensor1D; gradient: tf.Tensor1D } {
  const objective = tf.valueAndGrad((p: tf.Tensor) => sequenceNll(spec, p as tf.Tensor1D, batch));
  return tf.tidy(() => {
    const { value, grad } = objective(parameters, tf.fill([batch.sequences], 1 / batch.sequences));
    return { nll: value as tf.Tensor1D, gradient: grad as tf.Tensor1D };
  });
}
