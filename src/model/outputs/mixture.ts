import type * as TensorFlow from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { type OutputLayer, sizeSchema } from './output-layer.js';

/** Each target is a vector of real numbers, under a mixture of diagonal Gaussians (paper, section 4.1). */
export interface MixtureOutput {
  readonly kind: 'mixture';
  /** Entries of a target frame, D. */
  readonly frameSize: number;
  /** Number of Gaussians, K. */
  readonly mixtures: number;
}

/** Smallest standard deviation of a Gaussian: deviation = softplus(a) + this. */
const DEVIATION_FLOOR = 1e-4;

/** Its sums are K logits of the weights π, K·D means μ, and K·D deviations σ before softplus. */
export const mixture = {
  kernelNumber: 1,
  schema: z.object({ output: z.literal('mixture'), frameSize: sizeSchema, mixtures: sizeSchema }),
  size: ({ mixtures: K, frameSize: D }) => K * (1 + 2 * D),
  /** −log Σ_k π_k Π_d N(y_d; μ_kd, σ_kd²). */
  nll(tf, outputs, targets, { mixtures: K, frameSize: D }) {
    const [weightLogits, means, deviations] = tf.split(
      outputs,
      [K, K * D, K * D],
      1,
    ) as TensorFlow.Tensor2D[];
    const y = tf.reshape(targets, [-1, 1, D]);
    const mu = tf.reshape(means, [-1, K, D]);
    const sigma = tf.add(tf.softplus(tf.reshape(deviations, [-1, K, D])), DEVIATION_FLOOR);

    const logWeights = tf.sub(weightLogits, logSumExp(tf, weightLogits, true));
    const standardised = tf.div(tf.sub(y, mu), sigma);
    const logDensities = tf.neg(
      tf.add(
        tf.sum(tf.add(tf.log(sigma), tf.mul(0.5, tf.square(standardised))), 2),
        0.5 * D * Math.log(2 * Math.PI),
      ),
    );
    return tf.neg(logSumExp<TensorFlow.Tensor1D>(tf, tf.add(logWeights, logDensities), false));
  },
  /** A component by softmax(logits / temperature), then μ + √temperature·σ·ε. */
  draw(outputs, { mixtures: K, frameSize: D }, temperature, { uniform, normal }) {
    const [u] = uniform(1);
    const k = drawComponent(outputs.subarray(0, K), temperature, u);
    const mu = outputs.subarray(K + k * D, K + (k + 1) * D);
    const a = outputs.subarray(K + K * D + k * D, K + K * D + (k + 1) * D);
    const epsilon = normal(D);
    return mu.map((mean, d) => {
      const sigma = Math.max(a[d], 0) + Math.log1p(Math.exp(-Math.abs(a[d]))) + DEVIATION_FLOOR;
      return mean + Math.sqrt(temperature) * sigma * epsilon[d];
    });
  },
} satisfies OutputLayer<MixtureOutput>;

/** log Σ_k e^(a_k) over the last axis of [N,K], shifted by the largest entry so that nothing overflows. */
function logSumExp<T extends TensorFlow.Tensor>(
  tf: typeof TensorFlow,
  a: TensorFlow.Tensor2D,
  keepDims: boolean,
): T {
  const largest = tf.tidy(() => tf.max(a, 1, true));
  const shifted = tf.log(tf.sum(tf.exp(tf.sub(a, largest)), 1, keepDims));
  return tf.add(shifted, keepDims ? largest : tf.squeeze(largest, [1])) as T;
}

function drawComponent(logits: Float32Array, temperature: number, u: number): number {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  let left = u * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  // Rounding can leave a crumb after the last component.
  return found < 0 ? logits.length - 1 : found;
}
