import { z } from 'zod';
import { cleanName, OWN_DATA } from '../data/dataset-name.js';
import { unitDataSchema } from '../model/graph/unit-data.js';
import { isUnitName } from '../model/graph/unit-rules.js';
import { isUnitFile } from '../model/own-unit.js';
import { PAPER_UNITS, UNIT_NAMES } from '../model/units/registry.js';
import { adviceOnName } from '../platform/nearest-name.js';
import { hiddenSizeSchema, parametersSchema, requestSchema } from '../training/request.js';
import { SAMPLINGS } from './draws.js';
import { basisSchema } from './identity.js';
import { searchSpaceSchema } from './search-space.js';

/** Options of `train` that a whole experiment shares; the experiment itself decides the others. */
const trainingFieldsSchema = requestSchema
  .omit({
    model: true,
    equations: true,
    dataset: true,
    hidden: true,
    parameters: true,
    learningRate: true,
    seed: true,
  })
  .partial();

const rungSchema = z.strictObject({
  epochs: z.int().min(1).describe('Epochs that each draw trains for before the choice'),
  keep: z.int().min(1).describe('How many go on, those with the best validation NLL per frame so far'),
});

export const MOST_SEEDS = 1000;

const exponent = z.number().min(-30).max(0);

const searchSchema = z.strictObject({
  draws: z.int().min(1).max(1000).default(10).describe('How many settings of the options are tried'),
  sampling: z
    .enum(SAMPLINGS)
    .default('stratified')
    .describe(
      'stratified: one draw from each of equal parts of a range, a tenth where there are ten draws, and of several options a Latin hypercube; free: each by itself',
    ),
  strata: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Equal parts of a range with one draw in each; draws beyond their number fall into halves of them, quarters and so on. As many as draws where left out',
    ),
  logLearningRate: z
    .tuple([exponent, exponent])
    .default([-12, -6])
    .describe('A learning rate is e^u, u uniform between these two'),
  space: searchSpaceSchema
    .default({})
    .describe(
      'Options of gru-bench train that are drawn beside the learning rate, or a range of its own for that: log [1e-4, 1e-2], [0, 0.15], { oneOf: [1, 4] }, or a value',
    ),
  rungs: z
    .array(rungSchema)
    .default([])
    .describe('A cheaper search: after so many epochs only the best go on. Empty: all train to their end'),
});

/** That of the search; further ones follow it. */
const seedSchema = z
  .int()
  .min(0)
  .max(2 ** 31);

const shortRunSchema = z.strictObject({
  epochs: requestSchema.shape.epochs.unwrap().default(2),
  maxSequences: z.int().min(1).default(20).describe('Sequences a split'),
});

/** Of some units, by their names. */
const hiddenUnitsSchema = z.record(z.string(), hiddenSizeSchema);

/** A name in the registry, or the file of an own unit. */
const unitSchema = z.string().refine((text) => isUnitFile(text) || UNIT_NAMES.includes(text), {
  error: ({ input }) =>
    `is no unit and no file such as ./my-unit.mjs; ${adviceOnName(String(input), UNIT_NAMES)}`,
});

const NAMES_OF_PAPER = PAPER_UNITS.map(({ name }) => name);

/** What the experiment and each of its data sets may say; a data set's word goes before the experiment's. */
const settings = {
  units: z
    .array(unitSchema)
    .min(1)
    .default(NAMES_OF_PAPER)
    .describe(
      'Recurrent units to compare: names of gru-bench units, or files of own ones, which count from this file',
    ),
  hiddenUnits: hiddenUnitsSchema
    .default({})
    .describe(
      'Hidden units, by the units’ names or files; where left out, as many as give `parameters`, or else Table 1 of the paper',
    ),
  parameters: parametersSchema
    .optional()
    .describe('About how many recurrent parameters each unit is to have, such as 20k'),
  baseline: z
    .string()
    .optional()
    .describe(
      'The unit that each other is compared with, by its name or file; where left out, each is compared with each, which finds less the more units there are',
    ),
  search: searchSchema.prefault({}).describe('The search for the learning rate, and for other options'),
  seeds: z
    .int()
    .min(1)
    .max(MOST_SEEDS)
    .default(1)
    .describe('Runs of the best draw, each with its own seed; the first is that of the search'),
  training: trainingFieldsSchema
    .default({})
    .describe('Options of gru-bench train, the same for all runs; the paper’s where left out'),
  shortRun: shortRunSchema
    .prefault({})
    .describe('A few epochs on a few sequences, which gru-bench check repeats'),
};

