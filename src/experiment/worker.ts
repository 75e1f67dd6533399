/**
 * A process of its own that trains the trials it is sent, one after the other, until its parent is gone. Data
 * stay loaded for the trials that follow.
 */
import { Failure } from '../platform/failure.js';
import { internalErrorText } from '../platform/internal-error.js';
import { FolderInUse } from '../platform/lock.js';
import type { RunResult } from '../training/run-result.js';
import { loadOnce } from './load-once.js';
import type { EpochProgress } from './schedule.js';
import { type TaskMessage, trainTask } from './train-task.js';

/** What the parent sends. */
export type ToWorker = ({ type: 'train' } & TaskMessage) | { type: 'stop' };

/** What the worker tells. */
export type FromWorker =
  | { type: 'ready' }
  /** Some times a second. */
  | ({ type: 'progress' } & EpochProgress)
  | { type: 'epoch' }
  /** The trial has ended, reached its epoch, or stopped on request. */
  | { type: 'ended'; ending: RunResult['ending'] }
  /** Another process works on the trial. */
  | { type: 'busy'; message: string }
  | { type: 'failed'; message: string };

const PROGRESS_INTERVAL = 200;

let stopping = false;
const load = loadOnce();

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

async function train(task: TaskMessage): Promise<void> {
  let lastProgress = 0;
  const ending = await trainTask(
    task,
    ({ request: { epochs } }) => ({
      onUpdate({ epoch, update, updatesAnEpoch, nll }) {
        if (performance.now() - lastProgress < PROGRESS_INTERVAL) return;
        lastProgress = performance.now();
        tell({ type: 'progress', epoch, epochs, done: update / updatesAnEpoch, nll });
      },
      onEpoch: () => tell({ type: 'epoch' }),
      stopRequested: () => stopping,
    }),
    load,
  );
  tell({ type: 'ended', ending });
}

async function trainAndTell(task: TaskMessage): Promise<void> {
  try {
    await train(task);
  } catch (error) {
    if (error instanceof FolderInUse) tell({ type: 'busy', message: error.message });
    else tell({ type: 'failed', message: describe(error) });
  }
  if (stopping) process.disconnect?.();
}

function describe(error: unknown): string {
  return error instanceof Failure ? error.message : internalErrorText(error);
}

let training: Promise<void> = Promise.resolve();
process.on('message', (message: ToWorker) => {
  if (message.type === 'train') training = trainAndTell(message);
  else requestStop();
});
process.on('disconnect', requestStop);
// Ctrl-C and a closed terminal reach the whole group: the parent decides what happens.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {});
process.on('SIGTERM', requestStop);

function requestStop(): void {
  stopping = true;
  void training.then(() => {
    if (process.connected) process.disconnect?.();
  });
}

tell({ type: 'ready' });
