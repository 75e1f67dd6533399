import { join } from 'node:path';
import { allPredictedFrames } from '../data/batch.js';
import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { kernelFamily, kernelsFor } from '../kernels/choice.js';
import { type ModelSpec, paperSpec, parameterCount } from '../model/spec.js';
import type { BackendChoice } from '../platform/backend-names.js';
import { askedForAt, Failure, Misuse } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { oneAtATime } from '../platform/folder-lock.js';
import type { CompleteRequest } from '../training/request.js';
import type { DatasetPlan } from './config.js';
import { beyondTheEnd } from './config-sense.js';
import { holdToPlan, type SettledPlan, settle, settlements } from './grow.js';
import type { Basis } from './identity.js';
import {
  type Cell,
  cellsOf,
  epochsLeft,
  openTasks,
  type PlannedTrial,
  type ProgressOf,
  sizeOfPlan,
  type Task,
  type TrialProgress,
  unitOfPlan,
} from './plan.js';
import { finishedCells, readPublished } from './publish.js';
import { publishedFiles, removePublishedLeftOvers } from './published.js';
import type { PlaceOfSetting } from './read-config.js';
import {
  type DatasetRecord,
  readRecords,
  recordOf,
  recordsFile,
  trialsFolder,
  writeRecords,
} from './records.js';
import { readResults } from './results-file.js';
import type { EpochProgress, Executor, Outcome } from './schedule.js';
import { sizesOfPlan } from './sizes.js';
import { progressReader } from './trial-folder.js';

/** An experiment with its data at hand. */
export interface Experiment {
  /** Where results go; the trials' run folders are in `trials` below it. */
  readonly folder: string;
  readonly cells: readonly ExperimentCell[];
  /** What was settled beyond what its file says, since trials are there already; a line each. */
  readonly settlements: readonly string[];
}

export interface ExperimentCell extends Cell {
  readonly data: Dataset;
  readonly spec: ModelSpec;
  /** What its trials share, with all that depends on the data filled in. */
  readonly request: CompleteRequest;
}

/** A data set of an experiment, loaded. */
interface Loaded {
  /** As the file says it. */
  readonly written: DatasetPlan;
  readonly data: Dataset;
  readonly basis: Basis;
}

/**
 * Loads the data of the chosen data sets, and settles their plans: they go on from the trials that are there.
 *
 * @param plans those to work on
 * @param toLook whether nothing is to be trained, nor to be written
 * @param placeOf where the plans' settings stand in a file
 * @throws Failure where the folder's trials are of other data or kernels, or finished results in it are not part of the
 *   plans; Misuse where a rung is beyond the epochs or a unit too large
 */
export async function openExperiment(
  plans: readonly DatasetPlan[],
  folder: string,
  toLook = false,
  placeOf: PlaceOfSetting = (dataset) => plans[dataset].name,
): Promise<Experiment> {
  const loaded: Loaded[] = [];
  for (const [i, written] of plans.entries()) {
    const data = await askedForAt(placeOf(i, ['dataset']), () => loadData(written));
    await askedForAt(placeOf(i, ['parameters']), () => sizesOfPlan(written, data.kind));
    loaded.push({ written, data, basis: await basisOf(written, data) });
  }
  if (!toLook) removePublishedLeftOvers(folder);
  const settled = toLook ? settleAll(loaded, folder) : await settleAndRemember(loaded, folder);
  const cells = loaded.flatMap(({ data }, i) => {
    const own = cellsOf(settled[i]).map((cell) => withData(cell, data));
    for (const cell of own) refuseImpossible(cell, folder, placeOf(i, ['search', 'rungs']));
    return own;
  });
  const lines = loaded.flatMap(({ written }, i) => settlements(written, settled[i]));
  return { folder, cells, settlements: lines };
}

function withData(cell: Cell, data: Dataset): ExperimentCell {
  const request = cell.search[0].request as CompleteRequest;
  const spec = paperSpec(data.kind, unitOfPlan(cell.plan, cell.unit), sizeOfPlan(cell.plan, cell.unit));
  return { ...cell, data, spec, request };
}

