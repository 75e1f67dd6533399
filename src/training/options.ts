import { z } from 'zod';
import { SCHEDULES } from './learning-rate.js';

export const LARGEST_SEED = 2 ** 32 - 1;
const fraction = z.number().min(0).lt(1);

/**
 * How a model is trained: the paper's protocol, a field each. The defaults of those fields that the paper or
 * its authors' code state are theirs; `epochs`, `batchSize` and `learningRate` depend on the data (see
 * `DEFAULTS_BY_KIND`); `patience` is stated nowhere and is our choice.
 */
export const trainingSchema = z.strictObject({
  epochs: z.int().min(1).max(1_000_000),
  /** Sequences an update averages over. */
  batchSize: z.int().min(1).max(100_000),
  learningRate: z.number().positive().max(1),
  schedule: z.enum(SCHEDULES).default('linear'),
  /** Epochs without a better validation NLL after which the run stops; 0 never stops early. */
  patience: z.int().min(0).default(50),
  /** Unsigned 32-bit; decides initial weights, the order of sequences and the weight noise. */
  seed: z.int().min(0).max(LARGEST_SEED).default(1),
  /** Standard deviation of the Gaussian noise on W and U, drawn anew at each update. */
  weightNoise: z.number().min(0).max(10).default(0.075),
  /** A gradient with a larger norm is rescaled to this norm. */
  maximumGradientNorm: z.number().positive().default(1),
  momentum: fraction.default(0.9),
  /** RMSProp: share of the mean square that a step keeps. */
  decay: fraction.default(0.95),
  /** RMSProp: the root of the mean square is not taken smaller than this. */
  rmsFloor: z.number().positive().default(0.01),
  /** Initial W and output weights are uniform on ± this. */
  initialBound: z.number().min(0).max(10).default(0.1),
});

export type TrainingOptions = z.infer<typeof trainingSchema>;

/**
 * Epochs as in the paper's figures; batches of one sequence for music (the authors' code). The paper states
 * neither the batch size for speech nor a single learning rate: these are our choices.
 */
export const DEFAULTS_BY_KIND = {
  music: { epochs: 500, batchSize: 1, learningRate: 1e-3 },
  speech: { epochs: 990, batchSize: 16, learningRate: 1e-3 },
} as const;
