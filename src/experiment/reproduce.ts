import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { predictedFrames } from '../data/batch.js';
import { loadDataset } from '../data/catalogue.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { type ModelSpec, paperSpec, parameterCount } from '../model/spec.js';
import { Failure } from '../platform/failure.js';
import { type CompleteRequest, completeRequest, requestSchema } from '../training/request.js';
import { readJson, writeJson } from '../training/run-folder.js';
import type { DatasetPlan } from './config.js';
import {
  type Cell,
  cellsOf,
  epochsLeft,
  openTasks,
  type PlannedTrial,
  type Task,
  type TrialProgress,
} from './plan.js';
import { type Outcome, runLocally, type Schedule } from './pool.js';
import { readTrialProgress } from './trial-folder.js';

/** An experiment with its data at hand. */
export interface Experiment {
  /** Where results go; the trials' run folders are in `trials` below it. */
  readonly folder: string;
  readonly cells: readonly ExperimentCell[];
}

export interface ExperimentCell extends Cell {
  readonly data: Dataset;
  readonly spec: ModelSpec;
  /** What its trials share, with all that depends on the data filled in. */
  readonly request: CompleteRequest;
}

export function trialsFolder(folder: string): string {
  return join(folder, 'trials');
}

/**
 * Loads the data of the chosen data sets.
 *
 * @param plans those to work on
 * @throws Failure where the folder's trials are those of another experiment or of other data
 */
export async function openExperiment(plans: readonly DatasetPlan[], folder: string): Promise<Experiment> {
  const cells: ExperimentCell[] = [];
  const hashes: Record<string, string> = {};
  for (const plan of plans) {
    const { maxSequences, windowSamples } = plan.training;
    const data = await loadDataset(plan.dataset, { maxSequences, windowSamples });
    hashes[plan.name] = data.sha256;
    for (const cell of cellsOf(plan)) {
      const request = completeRequest(requestSchema.parse(cell.search[0].request), data.kind);
      const spec = paperSpec(data.kind, cell.unit, request.units);
      cells.push({ ...cell, data, spec, request });
    }
  }
  holdToEarlierTrials(plans, hashes, folder);
  return { folder, cells };
}

const recordSchema = z.record(z.string(), z.object({ plan: z.unknown(), sha256: z.string() }));

/** Remembers what each data set's trials were made of, and refuses to mix others into them. */
function holdToEarlierTrials(
  plans: readonly DatasetPlan[],
  hashes: Readonly<Record<string, string>>,
  folder: string,
): void {
  const path = join(trialsFolder(folder), 'plan.json');
  const record = existsSync(path) ? readJson(path, recordSchema) : {};
  for (const plan of plans) {
    const before = record[plan.name];
    const advice = `choose another --out, or remove ${join(trialsFolder(folder), plan.name)} and its entry in ${path}`;
    if (before && before.sha256 !== hashes[plan.name])
      throw new Failure(`${plan.name} has other sequences than the trials in ${folder}; ${advice}`);
    const changed = before && changedField(before.plan, plan);
    if (changed)
      throw new Failure(`${plan.name}: ${changed} is not that of the trials in ${folder}; ${advice}`);
  }
  const own = Object.fromEntries(plans.map((plan) => [plan.name, { plan, sha256: hashes[plan.name] }]));
  const next = { ...record, ...own };
  if (JSON.stringify(next) !== JSON.stringify(record)) writeJson(path, next);
}

function changedField(before: unknown, now: unknown): string | undefined {
  const fields = (value: unknown) => Object.entries(JSON.parse(JSON.stringify(value)) as object);
  const [old, current] = [new Map(fields(before)), new Map(fields(now))];
  return [...new Set([...old.keys(), ...current.keys()])].find(
    (field) => JSON.stringify(old.get(field)) !== JSON.stringify(current.get(field)),
  );
}

