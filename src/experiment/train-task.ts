import { existsSync } from 'node:fs';
import { loadDataset } from '../data/catalogue.js';
import { Misuse } from '../platform/failure.js';
import { Diverged } from '../training/progress.js';
import { requestSchema, type TrainingRequestFields } from '../training/request.js';
import { type PreparedRun, prepareResume, prepareRun, type RunResult, trainRun } from '../training/run.js';
import { runFiles } from '../training/run-folder.js';
import type { TrialEvents } from '../training/trial.js';

/** A task as a process gets it. */
export interface TaskMessage {
  /** Run folder of the trial. */
  readonly folder: string;
  readonly request: TrainingRequestFields;
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
  { folder, request, untilEpoch }: TaskMessage,
  events: (run: PreparedRun) => TrialEvents,
  load = loadDataset,
): Promise<RunResult['ending']> {
  const run = await prepare(folder, request, load);
  try {
    return (await trainRun(run, events(run), untilEpoch)).ending;
  } catch (error) {
    if (error instanceof Diverged) return 'diverged';
    throw error;
  }
}

/** Another process may lay out the folder between the look and the lock: then it is that run to go on with. */
async function prepare(
  folder: string,
  request: TrainingRequestFields,
  load: typeof loadDataset,
): Promise<PreparedRun> {
  const exists = () => existsSync(runFiles(folder).config);
  if (exists()) return prepareResume(folder, load, request.dataset);
  try {
    return await prepareRun(requestSchema.parse(request), folder, load);
  } catch (error) {
    if (error instanceof Misuse && exists()) return prepareResume(folder, load, request.dataset);
    throw error;
  }
}
