import { setImmediate } from 'node:timers/promises';
import { type Dataset, SPLITS } from '../data/sequence.js';
import type { Kernels } from '../kernels/choice.js';
import { initialParameters } from '../model/initialise.js';
import { writeModel } from '../model/model-file.js';
import type { ModelSpec } from '../model/spec.js';
import { type CurveRow, readCurve, writeCurve } from './curve.js';
import { evaluateUnlessStopped } from './evaluate.js';
import { Learner } from './learner.js';
import { learningRateAt } from './learning-rate.js';
import type { TrainingOptions } from './options.js';
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
} from './progress.js';
import { readState, runFiles, type TrialState, writeState } from './run-folder.js';
import { packForEvaluation, type SetNll } from './set-nll.js';

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
export interface TrialEvents {
  /** After each update. `nll` is the mean training NLL per frame of this epoch so far, with weight noise on. */
  onUpdate?(update: { epoch: number; update: number; updatesAnEpoch: number; nll: number }): void;
  /** After each epoch's evaluation. */
  onEpoch?(row: CurveRow, isBest: boolean): void;
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
}

/** A long epoch saves its state this often, milliseconds, so that a killed run loses little. */
const SAVE_INTERVAL = 30_000;
/** Signals are only heard between turns of the event loop: give it one this often, milliseconds. */
const TURN_INTERVAL = 20;

/**
 * Trains a model until its epochs are done, its patience is over, or a stop is asked for; goes on from the
 * state in the trial's folder if there is one. Saves curve, best parameters and state at each epoch's end.
 *
 * @throws Diverged when the training or validation NLL after an epoch, or every gradient in it, is not finite; what the folder holds
 *   then stays
 */
export async function runTrial(trial: Trial, events: TrialEvents = {}): Promise<TrialOutcome> {
  const { spec, dataset, options, kernels, folder } = trial;
  const { progress, learner: learnerState } = readState(folder, spec) ?? initialState(spec, options);
  const learner = new Learner(kernels, spec, options, learnerState);
  const splits = SPLITS.map((split) => packForEvaluation(dataset.splits[split]));
  const updates = updatesAnEpoch(dataset.splits.train.length, options);
  const curve = readCurve(runFiles(folder).curve).filter(({ epoch }) => epoch < progress.epoch);
  const giveTurn = turnGiver();
  const stopRequested = async () => {
    await giveTurn();
    return events.stopRequested?.() ?? false;
  };
  const save = () => writeState(folder, spec, { progress, learner: learner.state() });
  const ended = (ending: Ending) => ({ ending, curve, bestEpoch: progress.bestEpoch });
  try {
    while (progress.epoch <= options.epochs) {
      if (outOfPatience(progress, options)) return ended('patience');
      if (progress.epoch > (trial.untilEpoch ?? options.epochs)) return ended('stopped');
      const finished = await trainEpoch(trial, learner, progress, events, { stopRequested, save });
      if (!finished) return ended('stopped');
      const nll: SetNll[] = [];
      for (const batches of splits) {
        const one = await evaluateUnlessStopped(kernels, spec, learner.parameters, batches, stopRequested);
        if (one === undefined) {
          save();
          return ended('stopped');
        }
        nll.push(one);
      }
      // Throws where the folder is not this process's any more. A wish to stop can wait: the epoch is done.
      await stopRequested();

      const row = curveRow(progress, options, updates, nll);
      refuseNotFinite(row, updates, keptIn(runFiles(folder).best, progress));
      const isBest = noteEpoch(progress, row);
      if (isBest) writeModel(runFiles(folder).best, { spec, parameters: learner.state().parameters });
      curve.push(row);
      writeCurve(runFiles(folder).curve, curve);
      // Last, so that a run killed before this line does its epoch again, to the same numbers.
      save();
      events.onEpoch?.(row, isBest);
    }
    return ended('all epochs');
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

/** Does the updates that are left of an epoch. @returns false where a stop was asked for and the state saved */
async function trainEpoch(
  trial: Trial,
  learner: Learner,
  progress: Progress,
  events: TrialEvents,
  { stopRequested, save }: { stopRequested: () => Promise<boolean>; save: () => void },
): Promise<boolean> {
  const { dataset, options } = trial;
  const { train } = dataset.splits;
  const { epoch } = progress;
  const updates = updatesAnEpoch(train.length, options);
  const order = orderOfEpoch(options, epoch, train.length);
  let [nllSum, frames] = [0, 0];
  let lastSave = performance.now();
  while (progress.update < updates) {
    const stop = await stopRequested();
    if (stop || performance.now() - lastSave > SAVE_INTERVAL) {
      save();
      lastSave = performance.now();
    }
    if (stop) return false;

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

function keptIn(bestFile: string, { bestEpoch }: Progress): string {
  return bestEpoch > 0 ? `; the best epoch before, ${bestEpoch}, is kept in ${bestFile}` : '';
}

function initialState(spec: ModelSpec, { seed, initialBound }: TrainingOptions): TrialState {
  return {
    learner: { parameters: initialParameters(spec, seed, initialBound) },
    progress: initialProgress(),
  };
}
