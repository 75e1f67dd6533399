import { dirname, resolve } from 'node:path';
import { isMap, isPair, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { z } from 'zod';
import { datasetOfFile } from '../data/catalogue.js';
import { cleanName, shortName } from '../data/dataset-name.js';
import { unitData, unitDataSchema } from '../model/graph/unit-data.js';
import { isUnitFile, readUnitFile } from '../model/own-unit.js';
import { PAPER_UNITS, UNIT_NAMES, unitNamed } from '../model/units/registry.js';
import { Misuse } from '../platform/failure.js';
import { nearestName } from '../platform/nearest-name.js';
import { requirement } from '../platform/parse-fields.js';
import { readBounded } from '../platform/read-file.js';
import { hiddenSizeSchema, parametersSchema, requestSchema } from '../training/request.js';

/** Options of `train` that a whole experiment shares; the experiment itself decides the others. */
export const trainingFieldsSchema = requestSchema
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
  epochs: z.int().min(1).describe('Epochs that each learning rate trains for before the choice'),
  keep: z.int().min(1).describe('How many go on, those with the best validation NLL per frame so far'),
});

const exponent = z.number().min(-30).max(0);

const searchSchema = z.strictObject({
  draws: z.int().min(1).max(1000).default(10).describe('Learning rates that are tried'),
  logLearningRate: z
    .tuple([exponent, exponent])
    .default([-12, -6])
    .describe('A learning rate is e^u, u uniform between these two'),
  rungs: z
    .array(rungSchema)
    .default([])
    .describe('A cheaper search: after so many epochs only the best go on. Empty: all train to their end'),
});

const shortRunSchema = z.strictObject({
  epochs: z.int().min(1).default(2),
  maxSequences: z.int().min(1).default(20).describe('Sequences a split'),
});

/** Of some units, by their names. */
const hiddenUnitsSchema = z.record(z.string(), hiddenSizeSchema);

/** A name in the registry, or the file of an own unit. */
const unitSchema = z.string().refine((text) => isUnitFile(text) || UNIT_NAMES.includes(text), {
  error: ({ input }) => {
    const near = nearestName(String(input), UNIT_NAMES);
    const others = near ? `did you mean ${near}?` : `there are ${UNIT_NAMES.join(', ')}`;
    return `is no unit and no file such as ./my-unit.mjs; ${others}`;
  },
});

/** What the experiment and each of its data sets may say; a data set's word goes before the experiment's. */
const settings = {
  units: z
    .array(unitSchema)
    .min(1)
    .default(PAPER_UNITS.map(({ name }) => name))
    .describe(
      'Recurrent units to compare: names of gru-bench units, or files of own ones, which count from this file',
    ),
  hiddenUnits: hiddenUnitsSchema
    .default({})
    .describe(
      'Hidden units, by the units’ names; where left out, as many as give `parameters`, or else Table 1 of the paper',
    ),
  parameters: parametersSchema
    .optional()
    .describe('About how many recurrent parameters each unit is to have, such as 20k'),
  search: searchSchema.prefault({}).describe('The search for the learning rate'),
  seeds: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('Runs of the best learning rate, each with its own seed; the first is that of the search'),
  training: trainingFieldsSchema
    .default({})
    .describe('Options of gru-bench train, the same for all runs; the paper’s where left out'),
  shortRun: shortRunSchema
    .prefault({})
    .describe('A few epochs on a few sequences, which gru-bench check repeats'),
};

const settingsSchema = z.strictObject(settings);

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
    .describe(
      'A name of gru-bench datasets list, a folder of .mid or .wav files, or a .json file of piano-rolls; paths count from this file',
    ),
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
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1)
    .describe('Decides the learning rates that are tried, and is the seed of these runs'),
  ...settingsSchema.partial().shape,
  slurm: slurmSchema.prefault({}).describe('How --executor slurm submits jobs; changes no number'),
  datasets: z.array(datasetSchema).min(1).describe('What to train on'),
});

export interface ExperimentFile {
  readonly plans: readonly DatasetPlan[];
  readonly slurm: SlurmSettings;
}

/** What is to be done for one data set, with everything filled in. */
export const datasetPlanSchema = z.strictObject({
  /** Unique in the experiment; names folders and rows. */
  name: z.string(),
  /** A name of the catalogue, or a folder. */
  dataset: z.string(),
  seed: z.int(),
  ...settings,
  /** By their names. */
  units: z.array(z.string()).min(1),
  /** What each unit computes; experiments of earlier versions do not say. */
  equations: z.array(unitDataSchema).optional(),
});

export type DatasetPlan = Readonly<z.infer<typeof datasetPlanSchema>>;

/** Bytes; an experiment has some dozens of lines. */
const LARGEST_FILE = 1024 * 1024;

/**
 * Reads an experiment from a YAML or JSON file. Paths of data sets count from the file's folder.
 *
 * @throws Failure when it cannot be read; Misuse that names file, line and field where it is not an experiment
 */
