import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import { cellsOf } from '../experiment/plan.js';
import { publishedFiles } from '../experiment/published.js';
import { NLL_COLUMNS, type NllColumn, readShortRuns, type ShortRunRow } from '../experiment/results-file.js';
import { chooseKernels, type KernelChoice, type Kernels } from '../kernels/choice.js';
import { readModel, writeModel } from '../model/model-file.js';
import { Failure } from '../platform/failure.js';
import { readCurve } from '../training/curve.js';
import { evaluateSaved } from '../training/evaluate-saved.js';
import { requestSchema } from '../training/request.js';
import { prepareRun, trainRun } from '../training/run.js';
import { runFiles } from '../training/run-folder.js';
import type { CellName } from './cell-name.js';
import { type CellFindings, type Findings, readFindings } from './findings.js';

/** What is held: the best parameters' NLLs, computed again; or a short training run, done again. */
export const CHECKS = ['best parameters', 'short run'] as const;
export type CheckName = (typeof CHECKS)[number];

/** One number of the results, and the same number now. */
export interface Comparison {
  readonly average: NllColumn;
  readonly reported: number;
  readonly found: number;
  /** What they may differ by, nats. */
  readonly tolerance: number;
  readonly holds: boolean;
}

export interface CheckedCell {
  readonly dataset: string;
  readonly unit: CellName;
  readonly check: CheckName;
  /** None where it could not be checked. */
  readonly comparisons: readonly Comparison[];
  /** Why it could not be checked. */
  readonly unchecked?: string;
}

export interface CheckOptions {
  readonly kernels: KernelChoice;
  readonly threads: number;
}

/** Of saved parameters, relative where the NLL is above 1: float32 sums in another order. */
const EVALUATION_TOLERANCE = 1e-5;
/** Of a training run on other kernels or another backend: small differences grow from update to update. */
const RETRAINING_TOLERANCE = 1e-3;

/**
 * Holds an experiment's published results: evaluates the best parameters of each cell again, and repeats its short
 * training run. On other kernels than the results', a number that hangs on the last bit of its inputs, as in a
 * chaotic network, counts as one that cannot be checked.
 *
 * @throws Misuse where the folder holds no results
 */
export async function checkResults(
  folder: string,
  options: CheckOptions,
  onCell: (cell: CheckedCell) => void = () => {},
): Promise<CheckedCell[]> {
  const findings = readFindings(folder);
  const shortRuns = existsSync(publishedFiles(folder).shortRuns)
    ? readShortRuns(publishedFiles(folder).shortRuns)
    : [];
  const cellOptions = { ...options, here: chooseKernels(options.kernels, options.threads) };
  const checked: CheckedCell[] = [];
  for (const cell of findings.cells)
    for (const check of CHECKS) {
      const { dataset, unit } = cell;
      const one = { dataset, unit, check };
      const run = () =>
        check === 'short run'
          ? retrain(findings, cell, shortRuns, cellOptions)
          : evaluateAgain(findings, cell, cellOptions);
      checked.push({ ...one, ...(await comparisonsOf(run)) });
      onCell(checked[checked.length - 1]);
    }
  return checked;
}

interface CellOptions extends CheckOptions {
  /** The kernels that are chosen here. */
  readonly here: Kernels;
}

