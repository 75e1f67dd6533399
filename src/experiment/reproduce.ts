import { join } from 'node:path';
import { predictedFrames } from '../data/batch.js';
import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { type ModelSpec, paperSpec, parameterCount } from '../model/spec.js';
import { Failure, Misuse } from '../platform/failure.js';
import { oneAtATime } from '../platform/folder-lock.js';
import { type CompleteRequest, completeRequest, requestSchema, sizeOf } from '../training/request.js';
import type { DatasetPlan } from './config.js';
import {
  type Cell,
  cellsOf,
  epochsLeft,
  openTasks,
  type PlannedTrial,
  type Task,
  type TrialProgress,
  unitOfPlan,
} from './plan.js';
import { readPublished } from './publish.js';
import { publishedFiles, removePublishedLeftOvers } from './published.js';
import {
  type DatasetRecord,
  readRecords,
  recordOf,
  recordsFile,
  trialsFolder,
  writeRecords,
} from './records.js';
import type { Executor, Outcome } from './schedule.js';
import { progressReader } from './trial-folder.js';

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

/**
 * Loads the data of the chosen data sets.
 *
 * @param plans those to work on
 * @param toLook whether nothing is to be trained, nor to be written
 * @throws Failure where the folder's trials are those of another experiment or of other data
 */
export async function openExperiment(
  plans: readonly DatasetPlan[],
  folder: string,
  toLook = false,
): Promise<Experiment> {
  const cells: ExperimentCell[] = [];
  const records: Record<string, DatasetRecord> = {};
  for (const plan of plans) {
    const data = await loadData(plan);
    records[plan.name] = recordOf(plan, data);
    for (const cell of cellsOf(plan)) {
      const request = completeRequest(requestSchema.parse(cell.search[0].request), data.kind);
      const spec = paperSpec(data.kind, unitOfPlan(plan, cell.unit), sizeOf(request));
      cells.push({ ...cell, data, spec, request });
    }
  }
  if (toLook) withEarlier(records, folder);
  else {
    removePublishedLeftOvers(folder);
    await holdToEarlierTrials(records, folder);
  }
  return { folder, cells };
}

/** Failures advise as `train` is called; an experiment says the same by fields of `training`. */
async function loadData({ dataset, training }: DatasetPlan): Promise<Dataset> {
  try {
    return await loadDataset(dataset, loadOptionsOf(training));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const inFields = error.message.replace(
      /--(window-samples|split-seed|split-shares|skip-broken)/g,
      (_, flag: string) => `training.${flag.replace(/-(.)/g, (__, letter: string) => letter.toUpperCase())}`,
    );
    throw error instanceof Misuse ? new Misuse(inFields) : new Failure(inFields);
  }
}

type Records = Readonly<Record<string, DatasetRecord>>;

/** Remembers what each data set's trials were made of, and refuses to mix others into them. */
async function holdToEarlierTrials(own: Records, folder: string): Promise<void> {
  const isSame = (next: Records) => JSON.stringify(next) === JSON.stringify(readRecords(folder));
  // Trials that are all known can be looked at where nothing may be written.
  if (isSame(withEarlier(own, folder))) return;
  await oneAtATime(trialsFolder(folder), () => {
    const next = withEarlier(own, folder);
    if (!isSame(next)) writeRecords(folder, next);
  });
}

/** @throws Failure where the folder's trials or results are others than `own` */
function withEarlier(own: Records, folder: string): Records {
  const before = readRecords(folder);
  const ofName = new Map(Object.entries(before));
  const files = publishedFiles(folder);
  const published = readPublished(folder)?.datasets ?? [];
  for (const [name, record] of Object.entries(own)) {
    const [trials, ...entries] = [join(trialsFolder(folder), name), recordsFile(folder), files.experiment];
    const advice = `choose another --out, or remove ${trials} and its entries in ${entries.join(' and ')}`;
    holdTo(ofName.get(name), record, `the trials in ${folder}; ${advice}`);
    const results = published.find(({ plan }) => plan.name === name);
    holdTo(results, record, `the results in ${folder}; ${advice}`);
  }
  return { ...before, ...own };
}

/** @param those whose the earlier record is */
function holdTo(earlier: DatasetRecord | undefined, { plan, sha256 }: DatasetRecord, those: string): void {
  if (earlier === undefined) return;
  if (earlier.sha256 !== sha256) throw new Failure(`${plan.name} has other sequences than ${those}`);
  // Data that were moved are the same data.
  const fields = ({ equations, ...others }: DatasetPlan) => ({ ...others, dataset: plan.dataset });
  const changed = changedField(fields(earlier.plan), fields(plan)) ?? changedUnit(earlier.plan, plan);
  if (changed !== undefined) throw new Failure(`${plan.name}: ${changed} is not that of ${those}`);
}

/** The unit that has other equations than before. */
function changedUnit(before: DatasetPlan, now: DatasetPlan): string | undefined {
  const hashOf = ({ equations }: DatasetPlan, name: string) =>
    equations?.find((one) => one.name === name)?.hash;
  const isSame = (name: string) => {
    const [then, own] = [hashOf(before, name), hashOf(now, name)];
    return then === undefined || own === undefined || then === own;
  };
  const changed = now.units.find((name) => !isSame(name));
  return changed && `the unit ${changed}`;
}

function changedField(before: unknown, now: unknown): string | undefined {
  const fields = (value: unknown) => Object.entries(JSON.parse(JSON.stringify(value)) as object);
  const [old, current] = [new Map(fields(before)), new Map(fields(now))];
  return [...new Set([...old.keys(), ...current.keys()])].find(
    (field) => JSON.stringify(old.get(field)) !== JSON.stringify(current.get(field)),
  );
}

/** Whether patience can end a run of the cell before its last epoch. */
export function canStopEarly({ request: { patience, epochs } }: Pick<ExperimentCell, 'request'>): boolean {
  return patience > 0 && patience < epochs;
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

/** Operations that are left if no run stops early. */
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

/** Has an executor train all that is open, until nothing is or a stop is asked for. */
export async function runExperiment(
  { folder, cells }: Experiment,
  execute: Executor,
  events: ReproduceEvents = {},
): Promise<ReproduceOutcome> {
  const progress = progressReader(folder);
  const failures = new Map<string, { trial: PlannedTrial; message: string }>();
  const cellOf = (trial: PlannedTrial) =>
    cells.find(({ plan, unit }) => plan.name === trial.dataset && unit === trial.unit) as ExperimentCell;
  let stopped = false;
  const progressNow = ({ trial }: Task) => {
    progress.forget(trial);
    return progress.of(trial);
  };
  await execute({
    open: () =>
      cells.flatMap((cell) => openTasks(cell, progress.of)).filter(({ trial }) => !failures.has(trial.path)),
    started: (task) => events.onTask?.(task, cellOf(task.trial)),
    ended(task, outcome) {
      const { trial } = task;
      if (outcome.type === 'failed') failures.set(trial.path, { trial, message: outcome.message });
      const now = progressNow(task);
      events.onOutcome?.(task, outcome, now);
    },
    progressNow,
    onProgress: (task, message) => events.onProgress?.(task, message),
    onEpoch: (task) => events.onEpoch?.(task, cellOf(task.trial)),
    stopRequested() {
      stopped ||= events.stopRequested?.() ?? false;
      return stopped;
    },
  });
  return { failures: [...failures.values()], stopped };
}
