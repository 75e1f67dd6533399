import type { RunResult } from '../training/run-result.js';
import type { Task, TrialProgress } from './plan.js';

/** How a task ended. `busy`: another process works on its trial, which the message names. */
export type Outcome =
  | { readonly type: 'ended'; readonly ending: RunResult['ending'] }
  | { readonly type: 'busy'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

/** How far a trial is within an epoch. */
export interface EpochProgress {
  /** From 1. */
  readonly epoch: number;
  /** Of the whole run. */
  readonly epochs: number;
  /** Share of the epoch's updates. */
  readonly done: number;
  /** Mean training NLL per frame of the epoch so far, nats, with weight noise on. */
  readonly nll: number;
}

/** What an executor works off, and tells how it goes. */
export interface Schedule {
  /** What can be trained now and has not failed. What is open may change whenever a task ends. */
  open(): Task[];
  started(task: Task): void;
  ended(task: Task, outcome: Outcome): void;
  /** How far the task's trial is at this moment. */
  progressNow(task: Task): TrialProgress;
  onProgress(task: Task, progress: EpochProgress): void;
  onEpoch(task: Task): void;
  /** Asked some times a second; true ends the executor. */
  stopRequested(): boolean;
}

/** Works off a schedule until nothing is open or a stop is asked for. */
export type Executor = (schedule: Schedule) => Promise<void>;