export const settingsSchema = z.strictObject(settings);

const slurmSchema = z.strictObject({
  partition: z.string().min(1).optional().describe('--partition of the jobs'),
  time: z
    .string()
    .regex(/^[\d:-]+$/, 'has to be a time as Slurm writes it, such as 2:00:00')
    .optional()
    .describe('--time of a job; one that needs longer saves, and is queued again'),
  cpusPerTask: z.int().min(1).default(1).describe('--cpus-per-task; training.threads uses them'),
  arraySize: z.int().min(1).max(10_000).default(1000).describe('Most jobs of an array'),
  running: z.int().min(1).optional().describe('Most jobs of an array that run at a time'),
  lines: z
    .array(z.string().regex(/^[^\n]*$/))
    .default([])
    .describe('Further lines of the batch script: #SBATCH directives, module load, environment'),
});

export type SlurmSettings = z.infer<typeof slurmSchema>;

const datasetSchema = z.strictObject({
  dataset: z
    .string()
    .min(1)
    .describe(`A name of gru-bench datasets list, ${OWN_DATA}; paths count from this file`),
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'has to be made of letters, digits, dots, dashes and underscores')
    .refine((name) => cleanName(name) === name, {
      error:
        'has to begin with a letter or digit, end with none of . and -, have at most 100 characters, and be no name that a system keeps for itself',
    })
    .optional()
    .describe('How results call it; the data set’s name where left out'),
  ...settingsSchema.partial().shape,
});

/** An experiment file. */
export const experimentSchema = z.strictObject({
  $schema: z.string().optional(),
  seed: seedSchema
    .default(1)
    .describe('Decides the learning rates that are tried, and is the seed of these runs'),
  ...settingsSchema.partial().shape,
  slurm: slurmSchema.prefault({}).describe('How --executor slurm submits jobs; changes no number'),
  datasets: z.array(datasetSchema).min(1).describe('What to train on'),
});

/** What is to be done for one data set, with everything filled in. */
export const datasetPlanSchema = z.strictObject({
  /** Unique in the experiment; names folders and rows. */
  name: z.string().refine((name) => cleanName(name) === name, { error: 'is no name of a data set' }),
  /** A name of the catalogue, or a folder. */
  dataset: z.string(),
  seed: seedSchema,
  ...settings,
  /** By their names. */
  units: z
    .array(z.string().refine(isUnitName, { error: 'is no name of a unit' }))
    .min(1)
    .default(NAMES_OF_PAPER),
  /** What each unit computes; experiments of earlier versions do not say. */
  equations: z.array(unitDataSchema).optional(),
  /** Draws are free where a plan does not say otherwise; a file that does not gets stratified ones. */
  search: searchSchema.extend({ sampling: z.enum(SAMPLINGS).default('free') }).prefault({}),
  /** Given once the data are loaded; trials have no identity without. */
  basis: basisSchema.optional(),
});

export type DatasetPlan = Readonly<z.infer<typeof datasetPlanSchema>>;

/** Names of the fields that may stand at a place. */
export function knownFields(path: readonly PropertyKey[]): string[] {
  const shapes: Record<string, object> = {
    '': experimentSchema.shape,
    datasets: datasetSchema.shape,
    search: searchSchema.shape,
    space: searchSpaceSchema.shape,
    rungs: rungSchema.shape,
    training: trainingFieldsSchema.shape,
    slurm: slurmSchema.shape,
    shortRun: shortRunSchema.shape,
  };
  const last = path.filter((key) => typeof key === 'string').at(-1) ?? '';
  return Object.keys(shapes[last] ?? {});
}

/** The JSON Schema of an experiment file: configs/experiment.schema.json. */
export function experimentJsonSchema(): object {
  return z.toJSONSchema(experimentSchema, { io: 'input' });
}
