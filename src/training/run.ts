import { existsSync } from 'node:fs';
import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import type { Dataset } from '../data/sequence.js';
import { kernelFamily, kernelsFor } from '../kernels/choice.js';
import { type Rounding, roundingOf } from '../kernels/paths.js';
import { isUnitFile, readUnitFile } from '../model/own-unit.js';
import { paperSpec } from '../model/spec.js';
import { type NamedBy, startBackend } from '../platform/backend.js';
import { askedForAt, Failure, Misuse } from '../platform/failure.js';
import { lockFolder } from '../platform/folder-lock.js';
import { FolderInUse, type Lock } from '../platform/lock.js';
import { readCurve } from './curve.js';
import { epochsOfSchedule } from './learning-rate.js';
import { trainingSchema } from './options.js';
import { Diverged } from './progress.js';
import { completeRequest, sizeOf, type TrainingRequest, unitOf, withoutUndefined } from './request.js';
import {
  placeOfData,
  type RunConfig,
  type RunSetup,
  readRunConfig,
  type StoppingRule,
  writeRunConfig,
  writeStoppingRule,
} from './run-config.js';
import { runFiles } from './run-folder.js';
import { type RunResult, runResult } from './run-result.js';
import { checksumOfCurve } from './saved-checksums.js';
import { writeResult } from './saved-trial.js';
import { runTrial, type TrialEvents } from './trial.js';

/** A run that is ready to train: what the header of the command line shows. */
export interface PreparedRun extends RunSetup {
  readonly folder: string;
  /** Where it goes on: when it was to end before. */
  readonly begunWith?: StoppingRule;
  /** Held until `trainRun` ends: no other process works on the folder. */
  readonly lock: Lock;
}

/** What a run has to find: its numbers are known by it. */
export interface Expected {
  /** SHA-256 of the sequences. */
  readonly sequences?: string;
  /** As `kernelFamily` names them. */
  readonly kernels?: string;
}

/**
 * Loads the data and starts the backend of a new run, and lays out its folder.
 *
 * @param folder where the run goes; made if missing
 * @param expected what it has to find, if that is settled
 * @throws Misuse where the folder holds a run already; FolderInUse where another process works on it; Failure
 *   and BadFile from the data and the backend
 */
export async function prepareRun(
  request: TrainingRequest,
  folder: string,
  load = loadDataset,
  expected: Expected = {},
): Promise<PreparedRun> {
  const refuse = () => {
    if (!existsSync(runFiles(folder).config)) return;
    throw new Misuse(
      `${folder} holds a run already: go on with it by --resume ${folder}, or choose another --out`,
    );
  };
  refuse();
  const run = await prepare(request, load);
  refuseOthers(run, expected);
  return locked(folder, (lock) => {
    refuse();
    const prepared = { ...run, folder, lock };
    writeRunConfig(folder, prepared);
    return prepared;
  });
}

/** @throws Failure where data or kernels are others than expected */
function refuseOthers(
  { dataset, kernels, backend }: RunSetup,
  { sequences = dataset.sha256, kernels: digits }: Expected,
): void {
  const own = kernelFamily(kernels, backend.name);
  if (sequences !== dataset.sha256)
    throw new Failure(`the sequences of ${dataset.name} are not those that the trial was planned for`);
  if (digits !== undefined && digits !== own)
    throw new Failure(
      `the trial was planned for kernels of the family "${digits}", and here they are "${own}" (${kernels.why}), which give other last digits`,
    );
}

