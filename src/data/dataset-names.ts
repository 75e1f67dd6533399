import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { byCodeUnit } from './split.js';

/** Holds a manifest a data set, `NAME.json` for the data set NAME. */
export const MANIFEST_FOLDER = join(PACKAGE_ROOT, 'datasets');

/** The names that `--dataset` knows, sorted. @param folder holds the manifests */
export function datasetNames(folder: string = MANIFEST_FOLDER): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort(byCodeUnit);
}

/** Whether `--dataset` knows a text as a name; if not, it is a path. */
export const isDatasetName = (nameOrPath: string): boolean => datasetNames().includes(nameOrPath);
