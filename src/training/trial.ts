import { setImmediate } from 'node:timers/promises';
import { type Dataset, SPLITS } from '../data/sequence.js';
import type { Kernels } from '../kernels/choice.js';
import { initialParameters } from '../model/initialise.js';
import { writeModel } from '../model/model-file.js';
import type { ModelSpec } from '../model/spec.js';
import { type CurveRow, writeCurve } from './curve.js';
import { readDoneEpochs } from './done-epochs.js';
import { type EpochEvents, trainEpochs } from './epochs.js';
import { Learner } from './learner.js';
import type { TrainingOptions } from './options.js';
import { type Ending, initialProgress, type Progress } from './progress.js';
import { readState, runFiles, type TrialState, writeState } from './run-folder.js';
import { checksumOfCurve, checksumOfModel, type SavedChecksums } from './saved-checksums.js';
import { packForEvaluation } from './set-nll.js';

/** One run: a model, its data, the protocol, and the folder that holds what comes out. */
export interface Trial {
  readonly spec: ModelSpec;
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly kernels: Kernels;
  readonly folder: string;
  /** Stop after this epoch, to go on later; the schedule of the learning rate stays that of all epochs. */
  readonly untilEpoch?: number;
}

/** What a run tells while it goes on. */
export interface TrialEvents extends Partial<Pick<EpochEvents, 'onUpdate' | 'onEpoch'>> {
  /**
   * Asked between updates, between batches of the evaluation, and before the files of an epoch are written; true ends
   * the run after its state is saved.
   */
  stopRequested?(): boolean;
}

export interface TrialOutcome {
  readonly ending: Ending;
  readonly curve: readonly CurveRow[];
  /** Epoch with the lowest validation NLL per frame; 0 where none is finished. */
  readonly bestEpoch: number;
  readonly checksums: SavedChecksums;
}

/** A long epoch saves its state this often, milliseconds, so that a killed run loses little. */
const SAVE_INTERVAL = 30_000;
/** Signals are only heard between turns of the event loop: give it one this often, milliseconds. */
const TURN_INTERVAL = 20;

/**
 * Trains a model until its epochs are done, its patience is over, or a stop is asked for; goes on from the
 * state in the trial's folder if there is one. Saves curve, best parameters and state at each epoch's end.
 *
 * @throws Diverged when the training or validation NLL after an epoch, or every gradient in it, is not finite; what the
 *   folder holds then stays. Failure and BadFile where the folder lacks files of the epochs that are done
 */
export async function runTrial(trial: Trial, events: TrialEvents = {}): Promise<TrialOutcome> {
  const { spec, dataset, options, kernels, folder } = trial;
  const files = runFiles(folder);
  const saved = readState(folder, spec);
  const curve = readDoneEpochs(folder, spec, saved);
  const { progress, learner: learnerState } = saved ?? initialState(spec, options);
  const learner = new Learner(kernels, spec, options, learnerState);
  const evaluation = SPLITS.map((split) => packForEvaluation(dataset.splits[split]));
  const giveTurn = turnGiver();
  let lastSave = performance.now();
  let best = saved?.checksums?.best;
  const checksums = () => ({ curve: checksumOfCurve(curve), ...(best && { best }) });
  const save = () => {
    writeState(folder, spec, { progress, learner: learner.state(), checksums: checksums() });
    lastSave = performance.now();
  };
  try {
    const ending = await trainEpochs(
      { learner, options, progress, train: dataset.splits.train, evaluation },
      {
        onUpdate: events.onUpdate,
        async stopRequested() {
          await giveTurn();
          const stop = events.stopRequested?.() ?? false;
          if (stop || performance.now() - lastSave > SAVE_INTERVAL) save();
          return stop;
        },
        onEpoch(row, isBest) {
          if (isBest) {
            writeModel(files.best, { spec, parameters: learner.state().parameters });
            best = checksumOfModel(files.best);
          }
          curve.push(row);
          writeCurve(files.curve, curve);
          // Last, so that a run killed before this line does its epoch again, to the same numbers.
          save();
          events.onEpoch?.(row, isBest);
        },
        kept: () => keptIn(files.best, progress),
      },
      trial.untilEpoch,
    );
    return { ending, curve, bestEpoch: progress.bestEpoch, checksums: checksums() };
  } finally {
    learner.dispose();
  }
}

/** Gives the event loop a turn where the last one is long enough ago, however short the epochs are. */
function turnGiver(): () => Promise<void> {
  let lastTurn = performance.now();
  return async () => {
    if (performance.now() - lastTurn <= TURN_INTERVAL) return;
    await setImmediate();
    lastTurn = performance.now();
  };
}

function keptIn(bestFile: string, { bestEpoch }: Progress): string {
  return bestEpoch > 0 ? `; the best epoch before, ${bestEpoch}, is kept in ${bestFile}` : '';
}

function initialState(spec: ModelSpec, { seed, initialBound }: TrainingOptions): TrialState {
  return {
    learner: { parameters: initialParameters(spec, seed, initialBound) },
    progress: initialProgress(),
  };
}
