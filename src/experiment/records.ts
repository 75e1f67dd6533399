import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { isDatasetName } from '../data/dataset-names.js';
import type { Dataset, Waveform } from '../data/sequence.js';
import { datasetStatistics } from '../data/statistics.js';
import { isListed } from '../platform/file-status.js';
import { readJson, writeJson } from '../training/run-folder.js';
import { type DatasetPlan, datasetPlanSchema } from './config.js';

/** Where the run folders of an experiment's trials are. */
export function trialsFolder(folder: string): string {
  return join(folder, 'trials');
}

/** What each data set's trials are made of. */
export function recordsFile(folder: string): string {
  return join(trialsFolder(folder), 'plan.json');
}

const splitSchema = z.object({ sequences: z.number(), frames: z.number(), meanLength: z.number() });

/** A data set of an experiment: what is done with it, and what is in it. */
export const datasetRecordSchema = z.object({
  plan: datasetPlanSchema,
  kind: z.enum(['music', 'speech']),
  /** Of the sequences. */
  sha256: z.string(),
  statistics: z.object({ train: splitSchema, valid: splitSchema, test: splitSchema }),
  /** Which recording each test sequence is cut from; absent where each is a piece of its own. */
  testRecordings: z.array(z.int().min(0)).optional(),
  /** Who decided which file of a folder belongs to which split. */
  splitBy: z
    .union([
      z.literal('folders'),
      z.object({ seed: z.number(), shares: z.tuple([z.number(), z.number(), z.number()]).readonly() }),
    ])
    .optional(),
  /** Files that could not be read and were skipped on request. */
  broken: z.array(z.string()).optional(),
});

export type DatasetRecord = Readonly<z.infer<typeof datasetRecordSchema>>;

export function recordOf(plan: DatasetPlan, dataset: Dataset): DatasetRecord {
  const all = datasetStatistics(dataset);
  const { kind, sha256, folder } = dataset;
  const broken = folder?.broken.length ? folder.broken.map(({ file }) => file) : undefined;
  const splitBy = folder?.splitBy;
  const testRecordings = testRecordingsOf(dataset);
  return datasetRecordSchema.parse({ plan, kind, sha256, statistics: all, testRecordings, splitBy, broken });
}

/** Which recording each test sequence is cut from; nothing where that is not known, or each is a piece of its own. */
export function testRecordingsOf({ kind, splits }: Pick<Dataset, 'kind' | 'splits'>): number[] | undefined {
  if (kind === 'music') return undefined;
  const recordings = (splits.test as readonly Waveform[]).flatMap(({ recording }) => recording ?? []);
  return recordings.length === splits.test.length ? recordings : undefined;
}

/** @returns none where no trial was started. @throws BadFile when the file is damaged */
export function readRecords(folder: string): Record<string, DatasetRecord> {
  const path = recordsFile(folder);
  if (!isListed(path)) return {};
  const records = Object.entries(readJson(path, z.record(z.string(), datasetRecordSchema)));
  return Object.fromEntries(records.map(([name, record]) => [name, fromFolder(record, folder)]));
}

export function writeRecords(folder: string, records: Readonly<Record<string, DatasetRecord>>): void {
  const stored = Object.entries(records).map(([name, record]) => [name, seenFrom(record, folder)]);
  writeJson(recordsFile(folder), Object.fromEntries(stored));
}

/** As files of the experiment's folder have it: paths count from there, so that both can move together. */
export function seenFrom<Record extends { readonly plan: DatasetPlan }>(
  record: Record,
  folder: string,
): Record {
  return withDataset(record, (path) => {
    const way = relative(resolve(folder), resolve(path)).split(sep).join('/');
    return isAbsolute(way) || way.startsWith('../') ? way : `./${way}`;
  });
}

/** The inverse of `seenFrom`. */
export function fromFolder<Record extends { readonly plan: DatasetPlan }>(
  record: Record,
  folder: string,
): Record {
  return withDataset(record, (path) => resolve(folder, path));
}

function withDataset<Record extends { readonly plan: DatasetPlan }>(
  record: Record,
  move: (path: string) => string,
): Record {
  const { plan } = record;
  if (isDatasetName(plan.dataset)) return record;
  return { ...record, plan: { ...plan, dataset: move(plan.dataset) } };
}
