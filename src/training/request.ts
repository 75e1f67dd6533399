import { z } from 'zod';
import type { DataKind } from '../data/sequence.js';
import { KERNEL_CHOICES } from '../kernels/kernel-names.js';
import type { Unit } from '../model/graph/define-unit.js';
import { unitDataSchema } from '../model/graph/unit-data.js';
import { recordedUnit } from '../model/recorded-unit.js';
import { LARGEST_HIDDEN_SIZE, type Size } from '../model/spec.js';
import { unitNamed } from '../model/units/registry.js';
import { BACKENDS, MOST_THREADS } from '../platform/backend-names.js';
import { DEFAULTS_BY_KIND, LARGEST_SEED, trainingSchema } from './options.js';

const share = z.number().positive().max(1e6);

export const hiddenSizeSchema = z.int().min(1).max(LARGEST_HIDDEN_SIZE);

const A_COUNT = 'has to be a number such as 20000 or 20k';

/** A number of parameters, such as 20000 or 20k. */
export const parametersSchema = z
  .union([z.number(), z.string().regex(/^\d+(\.\d+)?[kM]?$/, A_COUNT)], {
    error: A_COUNT,
  })
  .transform((count) => {
    const [, digits, thousands] = /^([\d.e+]+)([kM]?)$/.exec(String(count)) ?? [];
    return Math.round(Number(digits) * { '': 1, k: 1e3, M: 1e6 }[thousands as '' | 'k' | 'M']);
  })
  .pipe(z.int().min(1, 'has to be at least 1').max(1e9, 'has to be at most 1000M'));

/** What a user asks for: fields left out take the paper's value for the kind of data. */
export const requestSchema = z.strictObject({
  ...trainingSchema.shape,
  epochs: trainingSchema.shape.epochs.optional(),
  batchSize: trainingSchema.shape.batchSize.optional(),
  learningRate: trainingSchema.shape.learningRate.optional(),
  /** A recurrent unit: a name in the registry, or the file of an own one. */
  model: z.string().min(1),
  /** What the file of an own unit defines. */
  equations: unitDataSchema.optional(),
  /** Name in the catalogue, or a folder of .mid or .wav files. */
  dataset: z.string().min(1),
  /** Hidden units; see `paperSpec` where left out. */
  hidden: hiddenSizeSchema.optional(),
  /** About how many recurrent parameters, in place of a number of hidden units. */
  parameters: parametersSchema.optional(),
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
export function completeRequest(request: TrainingRequest, kind: DataKind) {
  return { ...DEFAULTS_BY_KIND[kind], ...withoutUndefined(request) } as CompleteRequest;
}

/** The unit of a request. @throws Misuse where there is none of its name, or it has other equations here */
export function unitOf({ model, equations }: Pick<TrainingRequest, 'model' | 'equations'>): Unit {
  return equations === undefined ? unitNamed(model) : recordedUnit(equations);
}

export function sizeOf({ hidden, parameters }: TrainingRequest): Size {
  return { hidden, parameters };
}

export type CompleteRequest = TrainingRequest &
  Required<Pick<TrainingRequest, 'epochs' | 'batchSize' | 'learningRate'>>;

/** Without the fields that hold nothing. */
export function withoutUndefined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
