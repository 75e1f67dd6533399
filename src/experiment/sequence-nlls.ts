import { z } from 'zod';
import { type loadDataset, loadOptionsOf } from '../data/catalogue.js';
import { Failure } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { evaluateSavedSequences } from '../training/evaluate-saved.js';
import { isAsNoted, noteChecksums } from './checksums.js';
import { loadOnce } from './load-once.js';
import { pathsOf, publishedFiles } from './published.js';
import type { DatasetRecord } from './records.js';
import { parametersOf, reportedRows } from './reported.js';
import type { ResultRow } from './results-file.js';
import { anyNumber, readTable, type TableKind, tableText, writeTable } from './table.js';

const count = z.string().min(1).transform(Number).pipe(z.int().min(0));

const sequenceNllSchema = z.object({
  dataset: z.string().min(1),
  unit: z.string().min(1),
  draw: count,
  seed: count,
  /** Place in the test set, from 1. */
  sequence: count,
  predicted_frames: count,
  /** Summed over its predicted frames, nats. */
  nll: anyNumber,
});

/** A row of sequence-nll.csv: what a reported model makes of one sequence of the test set. */
export type SequenceNllRow = z.infer<typeof sequenceNllSchema>;

const COLUMNS = Object.keys(sequenceNllSchema.shape) as (keyof SequenceNllRow)[];
const SEQUENCE_NLLS: TableKind<SequenceNllRow> = {
  columns: COLUMNS,
  row: sequenceNllSchema,
  key: ['dataset', 'unit', 'draw', 'seed', 'sequence'],
};

/** @returns none where there is no such file. @throws BadFile when a line does not fit the columns */
export function readSequenceNlls(folder: string): SequenceNllRow[] {
  const path = publishedFiles(folder).sequenceNlls;
  return isListed(path) ? readTable(path, SEQUENCE_NLLS) : [];
}

/**
 * Nats that rounding may move the NLL of a chaotic network by: ten times what was seen (1.3e-3). Whether a network is
 * chaotic only its parameters can tell.
 */
export const CHAOTIC = 1e-2;

/** The two test NLLs that the sequences of a model give. */
export function testNllsOf(rows: readonly SequenceNllRow[]) {
  const frames = rows.reduce((sum, { predicted_frames }) => sum + predicted_frames, 0);
  const nll = rows.reduce((sum, row) => sum + row.nll, 0);
  const means = rows.reduce((sum, row) => sum + row.nll / row.predicted_frames, 0);
  return { test_nll: nll / frames, test_nll_per_sequence: means / rows.length };
}

export const trialKey = ({
  dataset,
  unit,
  draw,
  seed,
}: Pick<SequenceNllRow, 'dataset' | 'unit' | 'draw' | 'seed'>) => [dataset, unit, draw, seed].join(' ');

/** Rows of sequence-nll.csv by their trial. */
export function byTrial(rows: readonly SequenceNllRow[]): Map<string, SequenceNllRow[]> {
  const all = new Map<string, SequenceNllRow[]>();
  for (const row of rows) {
    const key = trialKey(row);
    const own = all.get(key);
    if (own) own.push(row);
    else all.set(key, [row]);
  }
  return all;
}

/**
 * Writes the NLL of every test sequence under every reported model whose parameters and data are at hand. What was
 * evaluated before and gives the reported NLLs stays, also where they are not. Of a file that is not as it was written,
 * only rows that cannot be computed stay, and its checksum is not noted anew.
 *
 * @param onMissing told of each model that cannot be evaluated, and why
 */
export async function publishSequenceNlls(
  folder: string,
  datasets: readonly DatasetRecord[],
  results: readonly ResultRow[],
  onMissing: (model: string, reason: string) => void,
): Promise<void> {
  const path = publishedFiles(folder).sequenceNlls;
  const isAsWritten = isAsNoted(folder, path);
  const before = readSequenceNlls(folder);
  const known = byTrial(before);
  const load = loadOnce();
  const rows: SequenceNllRow[] = [];
  let isSound = true;
  for (const [record, row] of reportedTrials(datasets, results)) {
    if (!hasModel(row)) continue;
    const own = known.get(trialKey(row)) ?? [];
    const kept = isOfModel(own, row) ? own : [];
    const found = isAsWritten && kept.length > 0 ? kept : await evaluated(folder, record, row, load);
    if (typeof found !== 'string') rows.push(...found);
    else {
      onMissing(`${row.dataset} ${row.unit}, seed ${row.seed}`, found);
      rows.push(...kept);
      isSound &&= isAsWritten || kept.length === 0;
    }
  }
  if (rows.length === 0 || tableText(COLUMNS, rows) === tableText(COLUMNS, before)) return;
  writeTable(path, COLUMNS, rows);
  if (isSound) await noteChecksums(folder, pathsOf(['sequenceNlls']), [path]);
}

/** Whether a trial has parameters with NLLs: not so where it diverged in its first epoch. */
export const hasModel = ({ test_nll }: ResultRow) => test_nll !== null;

function reportedTrials(datasets: readonly DatasetRecord[], results: readonly ResultRow[]) {
  return datasets.flatMap((record) =>
    record.plan.units.flatMap((unit) =>
      reportedRows(record, unit, results).reported.map((row) => [record, row] as const),
    ),
  );
}

/** Whether sequences give the test NLLs of a trial, as nearly as any kernels do. */
export function isOfModel(rows: readonly SequenceNllRow[], trial: ResultRow): boolean {
  if (rows.length === 0) return false;
  const found = testNllsOf(rows);
  return (['test_nll', 'test_nll_per_sequence'] as const).every((column) => {
    const reported = trial[column] ?? Number.NaN;
    return Number.isFinite(reported)
      ? Math.abs(found[column] - reported) <= CHAOTIC
      : Object.is(found[column], reported);
  });
}

/** @returns why they are not to be had, where they are not */
async function evaluated(
  folder: string,
  record: DatasetRecord,
  row: ResultRow,
  load: typeof loadDataset,
): Promise<SequenceNllRow[] | string> {
  const file = parametersOf(folder, record, row);
  if (file === undefined) return 'the parameters are not at hand';
  const { dataset, unit, draw, seed } = row;
  const { training } = record.plan;
  const { backend = 'auto', kernels = 'auto', threads = 1 } = training;
  try {
    const data = await load(record.plan.dataset, loadOptionsOf(training));
    if (data.sha256 !== record.sha256) return 'its data have other sequences here';
    const nlls = await evaluateSavedSequences(file, { data, split: 'test', backend, kernels, threads });
    return nlls.map(({ nll, predictedFrames }, i) => ({
      ...{ dataset, unit, draw, seed, sequence: i + 1 },
      ...{ predicted_frames: predictedFrames, nll },
    }));
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
