import type { RunResult } from '../training/run-result.js';
import type { Task, TrialProgress } from './plan.js';

/** How a task ended. `busy`: another process works on its trial. */
export type Outcome =
  | { readonly type: 'ended'; readonly ending: RunResult['ending'] }
  | { readonly type: 'busy' }
  | { readonly type: 'failed'; readonly message: string };

/** What an executor works off, and tells how it goes. */
export interface Schedule {
  /** What can be trained now and has not failed. What is open may change whenever a task ends. */
  open(): Task[];
  started(task: Task): void;
  ended(task: Task, outcome: Outcome): void;
  /** How far the task's trial is at this moment. */
  progressNow(task: Task): TrialProgress;
  /** `done`: share of the epoch's updates. */
  onProgress(task: Task, progress: { epoch: number; epochs: number; done: number; nll: number }): void;
  onEpoch(task: Task): void;
  /** Asked some times a second; true ends the executor. */
  stopRequested(): boolean;
}

/** Works off a schedule until nothing is open or a stop is asked for. */
export type Executor = (schedule: Schedule) => Promise<void>;