async function comparisonsOf(
  run: () => Promise<Comparison[]>,
): Promise<Pick<CheckedCell, 'comparisons' | 'unchecked'>> {
  try {
    return { comparisons: await run() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { comparisons: [], unchecked: error.message };
  }
}

function recordOf({ experiment }: Findings, dataset: string) {
  return experiment.datasets.find(
    ({ plan }) => plan.name === dataset,
  ) as Findings['experiment']['datasets'][number];
}

/** The data of the results, and no others. */
async function loadSame(findings: Findings, name: string): Promise<Dataset> {
  const { plan, sha256 } = recordOf(findings, name);
  const data = await loadDataset(plan.dataset, loadOptionsOf(plan.training));
  if (data.sha256 === sha256) return data;
  throw new Failure(`the sequences of ${name} are not those of the results`);
}

async function evaluateAgain(
  findings: Findings,
  { dataset, unit, reported }: CellFindings,
  { here, ...options }: CellOptions,
): Promise<Comparison[]> {
  const [row] = reported;
  if (!row) throw new Failure('the search is not finished');
  const file = publishedFiles(findings.folder).checkpoint(dataset, unit);
  if (!existsSync(file)) throw new Failure(`${file} is missing`);
  const data = await loadSame(findings, dataset);
  const evaluateFile = async (path: string) => {
    const { splits } = await evaluateSaved(path, { data, splits: SPLITS, backend: 'auto', ...options });
    return splits.flatMap(({ split, perFrame, perSequence }) => [
      compare(`${split}_nll`, row[`${split}_nll`], perFrame, EVALUATION_TOLERANCE),
      compare(
        `${split}_nll_per_sequence`,
        row[`${split}_nll_per_sequence`],
        perSequence,
        EVALUATION_TOLERANCE,
      ),
    ]);
  };
  const comparisons = await evaluateFile(file);
  const madeBy = findings.experiment.kernels.map(kernelsOfText);
  if (madeBy.every((there) => giveSameDigits(here, there))) return comparisons;
  return unlessRoundingDecides(comparisons, (factor) =>
    inTemporaryFolder((folder) => {
      const { spec, parameters } = readModel(file);
      const nudged = join(folder, 'nudged.safetensors');
      writeModel(nudged, { spec, parameters: parameters.map((value) => value * factor) });
      return evaluateFile(nudged);
    }),
  );
}

async function retrain(
  findings: Findings,
  { dataset, unit }: CellFindings,
  shortRuns: readonly ShortRunRow[],
  { here, ...options }: CellOptions,
): Promise<Comparison[]> {
  const reported = shortRuns.find((row) => row.dataset === dataset && row.unit === unit);
  const cell = cellsOf(recordOf(findings, dataset).plan).find((one) => one.unit === unit);
  if (!reported || !cell) throw new Failure('the results have no short run');
  await loadSame(findings, dataset);
  const isSame = giveSameDigits(here, { name: reported.kernels, simd: reported.simd });
  const request = requestSchema.parse({ ...cell.short.request, ...options });
  const train = (initialBound: number) =>
    inTemporaryFolder(async (folder) => {
      const run = await prepareRun({ ...request, initialBound }, join(folder, 'run'));
      await trainRun(run);
      const last = readCurve(runFiles(run.folder).curve)[reported.epochs - 1];
      if (!last) throw new Failure(`the short run ended before epoch ${reported.epochs}`);
      const tolerance = isSame ? 0 : RETRAINING_TOLERANCE;
      return NLL_COLUMNS.map((column) => compare(column, reported[column], last[column], tolerance));
    });
  const comparisons = await train(request.initialBound);
  if (isSame) return comparisons;
  return unlessRoundingDecides(comparisons, (factor) => train(request.initialBound * factor));
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-check-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Factors that change the last bit of most float32 numbers. */
const LAST_BITS = [1 + 2 ** -23, 1 - 2 ** -23, 1 + 2 ** -22];
/** What last bits do to a number, and what other kernels do to it, are of one size where rounding decides. */
const ONE_SIZE = 10;

/**
 * @param nudged the comparisons with inputs that differ in their last bits
 * @throws Failure where comparisons that do not hold are off by no more than last bits explain
 */
async function unlessRoundingDecides(
  comparisons: Comparison[],
  nudged: (factor: number) => Promise<Comparison[]>,
): Promise<Comparison[]> {
  if (comparisons.every(({ holds }) => holds)) return comparisons;
  const moved = comparisons.map(() => 0);
  for (const factor of LAST_BITS)
    for (const [i, { found }] of (await nudged(factor)).entries())
      moved[i] = Math.max(moved[i], Math.abs(found - comparisons[i].found));
  const isExplained = ({ holds, found, reported }: Comparison, i: number) =>
    holds || Math.abs(found - reported) <= ONE_SIZE * moved[i];
  if (!comparisons.every(isExplained)) return comparisons;
  const most = Math.max(...moved).toExponential(0);
  throw new Failure(`on other kernels rounding decides it: other last bits move it by ${most} nats`);
}

interface KernelsName {
  readonly name: string;
  readonly simd?: string;
}

/** The kernels of experiment.json: `fused, avx512`. */
function kernelsOfText(text: string): KernelsName {
  const [name, simd] = text.split(', ');
  return { name, simd };
}

/** Fused kernels give the same digits on all paths with fused multiply-adds, and on the plain path its own. */
function giveSameDigits(here: KernelsName, there: KernelsName): boolean {
  if (here.name !== 'fused' || there.name !== 'fused') return false;
  return (here.simd === 'plain') === (there.simd === 'plain');
}

function compare(average: NllColumn, reported: number | null, found: number, relative: number): Comparison {
  const before = reported ?? Number.NaN;
  const tolerance = relative * Math.max(1, Math.abs(before));
  return { average, reported: before, found, tolerance, holds: Math.abs(found - before) <= tolerance };
}
