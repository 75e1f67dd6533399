import type { Batch } from '../data/batch.js';
import type { PianoRoll, Waveform } from '../data/sequence.js';
import type { Draw } from '../random/draws.js';
import type { CurveRow } from './curve-row.js';
import { learningRateAt } from './learning-rate.js';
import type { TrainingOptions } from './options.js';
import {
  batchOfUpdate,
  curveRow,
  type Ending,
  noteEpoch,
  noteUpdate,
  orderOfEpoch,
  outOfPatience,
  type Progress,
  refuseNotFinite,
  updatesAnEpoch,
} from './progress.js';
import { averageNll, type SetNll } from './set-nll.js';

/** What an update's random numbers are drawn by, beside the seed. */
export type UpdateDraw = Pick<Draw, 'epoch' | 'update'>;

/** What came of an update; a type, as `tf.tidy` takes no interface. */
export type Update = {
  /** Of each sequence, with weight noise, nats. */
  readonly nll: Float32Array;
  /** Before rescaling; one that is not finite means that the update was skipped. */
  readonly gradientNorm: number;
};

/** What is trained: parameters, and the optimiser that changes them. */
export interface Trained {
  update(batch: Batch, draw: UpdateDraw, learningRate: number): Update;
  /** NLL of each sequence without weight noise, nats. */
  evaluate(batch: Batch): Float32Array;
}

/** A training in its course. */
export interface Training {
  readonly learner: Trained;
  readonly options: TrainingOptions;
  readonly progress: Progress;
  readonly train: readonly (PianoRoll | Waveform)[];
  /** Train, valid and test, as `packForEvaluation` packs them. */
  readonly evaluation: readonly (readonly Batch[])[];
}

/** What a training tells while it goes on, and asks. */
export interface EpochEvents {
  /** After each update. `nll` is the mean training NLL per frame of this epoch so far, with weight noise on. */
  onUpdate?(update: { epoch: number; update: number; updatesAnEpoch: number; nll: number }): void;
  /** After each epoch's evaluation. */
  onEpoch(row: CurveRow, isBest: boolean): void;
  /** Asked before each update, before each batch of an evaluation, and once more when an epoch is evaluated. */
  stopRequested(): Promise<boolean>;
  /** What is left of the epochs before, for the message of training that diverged. */
  kept?(): string;
}

/**
 * Trains by the protocol until the epochs are done, the patience is over, or a stop is asked for. What was stopped goes
 * on where it was, to the same numbers.
 *
 * @param untilEpoch stop after this epoch; the schedule of the learning rate stays that of all epochs
 * @throws Diverged when the training or validation NLL after an epoch, or every gradient in it, is not finite
 */
export async function trainEpochs(
  training: Training,
  events: EpochEvents,
  untilEpoch = training.options.epochs,
): Promise<Ending> {
  const { options, progress, train } = training;
  const updates = updatesAnEpoch(train.length, options);
  while (progress.epoch <= options.epochs) {
    if (outOfPatience(progress, options)) return 'patience';
    if (progress.epoch > untilEpoch) return 'stopped';
    const nlls = (await trainEpoch(training, updates, events)) && (await evaluateSets(training, events));
    if (!nlls) return 'stopped';
    // A wish to stop can wait: the epoch is done. But who asks may have to be told that the run is not his any more.
    await events.stopRequested();
    const row = curveRow(progress, options, updates, nlls);
    refuseNotFinite(row, updates, events.kept?.());
    events.onEpoch(row, noteEpoch(progress, row));
  }
  return 'all epochs';
}

/** Does the updates that are left of an epoch. @returns false where a stop was asked for */
async function trainEpoch(
  { learner, options, progress, train }: Training,
  updates: number,
  events: EpochEvents,
): Promise<boolean> {
  const { epoch } = progress;
  const order = orderOfEpoch(options, epoch, train.length);
  let [nllSum, frames] = [0, 0];
  while (progress.update < updates) {
    if (await events.stopRequested()) return false;
    const start = performance.now();
    const { update } = progress;
    const batch = batchOfUpdate(train, order, options, update);
    const learningRate = learningRateAt(options, (epoch - 1) * updates + update, updates);
    const { nll, gradientNorm } = learner.update(batch, { epoch, update }, learningRate);
    progress.trainingSeconds += (performance.now() - start) / 1000;

    noteUpdate(progress, gradientNorm);
    nllSum += nll.reduce((sum, value) => sum + value, 0);
    frames += batch.frames;
    events.onUpdate?.({ epoch, update: progress.update, updatesAnEpoch: updates, nll: nllSum / frames });
  }
  return true;
}

/** @returns averages of train, valid and test; nothing where a stop was asked for */
async function evaluateSets(
  { learner, evaluation }: Training,
  { stopRequested }: EpochEvents,
): Promise<SetNll[] | undefined> {
  const averages: SetNll[] = [];
  for (const batches of evaluation) {
    const nlls: Float32Array[] = [];
    for (const batch of batches) {
      if (await stopRequested()) return undefined;
      nlls.push(learner.evaluate(batch));
    }
    averages.push(averageNll(batches, nlls));
  }
  return averages;
}
