/**
 * A process of its own that trains the trials it is sent, one after the other, until its parent is gone. The
 * first epoch's data stay loaded for the trials that follow.
 */
import { existsSync } from 'node:fs';
import { loadDataset } from '../data/catalogue.js';
import type { Dataset } from '../data/sequence.js';
import { Failure, Misuse } from '../platform/failure.js';
import { FolderInUse } from '../platform/folder-lock.js';
import type { CurveRow } from '../training/curve.js';
import { requestSchema, type TrainingRequestFields } from '../training/request.js';
import { type PreparedRun, prepareResume, prepareRun, type RunResult, trainRun } from '../training/run.js';
import { runFiles } from '../training/run-folder.js';
import { Diverged } from '../training/trial.js';

/** What the parent sends. */
export type ToWorker =
  | { type: 'train'; folder: string; request: TrainingRequestFields; untilEpoch?: number }
  | { type: 'stop' };

/** What the worker tells. */
export type FromWorker =
  | { type: 'ready' }
  /** Some times a second; `epoch` counts from 1, `done` is the share of its updates. */
  | { type: 'progress'; epoch: number; epochs: number; done: number; nll: number }
  | { type: 'epoch'; row: CurveRow }
  /** The trial has ended, reached its epoch, or stopped on request. */
  | { type: 'ended'; ending: RunResult['ending'] }
  /** Another process works on the trial. */
  | { type: 'busy' }
  | { type: 'failed'; message: string };

const PROGRESS_INTERVAL = 200;

let stopping = false;
const datasets = new Map<string, Promise<Dataset>>();

const load: typeof loadDataset = (name, options) => {
  const key = JSON.stringify([name, options]);
  const known = datasets.get(key) ?? loadDataset(name, options);
  datasets.set(key, known);
  return known;
};

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

/** Another process may lay out the folder between the look and the lock: then it is that run to go on with. */
async function prepare(folder: string, request: TrainingRequestFields): Promise<PreparedRun> {
  const exists = () => existsSync(runFiles(folder).config);
  if (exists()) return prepareResume(folder, load);
  try {
    return await prepareRun(requestSchema.parse(request), folder, load);
  } catch (error) {
    if (error instanceof Misuse && exists()) return prepareResume(folder, load);
    throw error;
  }
}

async function train({ folder, request, untilEpoch }: Extract<ToWorker, { type: 'train' }>): Promise<void> {
  const run = await prepare(folder, request);
  let lastProgress = 0;
  const result = await trainRun(
    run,
    {
      onUpdate({ epoch, update, updatesAnEpoch, nll }) {
        if (performance.now() - lastProgress < PROGRESS_INTERVAL) return;
        lastProgress = performance.now();
        const { epochs } = run.request;
        tell({ type: 'progress', epoch, epochs, done: update / updatesAnEpoch, nll });
      },
      onEpoch: (row) => tell({ type: 'epoch', row }),
      stopRequested: () => stopping,
    },
    untilEpoch,
  );
  tell({ type: 'ended', ending: result.ending });
}

async function trainAndTell(message: Extract<ToWorker, { type: 'train' }>): Promise<void> {
  try {
    await train(message);
  } catch (error) {
    if (error instanceof Diverged) tell({ type: 'ended', ending: 'diverged' });
    else if (error instanceof FolderInUse) tell({ type: 'busy' });
    else tell({ type: 'failed', message: describe(error) });
  }
  if (stopping) process.disconnect?.();
}

function describe(error: unknown): string {
  const { message } = error as Error;
  return error instanceof Failure ? message : `internal error: ${message.split('\n')[0]}`;
}

let training: Promise<void> = Promise.resolve();
process.on('message', (message: ToWorker) => {
  if (message.type === 'train') training = trainAndTell(message);
  else requestStop();
});
process.on('disconnect', requestStop);
// Ctrl-C reaches the whole group: the parent decides what happens.
process.on('SIGINT', () => {});
process.on('SIGTERM', requestStop);

function requestStop(): void {
  stopping = true;
  void training.then(() => {
    if (process.connected) process.disconnect?.();
  });
}

tell({ type: 'ready' });
