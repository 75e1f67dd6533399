import * as tf from '@tensorflow/tfjs-core';
import { type BernoulliOutput, DEVIATION_FLOOR, type MixtureOutput } from './spec.js';

/**
 * NLL of independent Bernoulli entries with p = σ(a): Σ_d log(1 + e^a) − y·a, in nats.
 *
 * @param logits a, [N,D]
 * @param targets y ∈ {0,1}, [N,D]
 * @returns [N]
 */
export function bernoulliNll(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.sub(tf.softplus(logits), tf.mul(targets, logits)), 1);
}

/**
 * NLL of a mixture of K diagonal Gaussians, −log Σ_k π_k Π_d N(y_d; μ_kd, σ_kd²), in nats.
 *
 * @param outputs [N, K(1+2D)]: K logits of the weights π, K·D means μ, K·D deviations σ before softplus
 * @param targets y, [N,D]
 * @returns [N]
 */
export function mixtureNll(
  outputs: tf.Tensor2D,
  targets: tf.Tensor2D,
  { mixtures: K, frameSize: D }: MixtureOutput,
): tf.Tensor1D {
  const [weightLogits, means, deviations] = tf.split(outputs, [K, K * D, K * D], 1) as tf.Tensor2D[];
  const y = tf.reshape(targets, [-1, 1, D]);
  const mu = tf.reshape(means, [-1, K, D]);
  const sigma = tf.add(tf.softplus(tf.reshape(deviations, [-1, K, D])), DEVIATION_FLOOR);

  const logWeights = tf.sub(weightLogits, logSumExp(weightLogits, true));
  const standardised = tf.div(tf.sub(y, mu), sigma);
  const logDensities = tf.neg(
    tf.add(
      tf.sum(tf.add(tf.log(sigma), tf.mul(0.5, tf.square(standardised))), 2),
      0.5 * D * Math.log(2 * Math.PI),
    ),
  ) as tf.Tensor2D;
  return tf.neg(logSumExp(tf.add(logWeights, logDensities), false));
}

/** log Σ_k e^(a_k) over the last axis of [N,K], shifted by the largest entry so that nothing overflows. */
function logSumExp<T extends tf.Tensor>(a: tf.Tensor2D, keepDims: boolean): T {
  const largest = tf.tidy(() => tf.max(a, 1, true));
  const shifted = tf.log(tf.sum(tf.exp(tf.sub(a, largest)), 1, keepDims));
  return tf.add(shifted, keepDims ? largest : tf.squeeze(largest, [1])) as T;
}

/** NLL of each frame under the model's output layer, [N] nats. */
export function outputNll(
  outputs: tf.Tensor2D,
  targets: tf.Tensor2D,
  output: BernoulliOutput | MixtureOutput,
): tf.Tensor1D {
  return output.kind === 'bernoulli' ? bernoulliNll(outputs, targets) : mixtureNll(outputs, targets, output);
}
