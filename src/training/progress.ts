import { type Batch, packBatch } from '../data/batch.js';
import type { PianoRoll, Waveform } from '../data/sequence.js';
import { Failure } from '../platform/failure.js';
import { permutation } from '../random/draws.js';
import { CURVE_COLUMNS, type CurveRow, endsTraining } from './curve-row.js';
import { learningRateAt } from './learning-rate.js';
import type { TrainingOptions } from './options.js';
import type { SetNll } from './set-nll.js';

/** Why a run ended: all epochs done, no better validation NLL for `patience` epochs, or on request. */
export type Ending = 'all epochs' | 'patience' | 'stopped';

/** How far a run has come. */
export interface Progress {
  /** Epoch that the next update belongs to, from 1. */
  epoch: number;
  /** Updates of that epoch that are done. */
  update: number;
  /** Seconds of training so far. */
  trainingSeconds: number;
  /** Of this epoch: sum of the gradient norms, and updates skipped. */
  gradientNormSum: number;
  skippedUpdates: number;
  /** Epoch with the best validation NLL per frame so far; 0 before the first. */
  bestEpoch: number;
  bestValidNll: number;
}

/** Before the first update. */
export function initialProgress(): Progress {
  return {
    epoch: 1,
    update: 0,
    trainingSeconds: 0,
    gradientNormSum: 0,
    skippedUpdates: 0,
    bestEpoch: 0,
    bestValidNll: Number.POSITIVE_INFINITY,
  };
}

/** Notes an update. @param gradientNorm not finite where the update was skipped */
export function noteUpdate(progress: Progress, gradientNorm: number): void {
  if (Number.isFinite(gradientNorm)) progress.gradientNormSum += gradientNorm;
  else progress.skippedUpdates++;
  progress.update++;
}

/** Notes an epoch whose parameters are evaluated. @returns whether they are the best so far */
export function noteEpoch(progress: Progress, { epoch, valid_nll }: CurveRow): boolean {
  const isBest = valid_nll < progress.bestValidNll;
  if (isBest) Object.assign(progress, { bestEpoch: epoch, bestValidNll: valid_nll });
  Object.assign(progress, { epoch: epoch + 1, update: 0, gradientNormSum: 0, skippedUpdates: 0 });
  return isBest;
}

export function outOfPatience({ epoch, bestEpoch }: Progress, { patience }: TrainingOptions): boolean {
  return patience > 0 && epoch - 1 - bestEpoch >= patience;
}

/** @param sequences of the training set */
export function updatesAnEpoch(sequences: number, { batchSize }: Pick<TrainingOptions, 'batchSize'>): number {
  return Math.ceil(sequences / batchSize);
}

/** The order of the training set's sequences in an epoch. */
export function orderOfEpoch(
  { seed }: Pick<TrainingOptions, 'seed'>,
  epoch: number,
  sequences: number,
): Int32Array {
  return permutation({ seed, purpose: 'order', epoch, update: 0 }, sequences);
}

/** The batch of an update. @param order of `orderOfEpoch` */
export function batchOfUpdate(
  train: readonly (PianoRoll | Waveform)[],
  order: Int32Array,
  { batchSize }: Pick<TrainingOptions, 'batchSize'>,
  update: number,
): Batch {
  const places = order.subarray(update * batchSize, (update + 1) * batchSize);
  return packBatch(Array.from(places, (place) => train[place]));
}

/** The row of an epoch that is trained and evaluated. @param nlls of train, valid and test */
export function curveRow(
  progress: Progress,
  options: TrainingOptions,
  updates: number,
  [train, valid, test]: readonly SetNll[],
): CurveRow {
  const { epoch, skippedUpdates, gradientNormSum, trainingSeconds } = progress;
  return {
    epoch,
    updates: epoch * updates,
    wall_clock_s: trainingSeconds,
    train_nll: train.perFrame,
    valid_nll: valid.perFrame,
    test_nll: test.perFrame,
    train_nll_per_sequence: train.perSequence,
    valid_nll_per_sequence: valid.perSequence,
    test_nll_per_sequence: test.perSequence,
    learning_rate: learningRateAt(options, epoch * updates - 1, updates),
    gradient_norm: gradientNormSum / (updates - skippedUpdates),
    skipped_updates: skippedUpdates,
  };
}

/** Training whose numbers are no longer finite: no further epoch can mend it. */
export class Diverged extends Failure {
  override readonly name = 'Diverged';
}

/** @param kept what is left of the epochs before, for the message. @throws Diverged where no further epoch can mend it */
export function refuseNotFinite(row: CurveRow, updates: number, kept = ''): void {
  const advice = `lower the learning rate${kept}`;
  if (row.skipped_updates === updates && row.epoch === 1)
    throw new Diverged(
      'no gradient of epoch 1 is finite, at the initial weights: the unit’s equations overflow or divide by 0, or the ' +
        'initial bound or the weight noise is too large',
    );
  if (row.skipped_updates === updates)
    throw new Diverged(`no gradient of epoch ${row.epoch} is finite: ${advice}`);
  if (CURVE_COLUMNS.some((column) => endsTraining(column) && !Number.isFinite(row[column])))
    throw new Diverged(`the NLL after epoch ${row.epoch} is not finite: ${advice}`);
}
