import type { Batch } from '../data/batch.js';
import { type MusicDataset, SPLITS } from '../data/sequence.js';
import type { Engine } from '../kernels/engine.js';
import { initialParameters } from '../model/initialise.js';
import type { ModelSpec } from '../model/spec.js';
import type { CurveRow } from '../training/curve-row.js';
import { type EpochEvents, trainEpochs } from '../training/epochs.js';
import type { TrainingOptions } from '../training/options.js';
import { type Ending, initialProgress, type Progress } from '../training/progress.js';
import { packForEvaluation } from '../training/set-nll.js';
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

/** What a run tells while it goes on; between updates and between batches of the evaluation other work gets its turn. */
export type RunEvents = Pick<EpochEvents, 'onUpdate' | 'onEpoch' | 'stopRequested'>;

/**
 * Trains until the epochs are done, the patience is over, or a stop is asked for, by the protocol and to the digits of
 * the command line. A run that was stopped goes on where it was.
 *
 * @throws Diverged where its numbers are no longer finite
 */
export function trainRun(run: Run, events: RunEvents): Promise<Ending> {
  const { learner, options, progress, music, curve } = run;
  return trainEpochs(
    { learner, options, progress, ...music },
    {
      ...events,
      onEpoch(row, isBest) {
        if (isBest) run.best = learner.parameters.slice();
        curve.push(row);
        events.onEpoch(row, isBest);
      },
    },
  );
}