/** Locks the folder for what `act` returns; not where it throws. */
function locked<T>(folder: string, act: (lock: Lock) => T): T {
  const lock = lockFolder(folder);
  try {
    return act(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Prepares to go on with a run from its folder.
 *
 * @param dataset where the data are, if they may have been moved since
 * @param stopping when it is to end, where not as it began: it comes to the numbers of a run that was begun so, with
 *   the learning rate's schedule that it has
 * @throws Misuse where it has done more epochs already; FolderInUse where another process works on it; Failure where
 *   the data are no longer those that the run started with, or the backend or the kernels that it ran on are not to be
 *   had: the numbers would not be those of one run
 */
export async function prepareResume(
  folder: string,
  load = loadDataset,
  dataset?: string,
  stopping: StoppingRule = {},
): Promise<PreparedRun> {
  const config = readRunConfig(folder);
  const { backend, kernels } = config;
  await holdToUnitFile(config.request, folder);
  const done = readCurve(runFiles(folder).curve).length;
  if (stopping.epochs !== undefined && stopping.epochs < done)
    throw new Misuse(`${folder} has done ${done} epochs already, more than ${stopping.epochs}`);
  const begun = config.request;
  const request = {
    ...withStoppingRule(begun, stopping),
    ...(dataset !== undefined && { dataset }),
    backend: backend.name,
    kernels: kernels.name,
  };
  const rounding = kernels.simd && roundingOf(kernels.simd);
  const loadOfRun: typeof load = (name, options) =>
    askedForAt(dataset === undefined ? placeOfData(folder) : undefined, () => load(name, options));
  const run = await prepare(request, loadOfRun, 'as the run began', rounding);
  const [before, now] = [kernelFamily(kernels, backend.name), kernelFamily(run.kernels, run.backend.name)];
  if (before !== now)
    throw new Failure(
      `${folder} was trained by kernels of the family "${before}", whose last digits "${now}" does not give`,
    );
  if (run.dataset.sha256 !== config.dataset.sha256)
    throw new Failure(
      `the sequences of ${run.dataset.name} are not those that ${folder} was trained on${otherBroken(config, run.dataset)}`,
    );
  return locked(folder, (lock) => {
    const isOther = run.request.epochs !== begun.epochs || run.request.patience !== begun.patience;
    if (isOther) writeStoppingRule(folder, run.request);
    return { ...run, folder, lock, begunWith: { epochs: begun.epochs, patience: begun.patience } };
  });
}

/** A schedule over all epochs stays one over those that the run began with: its learning rates are those of before. */
function withStoppingRule(request: TrainingRequest, stopping: StoppingRule): TrainingRequest {
  const { schedule, epochs } = request;
  const changes = withoutUndefined(stopping);
  if (epochs === undefined || (changes.epochs ?? epochs) === epochs) return { ...request, ...changes };
  const scheduleEpochs = epochsOfSchedule({ ...request, schedule, epochs });
  return { ...request, ...changes, ...(scheduleEpochs !== undefined && { scheduleEpochs }) };
}

/** @throws Failure where the file of the run's own unit is still there and defines other equations now */
async function holdToUnitFile({ model, equations }: TrainingRequest, folder: string): Promise<void> {
  if (equations === undefined || !isUnitFile(model) || !existsSync(model)) return;
  const { hash } = await readUnitFile(model);
  if (hash !== equations.hash)
    throw new Failure(`${model} has other equations now than those that ${folder} was trained on`);
}

/** Which files were broken then or are now, where these are not the same. */
function otherBroken({ dataset }: RunConfig, { folder }: Dataset): string {
  const [then, now] = [dataset.broken ?? [], folder?.broken ?? []].map((list) =>
    list.map(({ file }) => file),
  );
  const mended = then.find((file) => !now.includes(file));
  const damaged = now.find((file) => !then.includes(file));
  if (damaged !== undefined) return `: ${damaged} was not broken then`;
  return mended === undefined ? '' : `: ${mended} was broken then`;
}

async function prepare(
  request: TrainingRequest,
  load: typeof loadDataset,
  named: NamedBy = 'asked for',
  rounding?: Rounding,
): Promise<RunSetup> {
  const unit = unitOf(request);
  const dataset = await load(request.dataset, loadOptionsOf(request));
  const backend = await startBackend(request.backend, request.threads, named);
  const kernels = await kernelsFor(unit, request.kernels, request.threads, named, rounding);
  const spec = paperSpec(dataset.kind, unit, sizeOf(request));
  return { request: completeRequest(request, dataset.kind), spec, dataset, backend, kernels };
}

/**
 * Trains a prepared run to its end, to an epoch, or until a stop is asked for; writes result.json when it has
 * ended. Releases the folder.
 *
 * @throws Diverged when the numbers are no longer finite; result.json then says so. FolderInUse where another process
 *   took the folder over
 */
export async function trainRun(
  run: PreparedRun,
  events: TrialEvents = {},
  untilEpoch?: number,
): Promise<RunResult> {
  const { spec, dataset, kernels, folder, request } = run;
  const options = trainingSchema.strip().parse(request);
  try {
    const trial = { spec, dataset, options, kernels, folder, untilEpoch };
    const { ending, curve, checksums } = await runTrial(trial, whileHeld(run, events));
    refuseIfLost(run);
    const result = runResult(ending, curve);
    if (ending !== 'stopped') writeResult(folder, result, checksums);
    return result;
  } catch (error) {
    if (error instanceof Diverged) {
      const curve = readCurve(runFiles(folder).curve);
      writeResult(folder, runResult('diverged', curve), { curve: checksumOfCurve(curve) });
    }
    throw error;
  } finally {
    run.lock.release();
  }
}

/** Ends a run that slept for so long that another process went on with it, before it writes anything. */
function whileHeld(run: PreparedRun, events: TrialEvents): TrialEvents {
  return {
    ...events,
    stopRequested() {
      refuseIfLost(run);
      return events.stopRequested?.() ?? false;
    },
  };
}

function refuseIfLost({ lock, folder }: PreparedRun): void {
  if (lock.isLost())
    throw new FolderInUse(`${folder} was taken over by another process, as this one gave no sign of life`);
}
