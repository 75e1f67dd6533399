import { z } from 'zod';
import { KERNEL_CHOICES } from '../kernels/kernel-names.js';
import { CELLS } from '../model/unit-names.js';
import { BACKENDS, MOST_THREADS } from '../platform/backend-names.js';
import { DEFAULTS_BY_KIND, LARGEST_SEED, trainingSchema } from './options.js';

const share = z.number().positive().max(1e6);

/** What a user asks for: fields left out take the paper's value for the kind of data. */
export const requestSchema = z.strictObject({
  ...trainingSchema.shape,
  epochs: trainingSchema.shape.epochs.optional(),
  batchSize: trainingSchema.shape.batchSize.optional(),
  learningRate: trainingSchema.shape.learningRate.optional(),
  model: z.enum(CELLS),
  /** Name in the catalogue, or a folder of .mid or .wav files. */
  dataset: z.string().min(1),
  /** Hidden units; the paper's Table 1 where left out. */
  units: z.int().min(1).max(4096).optional(),
  /** At most this many sequences a split, the first ones. */
  maxSequences: z.int().min(1).optional(),
  /** Samples of a sequence cut from a folder of .wav files. */
  windowSamples: z.int().min(30).optional(),
  /** For a folder without splits of its own: which split by a hash of the files' names. */
  splitSeed: z.int().min(0).max(LARGEST_SEED).optional(),
  /** For such a folder: the shares of train, valid and test. */
  splitShares: z.tuple([share, share, share]).optional(),
  /** Go on without the files of a folder that cannot be read. */
  skipBroken: z.boolean().optional(),
  backend: z.enum(BACKENDS).default('auto'),
  kernels: z.enum(KERNEL_CHOICES).default('auto'),
  threads: z.int().min(1).max(MOST_THREADS).default(1),
});

export type TrainingRequest = z.infer<typeof requestSchema>;
export type TrainingRequestFields = z.input<typeof requestSchema>;

/** Fills in what depends on the kind of data, so that the request says all that decides the run's numbers. */
export function completeRequest(request: TrainingRequest, kind: 'music' | 'speech') {
  return { ...DEFAULTS_BY_KIND[kind], ...withoutUndefined(request) } as CompleteRequest;
}

export type CompleteRequest = TrainingRequest &
  Required<Pick<TrainingRequest, 'epochs' | 'batchSize' | 'learningRate'>>;

function withoutUndefined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
