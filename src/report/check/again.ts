import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SPLITS } from '../../data/sequence.js';
import { publishedFiles } from '../../experiment/published.js';
import { trialsFolder } from '../../experiment/records.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { readModel, writeModel } from '../../model/model-file.js';
import { Failure } from '../../platform/failure.js';
import { inTemporaryFolder } from '../../platform/temporary-folder.js';
import { readCurve } from '../../training/curve.js';
import { NLL_COLUMNS } from '../../training/curve-row.js';
import { evaluateSaved } from '../../training/evaluate-saved.js';
import { Diverged } from '../../training/progress.js';
import { requestSchema } from '../../training/request.js';
import { prepareRun, trainRun } from '../../training/run.js';
import { runFiles } from '../../training/run-folder.js';
import { loadSame } from '../same-data.js';
import type { ModelContext } from './context.js';
import { type Comparison, NotChecked } from './held.js';
import { furtherTrials, type Published, type PublishedCell, whyUnreported, winningRow } from './published.js';
import {
  compare,
  EVALUATION_TOLERANCE,
  giveSameDigits,
  kernelsOfText,
  RETRAINING_TOLERANCE,
  unlessRoundingDecides,
} from './rounding.js';

/** Parameters that a cell reports NLLs of. */
export interface SavedParameters {
  /** Absent while the search goes on. */
  readonly row?: ResultRow;
  readonly path: string;
}

/** The published parameters of a cell; and, with their seeds, those of further ones whose run folders are there. */
export function savedParameters(
  { findings: { folder } }: Published,
  cell: PublishedCell,
): (SavedParameters & { readonly seed?: number })[] {
  const { dataset, unit, reported } = cell;
  const row = winningRow(cell);
  const first = { row, path: publishedFiles(folder).checkpoint(dataset, unit) };
  if (!row) return [first];
  const further = furtherTrials(cell, row).flatMap(({ seed, path }) => {
    const { best, curve } = runFiles(join(trialsFolder(folder), path));
    const own = reported.find((one) => one.seed === seed);
    // Trials that were begun anew are not those of the results.
    const isSame = own !== undefined && existsSync(best) && readCurve(curve).length === own.epochs;
    return isSame ? [{ row: own, seed, path: best }] : [];
  });
  return [first, ...further];
}

/** The NLLs of saved parameters beside the reported ones. */
export async function evaluateAgain(
  context: ModelContext,
  cell: PublishedCell,
  { row, path }: SavedParameters,
): Promise<Comparison[]> {
  const { load, kernels, threads } = context;
  if (!row) throw new NotChecked(whyUnreported(cell));
  if (!existsSync(path)) throw new Failure(`${path} is missing`);
  const data = await loadSame(cell.record, load);
  const evaluateFile = async (file: string) => {
    const { splits } = await evaluateSaved(file, { data, splits: SPLITS, backend: 'auto', kernels, threads });
    return splits.flatMap(({ split, perFrame, perSequence }) => {
      const averages = [
        [`${split}_nll`, perFrame],
        [`${split}_nll_per_sequence`, perSequence],
      ] as const;
      return averages.map(([average, found]) => compare(average, row[average], found, EVALUATION_TOLERANCE));
    });
  };
  return compareSaved(context, path, evaluateFile);
}

/**
 * What a model's file gives beside what is reported of it. On other kernels than the results', last bits are tried too.
 *
 * @throws NotChecked where these decide it
 */
export async function compareSaved(
  { published: { findings }, here }: ModelContext,
  path: string,
  evaluate: (file: string) => Promise<Comparison[]>,
): Promise<Comparison[]> {
  const comparisons = await evaluate(path);
  const madeBy = findings.experiment.kernels.map(kernelsOfText);
  if (madeBy.every((there) => giveSameDigits(here, there))) return comparisons;
  return unlessRoundingDecides(comparisons, (factor) =>
    inTemporaryFolder((folder) => evaluate(nudgedModel(path, factor, folder))),
  );
}

/** Writes a model with each parameter times a factor. @returns its file */
function nudgedModel(path: string, factor: number, folder: string): string {
  const { spec, parameters } = readModel(path);
  const nudged = join(folder, 'nudged.safetensors');
  writeModel(nudged, { spec, parameters: parameters.map((value) => value * factor) });
  return nudged;
}

/** The NLLs of a cell's short run, trained again, beside the reported ones. */
export async function trainAgain(
  { published: { shortRuns }, load, here, kernels, threads }: ModelContext,
  { dataset, unit, record, planned }: PublishedCell,
): Promise<Comparison[]> {
  const reported = shortRuns.find((row) => row.dataset === dataset && row.unit === unit);
  if (!reported) throw new NotChecked('the results have no short run');
  const hasDiverged = reported.train_nll === null;
  await loadSame(record, load);
  const isSame = giveSameDigits(here, { name: reported.kernels, simd: reported.simd });
  const request = requestSchema.parse({ ...planned.short.request, kernels, threads });
  const train = (initialBound: number) =>
    inTemporaryFolder(async (folder) => {
      const run = await prepareRun({ ...request, initialBound }, join(folder, 'run'));
      if (hasDiverged) return divergesAgain(() => trainRun(run), isSame);
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

/** A short run that diverged in the experiment: that it does so here, and has no NLLs. */
async function divergesAgain(train: () => Promise<unknown>, isSame: boolean): Promise<Comparison[]> {
  try {
    await train();
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    const [reported, found, tolerance] = [Number.NaN, Number.NaN, 0];
    return NLL_COLUMNS.map((average) => ({ average, reported, found, tolerance, holds: true }));
  }
  if (isSame) throw new Failure('the short run diverged in the experiment, and does not here');
  throw new NotChecked(
    'on other kernels rounding decides it: the short run diverged on those of the results',
  );
}
