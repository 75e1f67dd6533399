import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findManifest, loadDataset, loadOptionsOf, locate } from '../../data/catalogue.js';
import { isDatasetName } from '../../data/dataset-names.js';
import { type Dataset, SPLITS } from '../../data/sequence.js';
import type { DatasetPlan } from '../../experiment/config.js';
import { type DatasetRecord, recordOf } from '../../experiment/records.js';
import { Failure } from '../../platform/failure.js';
import { dataFolders } from '../../platform/folders.js';
import { NotChecked } from './held.js';

/** @throws NotChecked where the data are not on this machine, Failure where they cannot be read */
export type LoadData = () => Promise<Dataset>;

/** Loads the data of a plan when they are first asked for. */
export function dataOnce(plan: DatasetPlan): LoadData {
  let data: Promise<Dataset> | undefined;
  return () => {
    data ??= load(plan);
    return data;
  };
}

async function load({ dataset, training }: DatasetPlan): Promise<Dataset> {
  try {
    return await loadDataset(dataset, loadOptionsOf(training));
  } catch (error) {
    if (error instanceof Failure && !isHere(dataset))
      throw new NotChecked(`its data are not here: ${wayTo(dataset)}`);
    throw error;
  }
}

function isHere(dataset: string): boolean {
  return isDatasetName(dataset) ? locate(findManifest(dataset)) !== undefined : existsSync(dataset);
}

function wayTo(dataset: string): string {
  return isDatasetName(dataset)
    ? `gru-bench datasets download ${dataset}, or GRU_BENCH_DATA`
    : `there is no ${dataset}; where ${basename(dataset)} lies elsewhere, set GRU_BENCH_DATA to its folder`;
}

/**
 * A record of data of one's own that are not where the results say, as of results that were copied without them: with
 * those of the same name in a folder for data sets, if they are there. That they are the same is held by their hash.
 */
export function withDataHere(record: DatasetRecord): DatasetRecord {
  const { plan } = record;
  if (isHere(plan.dataset) || isDatasetName(plan.dataset)) return record;
  const places = dataFolders().map((folder) => join(folder, basename(plan.dataset)));
  const dataset = places.find((place) => existsSync(place)) ?? plan.dataset;
  return { ...record, plan: { ...plan, dataset } };
}

/** Holds what experiment.json says of the data to the data. */
export async function holdData(load: LoadData, stated: DatasetRecord) {
  const found = recordOf(stated.plan, await load());
  const pairs = [
    ['kind', stated.kind, found.kind],
    ['SHA-256 of the sequences', stated.sha256, found.sha256],
    ...(stated.testRecordings ?? []).map((recording, i) => [
      `recording of test sequence ${i + 1}`,
      recording,
      found.testRecordings?.[i],
    ]),
    ...SPLITS.flatMap((split) =>
      (['sequences', 'frames', 'meanLength'] as const).map((what) => [
        `${split}.${what}`,
        stated.statistics[split][what],
        found.statistics[split][what],
      ]),
    ),
  ];
  const wrong = pairs.filter(([, before, after]) => before !== after);
  const faults = wrong.map(
    ([what, before, after]) => `${what} of the data of ${stated.plan.name} is ${after} instead of ${before}`,
  );
  return { numbers: pairs.length, faults };
}
