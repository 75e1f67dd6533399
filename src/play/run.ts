import type { Batch } from '../data/batch.js';
import { type MusicDataset, SPLITS } from '../data/sequence.js';
import type { Engine } from '../kernels/engine.js';
import { initialParameters } from '../model/initialise.js';
import type { ModelSpec } from '../model/spec.js';
import type { CurveRow } from '../training/curve-row.js';
import { learningRateAt } from '../training/learning-rate.js';
import type { TrainingOptions } from '../training/options.js';
import {
  batchOfUpdate,
  curveRow,
  type Ending,
  initialProgress,
  noteEpoch,
  noteUpdate,
  orderOfEpoch,
  outOfPatience,
  type Progress,
  refuseNotFinite,
  updatesAnEpoch,
} from '../training/progress.js';
import { averageNll, packForEvaluation, type SetNll } from '../training/set-nll.js';
import { Learner } from './learner.js';

/** What a run trains on, packed once for all runs. */
export interface TrainingMusic {
  readonly train: MusicDataset['splits']['train'];
  /** Of train, valid and test. */
  readonly evaluation: readonly (readonly Batch[])[];
}

/** A run in memory: what the command line keeps in a folder. */
export interface Run {
  readonly spec: ModelSpec;
  readonly options: TrainingOptions;
  readonly music: TrainingMusic;
  readonly learner: Learner;
  readonly progress: Progress;
  readonly curve: CurveRow[];
  /** Of the epoch with the lowest validation NLL per frame; the initial ones before the first. */
  best: Float32Array;
}

export function trainingMusic({ splits }: Pick<MusicDataset, 'splits'>): TrainingMusic {
  return { train: splits.train, evaluation: SPLITS.map((split) => packForEvaluation(splits[split])) };
}

/** @param unit number of the spec's unit in the engine */
export function beginRun(
  engine: Engine,
  unit: number,
  spec: ModelSpec,
  options: TrainingOptions,
  music: TrainingMusic,
): Run {
  const parameters = initialParameters(spec, options.seed, options.initialBound);
  return {
    spec,
    options,
    music,
    learner: new Learner(engine, unit, spec, options, parameters),
    progress: initialProgress(),
    curve: [],
    best: parameters.slice(),
  };
}

/** What a run tells while it goes on. */
export interface RunEvents {
  onUpdate(progress: Progress): void;
  onEpoch(row: CurveRow, isBest: boolean): void;
  /** Asked between updates and between batches of the evaluation; gives other work its turn. */
  stopRequested(): Promise<boolean>;
}

/**
 * Trains until the epochs are done, the patience is over, or a stop is asked for, by the protocol and to the digits of
 * the command line. A run that was stopped goes on where it was.
 *
 * @throws Diverged where its numbers are no longer finite
 */
export async function trainRun(run: Run, events: RunEvents): Promise<Ending> {
  const { options, progress, learner, music, curve } = run;
  const updates = updatesAnEpoch(music.train.length, options);
  while (progress.epoch <= options.epochs) {
    if (outOfPatience(progress, options)) return 'patience';
    if (!(await trainEpoch(run, updates, events))) return 'stopped';
    const nlls: SetNll[] = [];
    for (const batches of music.evaluation) {
      const one = await evaluate(learner, batches, events);
      if (!one) return 'stopped';
      nlls.push(one);
    }
    const row = curveRow(progress, options, updates, nlls);
    refuseNotFinite(row, updates);
    const isBest = noteEpoch(progress, row);
    if (isBest) run.best = learner.parameters.slice();
    curve.push(row);
    events.onEpoch(row, isBest);
  }
  return 'all epochs';
}

/** Does the updates that are left of an epoch. @returns false where a stop was asked for */
async function trainEpoch(
  { options, progress, learner, music }: Run,
  updates: number,
  events: RunEvents,
): Promise<boolean> {
  const { epoch } = progress;
  const order = orderOfEpoch(options, epoch, music.train.length);
  while (progress.update < updates) {
    if (await events.stopRequested()) return false;
    const start = performance.now();
    const { update } = progress;
    const batch = batchOfUpdate(music.train, order, options, update);
    const learningRate = learningRateAt(options, (epoch - 1) * updates + update, updates);
    const { gradientNorm } = learner.update(batch, { epoch, update }, learningRate);
    progress.trainingSeconds += (performance.now() - start) / 1000;
    noteUpdate(progress, gradientNorm);
    events.onUpdate(progress);
  }
  return true;
}

async function evaluate(
  learner: Learner,
  batches: readonly Batch[],
  { stopRequested }: RunEvents,
): Promise<SetNll | undefined> {
  const nlls: Float32Array[] = [];
  for (const batch of batches) {
    if (await stopRequested()) return undefined;
    nlls.push(learner.evaluate(batch));
  }
  return averageNll(batches, nlls);
}
