import { existsSync } from 'node:fs';
import { loadDataset } from '../data/catalogue.js';
import { Misuse } from '../platform/failure.js';
import { Diverged } from '../training/progress.js';
import { requestSchema, type TrainingRequestFields } from '../training/request.js';
import { type Expected, type PreparedRun, prepareResume, prepareRun, trainRun } from '../training/run.js';
import { readRunConfig } from '../training/run-config.js';
import { runFiles } from '../training/run-folder.js';
import type { RunResult } from '../training/run-result.js';
import type { TrialEvents } from '../training/trial.js';

/** A task as a process gets it. */
export interface TaskMessage {
  /** Run folder of the trial. */
  readonly folder: string;
  readonly request: TrainingRequestFields;
  readonly expected?: Expected;
  readonly untilEpoch?: number;
}

/**
 * Trains a trial, from where it is, to its end or to an epoch.
 *
 * @param events made once the run is prepared
 * @throws FolderInUse where another process works on it; Failure as the run does, but for divergence, which is an
 *   ending
 */
export async function trainTask(
  task: TaskMessage,
  events: (run: PreparedRun) => TrialEvents,
  load = loadDataset,
): Promise<RunResult['ending']> {
  const run = await prepare(task, load);
  try {
    // One that was planned before the experiment grew does no more than it says.
    const { untilEpoch = Number.POSITIVE_INFINITY, request } = task;
    const last = Math.min(untilEpoch, request.epochs ?? Number.POSITIVE_INFINITY);
    return (await trainRun(run, events(run), Number.isFinite(last) ? last : undefined)).ending;
  } catch (error) {
    if (error instanceof Diverged) return 'diverged';
    throw error;
  }
}

/**
 * Another process may lay out the folder between the look and the lock: then it is that run to go on with. One that was
 * begun with fewer epochs goes on to those of the task.
 */
async function prepare(
  { folder, request, expected }: TaskMessage,
  load: typeof loadDataset,
): Promise<PreparedRun> {
  const exists = () => existsSync(runFiles(folder).config);
  const goOn = () => {
    const { epochs = 0 } = readRunConfig(folder).request;
    return prepareResume(folder, load, request.dataset, { epochs: Math.max(request.epochs ?? 0, epochs) });
  };
  if (exists()) return goOn();
  try {
    return await prepareRun(requestSchema.parse(request), folder, load, expected);
  } catch (error) {
    if (error instanceof Misuse && exists()) return goOn();
    throw error;
  }
}