/** The kernels are those of this machine. */
async function basisOf(plan: DatasetPlan, data: Dataset): Promise<Basis> {
  const { backend = 'auto', kernels = 'auto', threads = 1 } = plan.training;
  const families: [unit: string, family: string][] = [];
  for (const unit of plan.units) {
    const own = await kernelsFor(unitOfPlan(plan, unit), kernels, threads);
    families.push([unit, kernelFamily(own, own.name === 'fused' ? '' : await backendName(backend, threads))]);
  }
  return { kind: data.kind, sequences: data.sha256, kernels: Object.fromEntries(families) };
}

/** TensorFlow.js takes a second to load, and fused kernels give the same digits on all of its backends. */
async function backendName(choice: BackendChoice, threads: number): Promise<string> {
  const { startBackend } = await import('../platform/backend.js');
  return (await startBackend(choice, threads)).name;
}

/** @param rungs where the file says them */
function refuseImpossible(
  { plan, unit, search, request: { epochs } }: ExperimentCell,
  folder: string,
  rungs: string,
): void {
  const beyond = plan.search.rungs.find((rung) => rung.epochs > epochs);
  if (beyond) throw new Misuse(`${rungs}: ${beyondTheEnd(beyond.epochs, epochs)}`);
  const progress = progressReader(folder);
  const longer = search.find((trial) => progress.of(trial).curve.length > epochs);
  if (longer)
    throw new Failure(
      `${plan.name} ${unit}: ${longer.path} in ${trialsFolder(folder)} has more than the ${epochs} epochs of training.epochs already; raise that, or choose another --out`,
    );
}

/** Failures advise as `train` is called; an experiment says the same by fields of `training`. */
async function loadData({ dataset, training }: DatasetPlan): Promise<Dataset> {
  try {
    return await loadDataset(dataset, loadOptionsOf(training));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const inFields = error.message
      .replaceAll('--dataset ', 'dataset: ')
      .replace(
        /--(window-samples|split-seed|split-shares|skip-broken)/g,
        (_, flag: string) =>
          `training.${flag.replace(/-(.)/g, (__, letter: string) => letter.toUpperCase())}`,
      );
    throw error instanceof Misuse ? new Misuse(inFields) : new Failure(inFields);
  }
}

/** Settles the plans, and remembers what each data set's trials are made of. */
async function settleAndRemember(loaded: readonly Loaded[], folder: string): Promise<SettledPlan[]> {
  const next = () => {
    const plans = settleAll(loaded, folder);
    const own = loaded.map(({ data }, i) => [plans[i].name, recordOf(plans[i], data)]);
    // In the order of this experiment, which that of the results is; then what other calls left here.
    return { plans, records: { ...Object.fromEntries(own), ...others(folder, plans) } };
  };
  const isKnown = (records: object) => JSON.stringify(records) === JSON.stringify(readRecords(folder));
  const now = next();
  // Trials that are all known can be looked at where nothing may be written.
  if (isKnown(now.records)) return now.plans;
  return oneAtATime(trialsFolder(folder), () => {
    const { plans, records } = next();
    if (!isKnown(records)) writeRecords(folder, records);
    return plans;
  });
}

function others(folder: string, plans: readonly DatasetPlan[]): Record<string, DatasetRecord> {
  const before = Object.entries(readRecords(folder));
  return Object.fromEntries(before.filter(([name]) => !plans.some((plan) => plan.name === name)));
}