export async function readExperiment(path: string): Promise<ExperimentFile> {
  const lines = new LineCounter();
  const text = readBounded(path, LARGEST_FILE).toString('utf8');
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new Misuse(`${path}, line ${line}: ${error.message.split('\n')[0].replace(/ at line .*$/, '')}`);
  }
  const refuse = (field: PropertyKey[], what: string): never => {
    const line = lines.linePos(offsetOf(document.contents, field)).line;
    throw new Misuse(`${path}, line ${line}: ${[nameOf(field), what].filter(Boolean).join(': ')}`);
  };
  const content = toPlain(document, path);
  const parsed = experimentSchema.safeParse(content);
  if (!parsed.success) return refuse(...explain(parsed.error.issues, content));
  const plans = await Promise.all(
    merge(content as z.input<typeof experimentSchema>, path).map((plan) => withUnits(plan, path)),
  );
  checkSense(plans, refuse);
  return { plans, slurm: parsed.data.slurm };
}

function toPlain(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Misuse(`${path}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Lays a data set's settings over those of the experiment, and these over the defaults. */
function merge(raw: z.input<typeof experimentSchema>, file: string): Omit<DatasetPlan, 'equations'>[] {
  const { datasets, seed = 1, $schema, slurm, ...shared } = raw;
  return datasets.map(({ dataset, name, ...own }) => ({
    name: name ?? shortName(datasetOfFile(dataset, file)),
    dataset: datasetOfFile(dataset, file),
    seed,
    ...settingsSchema.parse({
      ...shared,
      ...own,
      hiddenUnits: { ...shared.hiddenUnits, ...own.hiddenUnits },
      search: { ...shared.search, ...own.search },
      training: { ...shared.training, ...own.training },
      shortRun: { ...shared.shortRun, ...own.shortRun },
    }),
  }));
}

/** The plan with its units by name, and what each computes. */
async function withUnits(plan: Omit<DatasetPlan, 'equations'>, file: string): Promise<DatasetPlan> {
  const equations = await Promise.all(
    plan.units.map((unit) =>
      isUnitFile(unit) ? readUnitFile(resolve(dirname(file), unit)) : unitData(unitNamed(unit)),
    ),
  );
  return { ...plan, units: equations.map(({ name }) => name), equations };
}

/** Some file systems tell no case apart. */
function isSameFile(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

type Refuse = (field: PropertyKey[], what: string) => never;

/** What no single field can tell. */
function checkSense(plans: readonly DatasetPlan[], refuse: Refuse): void {
  for (const [i, { name, search, units, hiddenUnits }] of plans.entries()) {
    const place = ['datasets', i];
    const twice = units.find((unit, k) => units.indexOf(unit) < k);
    if (twice !== undefined) refuse([...place, 'units'], `there are two called ${twice}`);
    const other = Object.keys(hiddenUnits).find((unit) => !units.includes(unit));
    if (other !== undefined)
      refuse([...place, 'hiddenUnits'], `${other} is none of the units ${units.join(', ')}`);
    if (plans.findIndex((other) => isSameFile(other.name, name)) < i)
      refuse(place, `there are two called ${name}; give one another name`);
    const [low, high] = search.logLearningRate;
    if (low >= high) refuse([...place, 'search', 'logLearningRate'], 'the first has to be below the second');
    let [epochs, left] = [0, search.draws];
    for (const rung of search.rungs) {
      if (rung.epochs <= epochs)
        refuse([...place, 'search', 'rungs'], 'epochs have to rise from rung to rung');
      if (rung.keep > left)
        refuse([...place, 'search', 'rungs'], `cannot keep ${rung.keep} of ${left} learning rates`);
      [epochs, left] = [rung.epochs, rung.keep];
    }
  }
}

/** The first issue in words, with the field that it is about. */
function explain(issues: readonly z.core.$ZodIssue[], content: unknown): [PropertyKey[], string] {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(issue.path);
    const near = nearestName(issue.keys[0], known);
    const guess = near ? `did you mean ${near}?` : `there are ${known.join(', ')}`;
    return [[...issue.path, issue.keys[0]], `no such field; ${guess}`];
  }
  const value = issue.path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    content,
  );
  if (value === undefined) return [issue.path, 'is missing'];
  const shown = typeof value === 'object' ? '' : `${String(value)} `;
  return [issue.path, `${shown}${requirement(issue)}`];
}

function knownFields(path: readonly PropertyKey[]): string[] {
  const shapes: Record<string, object> = {
    '': experimentSchema.shape,
    datasets: datasetSchema.shape,
    search: searchSchema.shape,
    rungs: rungSchema.shape,
    training: trainingFieldsSchema.shape,
    slurm: slurmSchema.shape,
    shortRun: shortRunSchema.shape,
  };
  const last = path.filter((key) => typeof key === 'string').at(-1) ?? '';
  return Object.keys(shapes[last] ?? {});
}

/** datasets[2].search.draws */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** Where a field, or the nearest thing around it that is there, begins in the file. */
function offsetOf(contents: ParsedNode | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = 0;
  for (const key of path) {
    if (!isMap(node) && typeof key === 'string') return offset;
    const next: unknown = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
      : (node as { items?: unknown[] } | null)?.items?.[key as number];
    if (next === undefined) return offset;
    const place = isPair(next) ? next.key : next;
    offset = (place as ParsedNode).range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

/** The JSON Schema of an experiment file: configs/experiment.schema.json. */
export function experimentJsonSchema(): object {
  return z.toJSONSchema(experimentSchema, { io: 'input' });
}
