import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Dataset, Split } from '../data/sequence.js';
import { datasetStatistics, type SplitStatistics } from '../data/statistics.js';
import { readJson } from '../training/run-folder.js';
import { type DatasetPlan, datasetPlanSchema } from './config.js';

/** Where the run folders of an experiment's trials are. */
export function trialsFolder(folder: string): string {
  return join(folder, 'trials');
}

/** What each data set's trials are made of. */
export function recordsFile(folder: string): string {
  return join(trialsFolder(folder), 'plan.json');
}

/** A data set of an experiment: what is done with it, and what is in it. */
export interface DatasetRecord {
  readonly plan: DatasetPlan;
  readonly kind: Dataset['kind'];
  readonly sha256: string;
  readonly statistics: Record<Split, Pick<SplitStatistics, 'sequences' | 'frames' | 'meanLength'>>;
}

const splitSchema = z.object({ sequences: z.number(), frames: z.number(), meanLength: z.number() });

export const datasetRecordSchema = z.object({
  plan: datasetPlanSchema,
  kind: z.enum(['music', 'speech']),
  sha256: z.string(),
  statistics: z.object({ train: splitSchema, valid: splitSchema, test: splitSchema }),
});

export function recordOf(plan: DatasetPlan, dataset: Dataset): DatasetRecord {
  const all = datasetStatistics(dataset);
  const { kind, sha256 } = dataset;
  return datasetRecordSchema.parse({ plan, kind, sha256, statistics: all });
}

/** @returns none where no trial was started. @throws BadFile when the file is damaged */
export function readRecords(folder: string): Record<string, DatasetRecord> {
  const path = recordsFile(folder);
  return existsSync(path) ? readJson(path, z.record(z.string(), datasetRecordSchema)) : {};
}