/** Reads how far each trial is, and remembers those that have ended. */
export function progressReader(folder: string): {
  of(trial: PlannedTrial): TrialProgress;
  forget(trial: PlannedTrial): void;
} {
  const known = new Map<string, TrialProgress>();
  return {
    of(trial) {
      const progress = known.get(trial.path) ?? readTrialProgress(join(trialsFolder(folder), trial.path));
      known.set(trial.path, progress);
      return progress;
    },
    forget: (trial) => known.delete(trial.path),
  };
}

/** Multiplications and additions of an epoch, about: what its time goes by. */
export function operationsAnEpoch({ data, spec }: Pick<ExperimentCell, 'data' | 'spec'>): number {
  const frames = SPLITS.map((split) =>
    data.splits[split].reduce((sum, sequence) => sum + predictedFrames(sequence), 0),
  );
  const [train] = frames;
  const all = frames.reduce((sum, count) => sum + count, 0);
  // Training: forward, and twice as much for the gradients; then a forward pass over everything.
  return 2 * parameterCount(spec) * (3 * train + all);
}

/** Operations that are left at most. */
export function operationsLeft(
  { cells }: Experiment,
  progressOf: (trial: PlannedTrial) => TrialProgress,
): number {
  return cells.reduce(
    (sum, cell) => sum + epochsLeft(cell, cell.request.epochs, progressOf) * operationsAnEpoch(cell),
    0,
  );
}

export interface ReproduceEvents {
  onTask?(task: Task, cell: ExperimentCell): void;
  onProgress?(task: Task, progress: { epoch: number; epochs: number; done: number; nll: number }): void;
  onOutcome?(task: Task, outcome: Outcome, progress: TrialProgress): void;
  /** After each epoch of any trial. */
  onEpoch?(task: Task, cell: ExperimentCell): void;
  stopRequested?(): boolean;
}

export interface ReproduceOutcome {
  readonly failures: readonly { readonly trial: PlannedTrial; readonly message: string }[];
  readonly stopped: boolean;
}

/** Milliseconds before a trial that another process worked on is looked at again. */
const BUSY_FOR = 2000;

/** Trains all that is open, in `jobs` processes, until nothing is or a stop is asked for. */
export async function runExperiment(
  experiment: Experiment,
  jobs: number,
  events: ReproduceEvents = {},
): Promise<ReproduceOutcome> {
  const { folder, cells } = experiment;
  const progress = progressReader(folder);
  const failures = new Map<string, { trial: PlannedTrial; message: string }>();
  const busyUntil = new Map<string, number>();
  const cellOf = (trial: PlannedTrial) =>
    cells.find(({ plan, unit }) => plan.name === trial.dataset && unit === trial.unit) as ExperimentCell;
  let stopped = false;

  const schedule: Schedule = {
    next(running) {
      const isTaken = ({ path }: PlannedTrial) =>
        failures.has(path) || running.some(({ trial }) => trial.path === path);
      const open = cells
        .flatMap((cell) => openTasks(cell, progress.of))
        .filter(({ trial }) => !isTaken(trial));
      const free = open.find(({ trial }) => !((busyUntil.get(trial.path) ?? 0) > Date.now()));
      if (free) events.onTask?.(free, cellOf(free.trial));
      return free ?? (open.length > 0 ? 'wait' : undefined);
    },
    ended(task, outcome) {
      const { trial } = task;
      progress.forget(trial);
      if (outcome.type === 'busy') busyUntil.set(trial.path, Date.now() + BUSY_FOR);
      if (outcome.type === 'failed') failures.set(trial.path, { trial, message: outcome.message });
      events.onOutcome?.(task, outcome, progress.of(trial));
    },
    stopRequested() {
      stopped ||= events.stopRequested?.() ?? false;
      return stopped;
    },
    tell(task, message) {
      if (message.type === 'epoch') events.onEpoch?.(task, cellOf(task.trial));
      else events.onProgress?.(task, message);
    },
  };
  await runLocally(trialsFolder(folder), jobs, schedule);
  return { failures: [...failures.values()], stopped };
}
