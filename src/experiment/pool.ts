import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Task } from './plan.js';
import type { Executor, Outcome, Schedule } from './schedule.js';
import type { FromWorker, ToWorker } from './worker.js';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
/** Milliseconds between two looks at trials that another process works on, and at a wish to stop. */
const LOOK_AGAIN = 500;
/** Milliseconds before a trial that another process worked on is tried again. */
const BUSY_FOR = 2000;

interface Worker {
  readonly child: ChildProcess;
  task?: Task;
}

/**
 * Works off a schedule in processes of this machine.
 *
 * @param trialsFolder where the trials' paths begin
 * @param jobs processes at a time
 */
export function localPool(trialsFolder: string, jobs: number): Executor {
  return (schedule) => runLocally(trialsFolder, jobs, schedule);
}

function runLocally(trialsFolder: string, jobs: number, schedule: Schedule): Promise<void> {
  return new Promise((resolve, reject) => {
    const workers = new Set<Worker>();
    const busyUntil = new Map<string, number>();
    let stopping = false;

    const end = (worker: Worker, outcome: Outcome) => {
      const { task } = worker;
      worker.task = undefined;
      if (!task) return;
      if (outcome.type === 'busy') busyUntil.set(task.trial.path, Date.now() + BUSY_FOR);
      schedule.ended(task, outcome);
    };

    const startWorker = (): Worker => {
      const worker = forkWorker({
        onMessage(message) {
          if (message.type === 'progress') {
            if (worker.task) schedule.onProgress(worker.task, message);
          } else if (message.type === 'epoch') {
            if (worker.task) schedule.onEpoch(worker.task);
          } else if (message.type !== 'ready') {
            end(worker, message);
            fill();
          }
        },
        onClose(how) {
          workers.delete(worker);
          end(worker, { type: 'failed', message: `its process ${how}` });
          fill();
        },
      });
      workers.add(worker);
      return worker;
    };

    const give = (worker: Worker, task: Task) => {
      worker.task = task;
      const { request, path, expected } = task.trial;
      const folder = join(trialsFolder, path);
      tell(worker, { type: 'train', folder, request, expected, untilEpoch: task.untilEpoch });
    };

    const fillOrThrow = () => {
      if (schedule.stopRequested() && !stopping) {
        stopping = true;
        for (const worker of workers) tell(worker, { type: 'stop' });
      }
      const running = () => [...workers].flatMap(({ task }) => task ?? []);
      let next: Task | 'wait' | undefined = 'wait';
      while (!stopping && running().length < jobs) {
        next = nextTask(schedule, running(), busyUntil);
        if (next === undefined || next === 'wait') break;
        schedule.started(next);
        give([...workers].find(({ task, child }) => !task && child.connected) ?? startWorker(), next);
      }
      const isDone = stopping ? workers.size === 0 : next === undefined && running().length === 0;
      if (!isDone) return;
      close();
      resolve();
    };

    const close = () => {
      clearInterval(timer);
      // A worker without its parent saves and ends.
      for (const { child } of workers) if (child.connected) child.disconnect();
    };

    const fill = () => {
      try {
        fillOrThrow();
      } catch (error) {
        close();
        reject(error);
      }
    };

    const timer = setInterval(fill, LOOK_AGAIN);
    fill();
  });
}

/** A task that nobody works on; `wait` while only other processes' trials are open; nothing when all is done. */
function nextTask(
  schedule: Schedule,
  running: readonly Task[],
  busyUntil: ReadonlyMap<string, number>,
): Task | 'wait' | undefined {
  const open = schedule.open().filter(({ trial }) => !running.some((task) => task.trial.path === trial.path));
  const isFree = ({ trial }: Task) => (busyUntil.get(trial.path) ?? 0) <= Date.now();
  return open.find(isFree) ?? (open.length > 0 ? 'wait' : undefined);
}

interface WorkerEvents {
  onMessage(message: FromWorker): void;
  /** @param how its process ended, with what it wrote last to its error stream */
  onClose(how: string): void;
}

function forkWorker({ onMessage, onClose }: WorkerEvents): Worker {
  const child = fork(WORKER, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  let lastError = '';
  child.stderr?.on('data', (chunk) => {
    lastError = String(chunk).trim().split('\n').at(-1) ?? '';
  });
  child.on('message', onMessage);
  child.on('error', (error) => {
    lastError = error.message;
  });
  child.on('close', (code, signal) => {
    const how = signal ? `was killed (${signal})` : `ended with exit code ${code}`;
    onClose([how, lastError].filter(Boolean).join(': '));
  });
  return { child };
}

/** A process that could not be started may have no way to be sent anything; its `close` tells why. */
function tell({ child }: Worker, message: ToWorker): void {
  child.send?.(message, () => {});
}
