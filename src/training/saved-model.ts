import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type LoadOptions, loadDataset, loadOptionsOf } from '../data/catalogue.js';
import type { Dataset } from '../data/sequence.js';
import { askedForAt, Failure, Misuse } from '../platform/failure.js';
import { guessOfPath } from '../platform/nearest-path.js';
import { requestSchema, type TrainingRequest } from './request.js';
import { placeOfData, readRunConfig } from './run-config.js';
import { runFiles } from './run-folder.js';
import { cureOf } from './saved-checksums.js';
import { holdBestModel, readSavedTrial } from './saved-trial.js';

/** The parameters' file, and the data that a run was trained on. */
export interface SavedModel {
  readonly file: string;
  readonly data?: DataOfRun;
}

/** Whether a path is that of a run or of a model, by its name. */
const isModel = (path: string) => existsSync(runFiles(path).config) || path.endsWith('.safetensors');

/** @param path a run's folder or a safetensors file. @throws Misuse where there is neither; BadFile where a run's are damaged */
export function locateModel(path: string): SavedModel {
  if (!existsSync(path)) throw new Misuse(`${path}: no such run or file${guessOfPath(path, isModel)}`);
  if (!statSync(path).isDirectory()) return { file: path };
  const { request } = readRunConfig(path);
  const file = runFiles(path).best;
  if (!existsSync(file)) throw withoutModel(path);
  holdBestModel(path);
  return { file, data: { ...request, place: placeOfData(path) } };
}

/** Why a run's folder has no parameters: they are written with its first epoch. */
function withoutModel(folder: string): Failure {
  const { best } = runFiles(folder);
  if (readSavedTrial(folder).curve.length > 0) return new Failure(`${best} is missing: ${cureOf(folder)}`);
  return new Misuse(`${folder} has no finished epoch yet: ${best} is missing`);
}

/** What of a data set a program may ask for; its own rules are the catalogue's. */
export const dataFields = {
  dataset: z.string().min(1).optional(),
  maxSequences: requestSchema.shape.maxSequences,
  windowSamples: requestSchema.shape.windowSamples,
  splitSeed: requestSchema.shape.splitSeed,
  splitShares: requestSchema.shape.splitShares,
  skipBroken: requestSchema.shape.skipBroken,
} as const;

/** The data that a user names, and how they are to be read. */
export type NamedData = LoadOptions & { readonly dataset?: string };

/**
 * The data that saved parameters are used on. A run's own are split as it trained on them, also where they are named
 * once more.
 *
 * @returns nothing where neither the user nor the model names them. @throws Misuse where a run's own data are to be
 *   split anew
 */
export function dataFor({ data: own }: SavedModel, options: NamedData): DataOfRun | undefined {
  const { dataset } = options;
  const isOwn = own && (dataset === undefined || [dataset, resolve(dataset)].includes(own.dataset));
  if (!isOwn) return dataset === undefined ? undefined : { ...loadOptionsOf(options), dataset };
  if ((options.splitSeed ?? options.splitShares) !== undefined)
    throw new Misuse(`the run's own data keep its split: leave out --split-seed and --split-shares`);
  const given = Object.entries(loadOptionsOf(options)).filter(([, value]) => value !== undefined);
  const place = dataset === undefined ? own.place : undefined;
  return { ...loadOptionsOf(own), ...Object.fromEntries(given), dataset: own.dataset, place };
}

export type DataOfRun = Pick<TrainingRequest, 'dataset'> &
  LoadOptions & {
    /** Where it is said that it is these, where no user names them. */
    readonly place?: string;
  };

/** @throws as `loadDataset`, with the place that names the data */
export function loadDataFor(data: DataOfRun): Promise<Dataset> {
  return askedForAt(data.place, () => loadDataset(data.dataset, loadOptionsOf(data)));
}
