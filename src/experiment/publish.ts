import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isListed } from '../platform/file-status.js';
import { oneAtATime } from '../platform/folder-lock.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { NLL_COLUMNS, type NllColumn } from '../training/curve-row.js';
import { readJson, runFiles, writeJson } from '../training/run-folder.js';
import { bestRow, runResult } from '../training/run-result.js';
import { holdBestModel } from '../training/saved-trial.js';
import { LARGEST_RESULT, noteChecksums, refuseChangedCheckpoints } from './checksums.js';
import {
  type Cell,
  cellsOf,
  leftBehind,
  type PlannedTrial,
  type ProgressOf,
  seedTrials,
  type TrialProgress,
  winnerOf,
} from './plan.js';
import { pathsOf, publishedFiles, removePublishedLeftOvers } from './published.js';
import {
  datasetRecordSchema,
  fromFolder,
  readRecords,
  recordsFile,
  seenFrom,
  trialsFolder,
} from './records.js';
import {
  columnOfOption,
  type ResultRow,
  readResults,
  type ShortRunRow,
  STATUSES,
  writeResults,
  writeShortRuns,
} from './results-file.js';
import { publishSequenceNlls } from './sequence-nlls.js';
import { progressReader } from './trial-folder.js';

/** Paths in the folder of what `publish` writes; the others are the report's. */
const isPublished = pathsOf(['results', 'shortRuns', 'experiment'], ['curves', 'checkpoints']);

/** What experiment.json says. */
const experimentRecordSchema = z.object({
  datasets: z.array(datasetRecordSchema),
  /** Each distinct value among the trials. */
  versions: z.array(z.record(z.string(), z.string())),
  machines: z.array(
    z.object({ platform: z.string(), processor: z.string(), cores: z.number(), memoryBytes: z.number() }),
  ),
  backends: z.array(z.string()),
  kernels: z.array(z.string()),
  /** Of all trials together. */
  trainingSeconds: z.number(),
});

export type ExperimentRecord = z.infer<typeof experimentRecordSchema>;

const trialConfigSchema = z.object({
  request: z.object({ epochs: z.number(), maxSequences: z.number().optional() }),
  backend: z.object({ name: z.string(), tensorflowVersion: z.string().optional() }),
  kernels: z.object({ name: z.enum(['composed', 'fused']), simd: z.string().optional() }),
  versions: z.record(z.string(), z.string()),
  host: z.object({
    platform: z.string(),
    processor: z.object({ model: z.string(), cores: z.number() }),
    memoryBytes: z.number(),
  }),
});

/**
 * What became of a publication. `no trials`: the folder has none. `earlier results stay`: the folder holds finished
 * cells, published from trials that are not here, and these are not all finished here yet.
 */
export type Publication = 'written' | 'no trials' | 'earlier results stay';

/**
 * Writes what is worth keeping of an experiment's trials into its folder: results.csv, short-runs.csv,
 * experiment.json, curves and parameters of each cell's best learning rate, what its models make of each test sequence,
 * and the checksums of these. Results of two runs are never mixed, and finished ones give way only to others that are
 * as complete.
 *
 * @param onMissing told of each reported model whose test sequences cannot be evaluated, and why
 * @throws Failure where published parameters were changed; UnreadableFile and BadFile where a file is damaged
 */
export async function publish(
  folder: string,
  onMissing: (model: string, reason: string) => void = () => {},
): Promise<Publication> {
  removePublishedLeftOvers(folder);
  // Results whose trials were removed get no folder for them.
  const publication = isListed(recordsFile(folder))
    ? // Of two that publish, the later one has to have seen the later trials.
      await oneAtATime(trialsFolder(folder), () => publishTrials(folder))
    : 'no trials';
  refuseChangedCheckpoints(folder);
  const experiment = readPublished(folder);
  const { results } = publishedFiles(folder);
  if (experiment && isListed(results) && publication !== 'earlier results stay')
    await publishSequenceNlls(folder, experiment.datasets, readResults(results), onMissing);
  return publication;
}

