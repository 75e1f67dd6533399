/**
 * The door for programs: units as equations; and training, evaluating and sampling as the command line does. What the
 * functions take is validated as the command line's is; what is wrong is thrown as a `Failure`, or as a `Misuse` where
 * the request makes no sense, with one line that says so. docs/programs.md has an example.
 */
import type { LoadOptions } from './data/catalogue.js';
import type { Dataset } from './data/sequence.js';
import type { Unit } from './model/graph/define-unit.js';
import type { Model } from './model/model-tensors.js';
import type { SampledFile, SampleFields } from './sampling/sample-file.js';
import type { EvaluateFields, SavedEvaluation } from './training/evaluate-saved.js';
import type { TrainingRequestFields } from './training/request.js';
import type { RunResult } from './training/run-result.js';
import type { TrialEvents } from './training/trial.js';

export type { Dataset, PianoRoll, Split, Waveform } from './data/sequence.js';
export {
  type Context,
  defineUnit,
  type Equations,
  type Gate,
  type GateOptions,
  type State,
  type Unit,
  type UnitOptions,
  type Weight,
} from './model/graph/define-unit.js';
export {
  type Expression,
  exp,
  max,
  type Operand,
  relu,
  sigmoid,
  softplus,
  stopped,
  tanh,
} from './model/graph/expression.js';
export type { Model } from './model/model-tensors.js';
export { BadFile, Failure, Misuse } from './platform/failure.js';
export type { SampledFile } from './sampling/sample-file.js';
export type { SavedEvaluation } from './training/evaluate-saved.js';
export type { RunResult } from './training/run-result.js';
export type { TrialEvents } from './training/trial.js';

/** The options of `gru-bench train`, in the names of its config files. */
export interface TrainFields extends Omit<TrainingRequestFields, 'model' | 'equations'> {
  /** A unit, the name of one that comes with gru-bench, or the file of an own one. */
  readonly model: Unit | string;
  /** Folder of the run; it may hold none yet. */
  readonly out: string;
}

/**
 * Trains a model on a data set, and writes config, curve, best parameters and state into the folder `out`.
 *
 * @param events told after updates and epochs; `stopRequested` ends the training at the next update
 * @throws Misuse where an option is not one or out of its range, or the folder holds a run already; Failure from data,
 *   kernels, or a training that diverges
 */
export async function train(
  { model, out, ...fields }: TrainFields,
  events: TrialEvents = {},
): Promise<RunResult> {
  const { parseRequest, withUnit } = await import('./training/request-file.js');
  const { prepareRun, trainRun } = await import('./training/run.js');
  const { unitData } = await import('./model/graph/unit-data.js');
  const all =
    typeof model === 'string'
      ? await withUnit({ ...fields, model })
      : { ...fields, model: model.name, equations: unitData(model) };
  return trainRun(
    await prepareRun(
      parseRequest(all, (field) => field),
      out,
    ),
    events,
  );
}

/** Goes on with a run that was stopped or killed, to the same numbers. @throws as `train` */
export async function resume(folder: string, events: TrialEvents = {}): Promise<RunResult> {
  const { prepareResume, trainRun } = await import('./training/run.js');
  return trainRun(await prepareResume(folder), events);
}

/**
 * Average NLLs of a run's best parameters, or of a safetensors file, without weight noise, nats.
 *
 * @param path a run's folder or a file
 * @throws Misuse where model and data do not fit each other; BadFile where a file is damaged
 */
export async function evaluate(path: string, fields: EvaluateFields = {}): Promise<SavedEvaluation> {
  const { evaluateSaved, evaluateOptions } = await import('./training/evaluate-saved.js');
  return evaluateSaved(path, evaluateOptions(fields));
}

/**
 * Draws a piece from a trained model into a .mid or .wav file.
 *
 * @param path a run's folder or a safetensors file
 * @throws Misuse where model, prime and output do not fit each other, or the output is there already
 */
export async function sample(path: string, fields: SampleFields = {}): Promise<SampledFile> {
  const { sampleOptions, sampleToFile } = await import('./sampling/sample-file.js');
  return sampleToFile(path, sampleOptions(fields));
}

/**
 * The sequences of a data set: a name of `gru-bench datasets list`, a folder of .mid or .wav files, or a .json file of
 * piano-rolls.
 *
 * @throws Misuse where there is none; BadFile where a file is damaged
 */
export async function loadDataset(nameOrFolder: string, options: LoadOptions = {}): Promise<Dataset> {
  const catalogue = await import('./data/catalogue.js');
  return catalogue.loadDataset(nameOrFolder, options);
}

/**
 * A trained model: its spec with the unit, and its flat parameter vector.
 *
 * @param path a run's folder, whose best parameters are taken, or a safetensors file
 */
export async function openModel(path: string): Promise<Model> {
  const { locateModel } = await import('./training/saved-model.js');
  const { readModel } = await import('./model/model-file.js');
  return readModel(locateModel(path).file);
}
