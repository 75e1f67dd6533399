import { loadDataset, loadOptionsOf } from '../data/catalogue.js';
import type { Dataset } from '../data/sequence.js';
import type { DatasetRecord } from '../experiment/records.js';
import { Failure } from '../platform/failure.js';

/** The data that results were made of. @throws Failure where they cannot be read, or are others by now */
export async function loadSame(
  { plan, sha256 }: DatasetRecord,
  load: typeof loadDataset = loadDataset,
): Promise<Dataset> {
  const data = await load(plan.dataset, loadOptionsOf(plan.training));
  if (data.sha256 === sha256) return data;
  throw new Failure(`the sequences of ${plan.name} are not those of the results`);
}