async function publishTrials(folder: string): Promise<Publication> {
  const records = Object.values(readRecords(folder));
  if (records.length === 0) return 'no trials';
  const files = publishedFiles(folder);
  const cells = records.flatMap(({ plan }) => cellsOf(plan));
  const { of: progressOf, known } = progressReader(folder);
  const rows = cells.flatMap((cell) => resultRows(cell, progressOf));
  const finished = finishedCells(rows);
  const earlier = isListed(files.results) ? finishedCells(readResults(files.results)) : [];
  if (!earlier.every((row) => finished.some((one) => isSameCell(one, row)))) return 'earlier results stay';
  refuseChangedModels(folder, cells, progressOf);
  writeResults(files.results, rows);
  writeShortRuns(
    files.shortRuns,
    cells.flatMap((cell) => shortRunRow(folder, cell, progressOf) ?? []),
  );
  const copies = cells.flatMap((cell) => copyWinner(folder, cell, progressOf));
  const trials = [...known].filter(([, { curve }]) => curve.length > 0);
  writeJson(files.experiment, experimentRecord(folder, records, trials));
  const written = [files.results, files.shortRuns, files.experiment, ...copies];
  await noteChecksums(folder, isPublished, written);
  return 'written';
}

/** The cells of which every trial has ended, a row of each. */
export function finishedCells(rows: readonly ResultRow[]): ResultRow[] {
  const open = rows.filter(({ status }) => status === 'open');
  const firsts = rows.filter((row, i) => rows.findIndex((one) => isSameCell(one, row)) === i);
  return firsts.filter((row) => !open.some((one) => isSameCell(one, row)));
}

const isSameCell = (a: ResultRow, b: ResultRow) => a.dataset === b.dataset && a.unit === b.unit;

/** @returns nothing where the folder holds no results. @throws BadFile when the file is damaged */
export function readPublished(folder: string): ExperimentRecord | undefined {
  const path = publishedFiles(folder).experiment;
  if (!isListed(path)) return undefined;
  const record = readJson(path, experimentRecordSchema);
  return { ...record, datasets: record.datasets.map((one) => fromFolder(one, folder)) };
}

function resultRows(cell: Cell, progressOf: ProgressOf): ResultRow[] {
  const winner = winnerOf(cell, progressOf);
  const left = winner ? leftBehind(cell, progressOf) : new Map<PlannedTrial, number>();
  const searched = cell.search.map((trial) => {
    const rung = left.get(trial);
    return rung === undefined
      ? resultRow(trial, progressOf(trial), 'open')
      : resultRow(trial, untilRung(progressOf(trial), rung), 'rung');
  });
  const seeds = winner
    ? seedTrials(cell, winner).map((trial) => resultRow(trial, progressOf(trial), 'open'))
    : [];
  return [...searched, ...seeds].sort((a, b) => a.draw - b.draw || a.seed - b.seed);
}

/** What a draw came to when it was left behind; an earlier plan of the same trials may have trained it for longer. */
function untilRung({ curve, ending }: TrialProgress, epochs: number): TrialProgress {
  return curve.length > epochs ? { curve: curve.slice(0, epochs) } : { curve, ending };
}

function resultRow(
  { dataset, unit, draw, seed, drawn }: PlannedTrial,
  { curve, ending }: TrialProgress,
  notEnded: 'rung' | 'open',
): ResultRow {
  const best = bestRow(curve);
  const { learningRate, ...others } = drawn;
  const nll = Object.fromEntries(NLL_COLUMNS.map((column) => [column, best?.[column] ?? null]));
  return {
    dataset,
    unit,
    draw,
    seed,
    learning_rate: learningRate,
    epochs: curve.length,
    best_epoch: best?.epoch ?? null,
    ...(nll as Pick<ResultRow, NllColumn>),
    seconds_an_epoch: runResult('stopped', curve).secondsAnEpoch,
    skipped_updates: curve.reduce((sum, row) => sum + row.skipped_updates, 0),
    status: STATUSES.find((status) => status === ending) ?? notEnded,
    ...(Object.keys(others).length > 0 && {
      drawn: Object.fromEntries(
        Object.entries(others).map(([option, value]) => [columnOfOption(option), value]),
      ),
    }),
  };
}

