/**
 * A process of its own that measures how long cells take, while others like it do the same beside it: processes share
 * caches and memory.
 */
import { dirname, join, resolve } from 'node:path';
import { packBatch } from '../data/batch.js';
import { loadOptionsOf } from '../data/catalogue.js';
import { SPLITS } from '../data/sequence.js';
import { kernelsFor } from '../kernels/choice.js';
import { initialParameters } from '../model/initialise.js';
import { writeModel } from '../model/model-file.js';
import { paperSpec } from '../model/spec.js';
import { startBackend } from '../platform/backend.js';
import { Failure } from '../platform/failure.js';
import { isFolder } from '../platform/file-status.js';
import { internalErrorText } from '../platform/internal-error.js';
import { partialName, removeLeftOver } from '../platform/left-overs.js';
import { makeFolder } from '../platform/make-folder.js';
import { permutation } from '../random/draws.js';
import { CURVE_COLUMNS, type CurveRow, writeCurve } from '../training/curve.js';
import { evaluate } from '../training/evaluate.js';
import { Learner } from '../training/learner.js';
import { trainingSchema } from '../training/options.js';
import { initialProgress } from '../training/progress.js';
import { type CompleteRequest, sizeOf, unitOf } from '../training/request.js';
import { runFiles, writeState } from '../training/run-folder.js';
import { packForEvaluation } from '../training/set-nll.js';
import { loadOnce } from './load-once.js';

/** What the parent sends: what a cell's trials share, and the folder of the trials, where saving is tried. */
export interface ToMeasure {
  readonly request: CompleteRequest;
  readonly folder: string;
}

/** What the process answers. */
export type Measured =
  | {
      readonly type: 'measured';
      /** Training, evaluation and saving. */
      readonly secondsAnEpoch: number;
      /** Before a trial's first epoch. */
      readonly secondsATrial: number;
    }
  | { readonly type: 'failed'; readonly message: string };

/** Seconds that training and evaluation are measured for, each; longer where one batch takes longer. */
const MEASURE_FOR = 0.5;
/** Batches before the clock runs, so that code is compiled and memory is there. */
const WARM_UP = 3;
const SAVES = 3;

const load = loadOnce();

async function measure({ request, folder }: ToMeasure): Promise<Measured> {
  const { splits, kind } = await load(request.dataset, loadOptionsOf(request));
  const unit = unitOf(request);
  // An own unit is compiled once, not for each trial.
  await kernelsFor(unit, request.kernels, request.threads);
  const start = performance.now();
  await startBackend(request.backend, request.threads);
  const kernels = await kernelsFor(unit, request.kernels, request.threads);
  const options = trainingSchema.strip().parse(request);
  const spec = paperSpec(kind, unit, sizeOf(request));
  const parameters = initialParameters(spec, options.seed, options.initialBound);
  const learner = new Learner(kernels, spec, options, { parameters });
  const evaluated = SPLITS.flatMap((split) => packForEvaluation(splits[split]));
  const secondsATrial = secondsSince(start);
  try {
    const { train } = splits;
    const { batchSize } = options;
    const batches = Array.from(
      { length: Math.ceil(train.length / batchSize) },
      (_, i) => () => packBatch(train.slice(i * batchSize, (i + 1) * batchSize)),
    );
    const training = timeOfAll(batches, (batch) => learner.update(batch, { epoch: 1, update: 0 }, 0));
    const evaluation = timeOfAll(
      evaluated.map((batch) => () => batch),
      (batch) => evaluate(kernels, spec, learner.parameters, [batch]),
    );
    const saving = timeOfSaving(folder, (own) => {
      const state = learner.state();
      writeModel(runFiles(own).best, { spec, parameters: state.parameters });
      writeCurve(runFiles(own).curve, Array.from({ length: request.epochs >> 1 }, emptyRow));
      writeState(own, spec, { progress: initialProgress(), learner: state });
    });
    return { type: 'measured', secondsAnEpoch: training + evaluation + saving, secondsATrial };
  } finally {
    learner.dispose();
  }
}

const secondsSince = (start: number) => (performance.now() - start) / 1000;

const emptyRow = () => Object.fromEntries(CURVE_COLUMNS.map((column) => [column, 1 / 3])) as CurveRow;

/** Seconds that all batches would take, from as many as a short time allows, in a random order. */
function timeOfAll<Batch extends { frames: number }>(
  batches: readonly (() => Batch)[],
  run: (batch: Batch) => void,
): number {
  const all = batches.reduce((sum, make) => sum + make().frames, 0);
  const order = permutation({ seed: 1, purpose: 'order', epoch: 0, update: 0 }, batches.length);
  let [frames, seconds] = [0, 0];
  const warmUp = performance.now();
  for (const i of order.subarray(0, WARM_UP)) if (secondsSince(warmUp) < MEASURE_FOR) run(batches[i]());
  for (const i of order) {
    if (seconds >= MEASURE_FOR) break;
    const start = performance.now();
    const batch = batches[i]();
    run(batch);
    seconds += secondsSince(start);
    frames += batch.frames;
  }
  return (seconds * all) / frames;
}

/**
 * Seconds of one saving, the mean of some, in a folder that is removed again: below the trials', or below the nearest
 * that there is above it.
 */
function timeOfSaving(folder: string, save: (own: string) => void): number {
  const own = partialName(join(nearestFolder(resolve(folder)), 'measured'));
  removeLeftOver(own);
  try {
    makeFolder(own);
  } catch (error) {
    throw new Failure(`cannot write in ${folder}: ${(error as Error).message}`);
  }
  try {
    const start = performance.now();
    for (let i = 0; i < SAVES; i++) save(own);
    return secondsSince(start) / SAVES;
  } finally {
    removeLeftOver(own);
  }
}

function nearestFolder(path: string): string {
  return isFolder(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

process.on('message', async (message: ToMeasure) => {
  const answer = await measure(message).catch((error: Error): Measured => {
    const text = error instanceof Failure ? error.message : internalErrorText(error);
    return { type: 'failed', message: text };
  });
  if (process.connected) process.send?.(answer);
});
