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
    let isOver = false;
    const end = (settle: () => void) => {
      isOver = true;
      clearInterval(timer);
      pool.letGo();
      settle();
    };
    const look = () => {
      if (isOver) return;
      try {
        if (pool.giveOut()) end(resolve);
      } catch (error) {
        end(() => reject(error));
      }
    };
    const pool = new Pool(trialsFolder, jobs, schedule, look);
    const timer = setInterval(look, LOOK_AGAIN);
    look();
  });
}

/** The processes that work off a schedule, and the task of each. */
class Pool {
  private readonly workers = new Set<Worker>();
  /** Until when a trial is left to the other process that works on it, by its path. */
  private readonly busyUntil = new Map<string, number>();
  private isStopping = false;

  /** @param onFree called when a process has ended its task, or itself */
  constructor(
    private readonly trialsFolder: string,
    private readonly jobs: number,
    private readonly schedule: Schedule,
    private readonly onFree: () => void,
  ) {}

  /** Gives open tasks to processes that are free or new. @returns whether all is done, or all have stopped */
  giveOut(): boolean {
    if (this.schedule.stopRequested() && !this.isStopping) {
      this.isStopping = true;
      for (const worker of this.workers) tell(worker, { type: 'stop' });
    }
    if (this.isStopping) return this.workers.size === 0;
    while (this.running().length < this.jobs) {
      const next = nextTask(this.schedule, this.running(), this.busyUntil);
      if (next === undefined) return this.running().length === 0;
      if (next === 'wait') return false;
      this.schedule.started(next);
      this.give(next);
    }
    return false;
  }

  /** A worker without its parent saves and ends. */
  letGo(): void {
    for (const { child } of this.workers) if (child.connected) child.disconnect();
  }

  private running(): Task[] {
    return [...this.workers].flatMap(({ task }) => task ?? []);
  }

  private give(task: Task): void {
    const worker = [...this.workers].find((one) => !one.task && one.child.connected) ?? this.startWorker();
    worker.task = task;
    const { request, path, expected } = task.trial;
    const folder = join(this.trialsFolder, path);
    tell(worker, { type: 'train', folder, request, expected, untilEpoch: task.untilEpoch });
  }

  private startWorker(): Worker {
    const worker = forkWorker({
      onMessage: (message) => this.hear(worker, message),
      onClose: (how) => {
        this.workers.delete(worker);
        this.end(worker, { type: 'failed', message: `its process ${how}` });
        this.onFree();
      },
    });
    this.workers.add(worker);
    return worker;
  }

  private hear(worker: Worker, message: FromWorker): void {
    const { task } = worker;
    if (message.type === 'progress') {
      if (task) this.schedule.onProgress(task, message);
    } else if (message.type === 'epoch') {
      if (task) this.schedule.onEpoch(task);
    } else if (message.type !== 'ready') {
      this.end(worker, message);
      this.onFree();
    }
  }

  private end(worker: Worker, outcome: Outcome): void {
    const { task } = worker;
    worker.task = undefined;
    if (!task) return;
    if (outcome.type === 'busy') this.busyUntil.set(task.trial.path, Date.now() + BUSY_FOR);
    this.schedule.ended(task, outcome);
  }
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