function shortRunRow(folder: string, { short }: Cell, progressOf: ProgressOf): ShortRunRow | undefined {
  const { curve, ending } = progressOf(short);
  if (ending === undefined) return undefined;
  const last = ending === 'diverged' ? undefined : curve.at(-1);
  const config = readJson(runFiles(join(trialsFolder(folder), short.path)).config, trialConfigSchema);
  const nll = Object.fromEntries(NLL_COLUMNS.map((column) => [column, last?.[column] ?? null]));
  return {
    dataset: short.dataset,
    unit: short.unit,
    epochs: config.request.epochs,
    sequences: config.request.maxSequences ?? 0,
    seed: short.seed,
    learning_rate: short.drawn.learningRate,
    kernels: config.kernels.name,
    simd: config.kernels.simd ?? '',
    backend: config.backend.name,
    ...(nll as Pick<ShortRunRow, NllColumn>),
  };
}

/** @throws BadFile where parameters of the best learning rates are not those that their trials wrote */
function refuseChangedModels(folder: string, cells: readonly Cell[], progressOf: ProgressOf): void {
  for (const cell of cells) {
    const winner = winnerOf(cell, progressOf);
    for (const { path } of winner ? [winner, ...seedTrials(cell, winner)] : [])
      holdBestModel(join(trialsFolder(folder), path));
  }
}

/** @returns the files that were written: the best learning rate's curves, of all seeds, and its first parameters */
function copyWinner(folder: string, cell: Cell, progressOf: ProgressOf): string[] {
  const winner = winnerOf(cell, progressOf);
  if (!winner) return [];
  const { dataset, unit } = winner;
  const files = publishedFiles(folder);
  const filesOf = ({ path }: PlannedTrial) => runFiles(join(trialsFolder(folder), path));
  const ended = seedTrials(cell, winner).filter((trial) => progressOf(trial).ending !== undefined);
  const copies = [
    [filesOf(winner).curve, files.curve(dataset, unit)],
    [filesOf(winner).best, files.checkpoint(dataset, unit)],
    ...ended.map((trial) => [filesOf(trial).curve, files.curve(dataset, unit, trial.seed)]),
  ];
  const there = copies.filter(([from]) => existsSync(from));
  for (const [from, to] of there) writeWholeFile(to, readBounded(from, LARGEST_RESULT));
  return there.map(([, to]) => to);
}

function experimentRecord(
  folder: string,
  datasets: ExperimentRecord['datasets'],
  trials: readonly (readonly [string, TrialProgress])[],
): ExperimentRecord {
  const configs = trials.map(([path]) =>
    readJson(runFiles(join(trialsFolder(folder), path)).config, trialConfigSchema),
  );
  return {
    datasets: datasets.map((one) => seenFrom(one, folder)),
    versions: distinct(
      configs.map(({ versions, backend }) => ({
        ...versions,
        ...(backend.tensorflowVersion && { tensorflow: backend.tensorflowVersion }),
      })),
    ),
    machines: distinct(
      configs.map(({ host: { platform, processor, memoryBytes } }) => ({
        platform,
        processor: processor.model,
        cores: processor.cores,
        memoryBytes,
      })),
    ),
    backends: distinct(configs.map(({ backend }) => backend.name)),
    kernels: distinct(
      configs.map(({ kernels }) => (kernels.simd ? `${kernels.name}, ${kernels.simd}` : kernels.name)),
    ),
    trainingSeconds: trials.reduce((sum, [, { curve }]) => sum + (curve.at(-1)?.wall_clock_s ?? 0), 0),
  };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
