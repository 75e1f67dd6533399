import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelOf, specMetadata } from '../model/model-file.js';
import { namedTensors } from '../model/model-tensors.js';
import { readSafetensors, writeSafetensors } from '../model/safetensors.js';
import { type ModelSpec, parameterCount } from '../model/spec.js';
import { BadFile, Misuse } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { guessOfPath } from '../platform/nearest-path.js';
import { requirement } from '../platform/parse-fields.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import type { Progress } from './progress.js';
import { eachVector, type OptimiserState } from './rmsprop-momentum.js';
import { checksumOfTensors, checksumsSchema, notAsWritten, type SavedChecksums } from './saved-checksums.js';

/** The files of a run. Each appears whole, so a run can be killed at any moment. */
export function runFiles(folder: string) {
  return {
    config: join(folder, 'config.json'),
    curve: join(folder, 'curve.csv'),
    best: join(folder, 'best.safetensors'),
    state: join(folder, 'state.safetensors'),
    result: join(folder, 'result.json'),
  } as const;
}

/** The flat vectors that training changes. */
export interface LearnerState {
  /** θ. */
  readonly parameters: Float32Array;
  /** Left out before the first update. */
  readonly optimiser?: OptimiserState<Float32Array>;
}

/** All that a run needs to go on as if it had never stopped. */
export interface TrialState {
  readonly progress: Progress;
  readonly learner: LearnerState;
  /** Of the other files as they then were; absent in states of before. */
  readonly checksums?: SavedChecksums;
}

const counter = z.coerce.number().int().nonnegative();
/** Metadata are strings; JavaScript prints a float64 so that it reads back to the same bits. */
const float = z.string().transform(Number);
const progressSchema: z.ZodType<Progress> = z.object({
  epoch: counter,
  update: counter,
  trainingSeconds: float,
  gradientNormSum: float,
  skippedUpdates: counter,
  bestEpoch: counter,
  bestValidNll: float,
});

export function writeState(
  folder: string,
  spec: ModelSpec,
  { progress, learner, checksums }: TrialState & { readonly learner: Required<LearnerState> },
): void {
  const { parameters, optimiser } = learner;
  const shape = [parameters.length];
  const tensors = {
    ...namedTensors({ spec, parameters }),
    ...eachVector((name) => ({ shape, values: optimiser[name] })),
  };
  const metadata = { ...specMetadata(spec), ...asStrings(progress), ...asStrings(checksums ?? {}) };
  const sha256 = checksumOfTensors({ metadata, tensors });
  writeSafetensors(runFiles(folder).state, { metadata: { ...metadata, sha256 }, tensors });
}

const asStrings = (fields: object): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

/** @returns undefined where the run had not saved a state yet. @throws BadFile when it fits no run */
export function readState(folder: string, spec: ModelSpec): TrialState | undefined {
  const path = runFiles(folder).state;
  if (!isListed(path)) return undefined;
  const file = readSafetensors(path);
  const { tensors } = file;
  const { sha256, ...metadata } = file.metadata;
  // States of before have none.
  if (sha256 !== undefined && sha256 !== checksumOfTensors({ metadata, tensors }))
    throw notAsWritten(path, folder);
  const optimiser = eachVector((name) => tensors[name]?.values);
  const parameters = Object.fromEntries(Object.entries(tensors).filter(([name]) => !(name in optimiser)));
  const progress = progressSchema.safeParse(metadata);
  if (!progress.success) throw new BadFile(path, 'metadata', `not the state of a run`);
  const model = modelOf({ metadata, tensors: parameters }, path);
  const length = parameterCount(spec);
  for (const values of [model.parameters, ...Object.values(optimiser)])
    if (values?.length !== length)
      throw new BadFile(path, 'tensors', 'do not belong to the model in config.json');
  return {
    progress: progress.data,
    learner: { parameters: model.parameters, optimiser },
    checksums: checksumsSchema.safeParse(metadata).data,
  };
}

/** @throws Misuse where the folder holds no run, BadFile where its config.json is not of that form */
export function readConfig<T>(folder: string, schema: z.ZodType<T>): T {
  const path = runFiles(folder).config;
  const holdsRun = (one: string) => existsSync(runFiles(one).config);
  if (!existsSync(path))
    throw new Misuse(`${folder} holds no run: ${path} is missing${guessOfPath(folder, holdsRun)}`);
  return readJson(path, schema);
}

/** Bytes; the program's own JSON files have a few thousand, and a line for each broken file that was skipped. */
const LARGEST_JSON = 64 * 1024 * 1024;

export function writeJson(path: string, content: unknown): void {
  writeWholeFile(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** @throws Failure when the file cannot be read, BadFile when it is not JSON of that form */
export function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const text = new TextDecoder().decode(readBounded(path, LARGEST_JSON));
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new BadFile(path, 'content', (error as Error).message);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadFile(path, issue.path.join('.') || 'content', requirement(issue));
}