/** @throws Failure where the folder's trials are of other data or kernels, or its finished results of other plans */
function settleAll(loaded: readonly Loaded[], folder: string): SettledPlan[] {
  const trials = readRecords(folder);
  const published = readPublished(folder)?.datasets ?? [];
  return loaded.map(({ written, basis }) => {
    const { name } = written;
    const [ofTrials, ofResults] = [
      Object.hasOwn(trials, name) ? trials[name] : undefined,
      published.find(({ plan }) => plan.name === name),
    ];
    const [those, advice] = wordsOn(folder, name);
    if (ofTrials && !ofTrials.plan.basis)
      throw new Failure(`${those.trials} have no identities, and cannot be told from others; ${advice}`);
    if (ofTrials) refuseOtherBasis(ofTrials, name, basis, those.trials, advice);
    if (ofResults) refuseOtherBasis(ofResults, name, basis, those.results, advice);
    const earlier = [ofTrials, ofResults].flatMap((record) => record?.plan ?? []);
    const plan = settle({ ...written, basis }, earlier);
    if (ofResults && hasFinished(folder, name)) holdToPlan(plan, ofResults.plan, those.results, advice);
    return plan;
  });
}

function wordsOn(folder: string, name: string) {
  const [trials, entries] = [
    join(trialsFolder(folder), name),
    [recordsFile(folder), publishedFiles(folder).experiment],
  ];
  const advice = `choose another --out, or remove ${trials} and its entries in ${entries.join(' and ')}`;
  return [{ trials: `the trials in ${folder}`, results: `the results in ${folder}` }, advice] as const;
}

/** Refuses what no option explains: most likely it is not meant. */
function refuseOtherBasis(
  { sha256, plan: { basis: before } }: DatasetRecord,
  name: string,
  basis: Basis,
  those: string,
  advice: string,
): void {
  if (sha256 !== basis.sequences) throw new Failure(`${name} has other sequences than ${those}; ${advice}`);
  const unit = Object.keys(basis.kernels).find(
    (one) => before?.kernels[one] !== undefined && before.kernels[one] !== basis.kernels[one],
  );
  if (unit !== undefined)
    throw new Failure(
      `${name} ${unit}: ${those} were made by kernels of the family "${before?.kernels[unit]}", and here they are "${basis.kernels[unit]}", which give other last digits; ${advice}`,
    );
}

function hasFinished(folder: string, name: string): boolean {
  const { results } = publishedFiles(folder);
  return isListed(results) && finishedCells(readResults(results)).some(({ dataset }) => dataset === name);
}

/** Whether patience can end a run of the cell before its last epoch. */
export function canStopEarly({ request: { patience, epochs } }: Pick<ExperimentCell, 'request'>): boolean {
  return patience > 0 && patience < epochs;
}

/** Multiplications and additions of an epoch, about: what its time goes by. */
export function operationsAnEpoch({ data, spec }: Pick<ExperimentCell, 'data' | 'spec'>): number {
  const frames = SPLITS.map((split) => allPredictedFrames(data.splits[split]));
  const [train] = frames;
  const all = frames.reduce((sum, count) => sum + count, 0);
  // Training: forward, and twice as much for the gradients; then a forward pass over everything.
  return 2 * parameterCount(spec) * (3 * train + all);
}

/** Operations that are left if no run stops early. */
export function operationsLeft({ cells }: Experiment, progressOf: ProgressOf): number {
  return cells.reduce(
    (sum, cell) => sum + epochsLeft(cell, cell.request.epochs, progressOf) * operationsAnEpoch(cell),
    0,
  );
}

export interface ReproduceEvents {
  onTask?(task: Task, cell: ExperimentCell): void;
  onProgress?(task: Task, progress: EpochProgress): void;
  onOutcome?(task: Task, outcome: Outcome, progress: TrialProgress): void;
  /** After each epoch of any trial. */
  onEpoch?(task: Task, cell: ExperimentCell): void;
  stopRequested?(): boolean;
}

export interface ReproduceOutcome {
  readonly failures: readonly { readonly trial: PlannedTrial; readonly message: string }[];
  readonly stopped: boolean;
  /** Whether nothing is left to train. */
  readonly isFinished: boolean;
}

/** Whether no trial has anything left to train. */
export function hasEnded({ cells }: Pick<Experiment, 'cells'>, progressOf: ProgressOf): boolean {
  return cells.every((cell) => openTasks(cell, progressOf).length === 0);
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
  return { failures: [...failures.values()], stopped, isFinished: hasEnded({ cells }, progress.of) };
}
