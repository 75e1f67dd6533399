import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import type { Dataset } from '../data/sequence.js';
import type { DatasetRecord } from '../experiment/records.js';
import { Failure } from '../platform/failure.js';

/** The data that results were made of. @throws Failure where they cannot be read, or are others by now */
export async function loadSame(
  record: DatasetRecord,
  load = ({ dataset, training }: DatasetRecord['plan']): Promise<Dataset> =>
    loadDataset(dataset, loadOptionsOf(training)),
): Promise<Dataset> {
  const data = await load(record.plan);
  if (data.sha256 === record.sha256) return data;
  throw new Failure(`the sequences of ${record.plan.name} are not those of the results`);
}
