import { existsSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { predictedFrames } from '../data/batch.js';
import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import { datasetNames } from '../data/dataset-names.js';
import { groupRemarks } from '../data/remarks.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { type Kernels, kernelsFor } from '../kernels/choice.js';
import { KERNEL_PATHS } from '../kernels/paths.js';
import { unitData } from '../model/graph/unit-data.js';
import { isUnitFile, readUnitFile } from '../model/own-unit.js';
import { type ModelSpec, paperSpec, parameterCount, recurrentParameterCount } from '../model/spec.js';
import { type Backend, type NamedBy, startBackend } from '../platform/backend.js';
import { Failure, Misuse } from '../platform/failure.js';
import { lockFolder } from '../platform/folder-lock.js';
import { PACKAGE_VERSION } from '../platform/folders.js';
import { FolderInUse, type Lock } from '../platform/lock.js';
import { median } from '../platform/median.js';
import { describeProcessor } from '../platform/processor.js';
import { type CurveRow, readCurve } from './curve.js';
import { trainingSchema } from './options.js';
import {
  type CompleteRequest,
  completeRequest,
  requestSchema,
  sizeOf,
  type TrainingRequest,
  unitOf,
} from './request.js';
import { withPresentNames } from './request-file.js';
import { readJson, runFiles, writeJson } from './run-folder.js';
import { Diverged, type Ending, runTrial, type TrialEvents } from './trial.js';

/** A run that is ready to train: what the header of the command line shows. */
export interface PreparedRun {
  readonly folder: string;
  readonly request: CompleteRequest;
  readonly spec: ModelSpec;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly kernels: Kernels;
  /** Held until `trainRun` ends: no other process works on the folder. */
  readonly lock: Lock;
}

/** What result.json says of a run that has ended. */
export interface RunResult {
  readonly ending: Ending | 'diverged';
  readonly epochs: number;
  readonly best: CurveRow | null;
  /** Training, median over the epochs. */
  readonly secondsAnEpoch: number | null;
  /** Over all epochs. */
  readonly skippedUpdates: number;
}

/**
 * Loads the data and starts the backend of a new run, and lays out its folder.
 *
 * @param folder where the run goes; made if missing
 * @throws Misuse where the folder holds a run already; FolderInUse where another process works on it; Failure
 *   and BadFile from the data and the backend
 */
export async function prepareRun(
  request: TrainingRequest,
  folder: string,
  load = loadDataset,
): Promise<PreparedRun> {
  const refuse = () => {
    if (!existsSync(runFiles(folder).config)) return;
    throw new Misuse(
      `${folder} holds a run already: go on with it by --resume ${folder}, or choose another --out`,
    );
  };
  refuse();
  const run = await prepare(request, load);
  return locked(folder, (lock) => {
    refuse();
    const prepared = { ...run, folder, lock };
    writeJson(runFiles(folder).config, runConfig(prepared));
    return prepared;
  });
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

const configSchema = z.object({
  request: z.preprocess(withPresentNames, requestSchema),
  dataset: z.object({
    sha256: z.string(),
    broken: z.array(z.object({ file: z.string(), what: z.string() })).optional(),
  }),
  backend: z.object({ name: z.enum(['tensorflow', 'wasm', 'cpu']) }),
  kernels: z.object({ name: z.enum(['composed', 'fused']), simd: z.enum(KERNEL_PATHS).optional() }),
});

/** @throws Misuse where the folder holds no run, BadFile where its config.json is damaged */
export function readRunConfig(folder: string): z.infer<typeof configSchema> {
  const path = runFiles(folder).config;
  if (!existsSync(path)) throw new Misuse(`${folder} holds no run: ${path} is missing`);
  return readJson(path, configSchema);
}

/**
 * Prepares to go on with a run from its folder.
 *
 * @param dataset where the data are, if they may have been moved since
 * @throws FolderInUse where another process works on it; Failure where the data are no longer those that the run
 *   started with, or the backend or the kernels that it ran on are not to be had: the numbers would not be those of one
 *   run
 */
export async function prepareResume(
  folder: string,
  load = loadDataset,
  dataset?: string,
): Promise<PreparedRun> {
  const config = readRunConfig(folder);
  const { backend, kernels } = config;
  await holdToUnitFile(config.request, folder);
  const request = {
    ...config.request,
    ...(dataset !== undefined && { dataset }),
    backend: backend.name,
    kernels: kernels.name,
  };
  const run = await prepare(request, load, 'as the run began');
  const isPlain = (simd?: string) => simd === 'plain';
  if (run.kernels.name === 'fused' && isPlain(run.kernels.simd) !== isPlain(kernels.simd))
    throw new Failure(
      `${folder} was trained on the ${kernels.simd} path, whose last digits ${run.kernels.simd} does not give`,
    );
  if (run.dataset.sha256 !== config.dataset.sha256)
    throw new Failure(
      `the sequences of ${run.dataset.name} are not those that ${folder} was trained on${otherBroken(config, run.dataset)}`,
    );
  return locked(folder, (lock) => ({ ...run, folder, lock }));
}

/** @throws Failure where the file of the run's own unit is still there and defines other equations now */
async function holdToUnitFile({ model, equations }: TrainingRequest, folder: string): Promise<void> {
  if (equations === undefined || !isUnitFile(model) || !existsSync(model)) return;
  const { hash } = await readUnitFile(model);
  if (hash !== equations.hash)
    throw new Failure(`${model} has other equations now than those that ${folder} was trained on`);
}

/** Which files were broken then or are now, where these are not the same. */
function otherBroken({ dataset }: z.infer<typeof configSchema>, { folder }: Dataset): string {
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
): Promise<Omit<PreparedRun, 'folder' | 'lock'>> {
  const unit = unitOf(request);
  const dataset = await load(request.dataset, loadOptionsOf(request));
  const backend = await startBackend(request.backend, request.threads, named);
  const kernels = await kernelsFor(unit, request.kernels, request.threads, named);
  const spec = paperSpec(dataset.kind, unit, sizeOf(request));
  return { request: completeRequest(request, dataset.kind), spec, dataset, backend, kernels };
}

/** The model for a reader of config.json; `request` is what the program goes by. */
function describeModel(spec: ModelSpec) {
  const { unit, hiddenSize, inputSize, output } = spec;
  const { name, hash, equations } = unitData(unit);
  return {
    unit: { name, hash, equations },
    hiddenSize,
    inputSize,
    output,
    parameters: parameterCount(spec),
    recurrentParameters: recurrentParameterCount(spec),
  };
}

/** Everything needed to run it again and to know where it ran. */
function runConfig({ request, spec, dataset, backend, kernels }: Omit<PreparedRun, 'lock'>) {
  const isFolder = !datasetNames().includes(request.dataset);
  return {
    request: { ...request, dataset: isFolder ? resolve(request.dataset) : request.dataset },
    model: describeModel(spec),
    dataset: {
      name: dataset.name,
      kind: dataset.kind,
      sha256: dataset.sha256,
      sequences: Object.fromEntries(SPLITS.map((split) => [split, dataset.splits[split].length])),
      predictedFrames: Object.fromEntries(
        SPLITS.map((split) => [split, dataset.splits[split].reduce((sum, s) => sum + predictedFrames(s), 0)]),
      ),
      ...(dataset.folder && { splitBy: dataset.folder.splitBy, broken: dataset.folder.broken }),
      remarks: groupRemarks(dataset.remarks),
    },
    backend,
    kernels,
    versions: { 'gru-bench': PACKAGE_VERSION, node: process.versions.node, v8: process.versions.v8 },
    host: {
      name: hostname(),
      platform: `${process.platform}-${process.arch}`,
      processor: describeProcessor(),
      memoryBytes: totalmem(),
    },
    startedAt: new Date().toISOString(),
  };
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
    const { ending, curve } = await runTrial(trial, whileHeld(run, events));
    refuseIfLost(run);
    const result = runResult(ending, curve);
    if (ending !== 'stopped') writeJson(runFiles(folder).result, result);
    return result;
  } catch (error) {
    if (error instanceof Diverged)
      writeJson(runFiles(folder).result, runResult('diverged', readCurve(runFiles(folder).curve)));
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

/** Seconds of training of each epoch. */
export function epochSeconds(curve: readonly CurveRow[]): number[] {
  return curve.map((row, i) => row.wall_clock_s - (curve[i - 1]?.wall_clock_s ?? 0));
}

/** Sums up a curve. */
export function runResult(ending: RunResult['ending'], curve: readonly CurveRow[]): RunResult {
  return {
    ending,
    epochs: curve.length,
    best: bestRow(curve),
    secondsAnEpoch: curve.length > 0 ? median(epochSeconds(curve)) : null,
    skippedUpdates: curve.reduce((sum, row) => sum + row.skipped_updates, 0),
  };
}

/** The first epoch with the lowest validation NLL per frame. */
export function bestRow(curve: readonly CurveRow[]): CurveRow | null {
  return curve.reduce<CurveRow | null>(
    (best, row) => (best === null || row.valid_nll < best.valid_nll ? row : best),
    null,
  );
}
