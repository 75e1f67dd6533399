import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { LoadOptions } from '../data/catalogue.js';
import { type DataRemarks, remarksOf } from '../data/remarks.js';
import { type Dataset, SPLITS, type Split } from '../data/sequence.js';
import { describeKernels, kernelsFor } from '../kernels/choice.js';
import type { KernelChoice } from '../kernels/kernel-names.js';
import { readModel } from '../model/model-file.js';
import { type ModelSpec, paperSpec } from '../model/spec.js';
import { startBackend } from '../platform/backend.js';
import type { BackendChoice } from '../platform/backend-names.js';
import { Misuse } from '../platform/failure.js';
import { parseFields } from '../platform/parse-fields.js';
import { evaluate, evaluateSequences, type SequenceNll } from './evaluate.js';
import { requestSchema } from './request.js';
import {
  dataFields,
  dataFor,
  loadDataFor,
  locateModel,
  type NamedData,
  type SavedModel,
} from './saved-model.js';
import { packForEvaluation, type SetNll } from './set-nll.js';

export interface SavedEvaluation extends DataRemarks {
  readonly file: string;
  readonly dataset: string;
  readonly backend: string;
  readonly kernels: string;
  readonly splits: readonly ({ readonly split: Split } & SetNll)[];
}

const evaluateSchema = z.strictObject({
  ...dataFields,
  splits: z.array(z.enum(SPLITS)).min(1).default(['test']),
  backend: requestSchema.shape.backend,
  kernels: requestSchema.shape.kernels,
  threads: requestSchema.shape.threads,
});

/** The options of `gru-bench evaluate`, `splits` as a list. */
export type EvaluateFields = z.input<typeof evaluateSchema>;

/** @throws Misuse where a field is not one or out of its range */
export function evaluateOptions(fields: EvaluateFields): z.output<typeof evaluateSchema> {
  return parseFields(evaluateSchema, fields);
}

/**
 * Evaluates saved parameters without weight noise.
 *
 * @param path a run's folder or a safetensors file
 * @param options.dataset may be left out for a run
 * @throws Misuse where the model's inputs or outputs do not fit the data; BadFile from the files
 */
export async function evaluateSaved(
  path: string,
  options: OnWhat & { splits: readonly Split[] },
): Promise<SavedEvaluation> {
  const { file, spec, values, dataset, backend, kernels } = await openSaved(path, options);
  const parameters = tf.tensor1d(values);
  const results = options.splits.map((split) => ({
    split,
    ...evaluate(kernels, spec, parameters, packForEvaluation(dataset.splits[split])),
  }));
  parameters.dispose();
  return {
    file,
    dataset: dataset.name,
    backend: backend.name,
    kernels: describeKernels(kernels),
    splits: results,
    ...remarksOf(dataset),
  };
}

/**
 * As `evaluateSaved`, each sequence of a split by itself.
 *
 * @returns in the split's order
 */
export async function evaluateSavedSequences(
  path: string,
  options: OnWhat & { split: Split },
): Promise<SequenceNll[]> {
  const { spec, values, dataset, kernels } = await openSaved(path, options);
  const parameters = tf.tensor1d(values);
  const nlls = evaluateSequences(kernels, spec, parameters, dataset.splits[options.split]);
  parameters.dispose();
  return nlls;
}

type OnWhat = LoadOptions & {
  dataset?: string;
  /** The data set itself, where it is loaded already; goes before all that names one. */
  data?: Dataset;
  backend: BackendChoice;
  kernels: KernelChoice;
  threads: number;
};

async function openSaved(path: string, options: OnWhat) {
  const saved = locateModel(path);
  const { spec, parameters: values } = readModel(saved.file);
  const dataset = options.data ?? (await loadFor(saved, options));
  checkFit(spec, paperSpec(dataset.kind, spec.unit), saved.file, dataset.name);
  const backend = await startBackend(options.backend, options.threads);
  const kernels = await kernelsFor(spec.unit, options.kernels, options.threads);
  return { file: saved.file, spec, values, dataset, backend, kernels };
}

function loadFor(saved: SavedModel, options: NamedData): Promise<Dataset> {
  const data = dataFor(saved, options);
  if (data === undefined) throw new Misuse('--dataset is missing: a file does not say which data it is for');
  return loadDataFor(data);
}

/** A model of K Gaussians fits speech data for any K. */
function checkFit(model: ModelSpec, data: ModelSpec, file: string, dataset: string): void {
  const shape = ({ inputSize, output: { kind, frameSize } }: ModelSpec) =>
    `${inputSize} inputs and ${kind} outputs of ${frameSize}`;
  if (shape(model) !== shape(data))
    throw new Misuse(`${file} has ${shape(model)}, but ${dataset} needs ${shape(data)}`);
}
