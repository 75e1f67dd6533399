import { z } from 'zod';
import { type OutputLayer, sizeSchema } from './output-layer.js';

/** Each target is a vector of 0 and 1, one logistic output an entry (paper, section 4.1). */
export interface BernoulliOutput {
  readonly kind: 'bernoulli';
  /** Entries of a target frame, D. */
  readonly frameSize: number;
}

export const bernoulli = {
  kernelNumber: 0,
  schema: z.object({ output: z.literal('bernoulli'), frameSize: sizeSchema }),
  size: ({ frameSize: D }) => D,
  /** Of independent entries with p = σ(a): Σ_d log(1 + e^a) − y·a. */
  nll: (tf, a, y) => tf.sum(tf.sub(tf.softplus(a), tf.mul(y, a)), 1),
  /** Each entry is 1 with probability σ(a / temperature). */
  draw(a, { frameSize: D }, temperature, { uniform }) {
    const u = uniform(D);
    return a.map((logit, d) => Number(u[d] < 1 / (1 + Math.exp(-logit / temperature))));
  },
} satisfies OutputLayer<BernoulliOutput>;
