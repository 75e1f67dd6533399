import { dirname, join } from 'node:path';
import { removeLeftOvers } from '../platform/left-overs.js';

/** Names of the files in an experiment's folder that are worth keeping. */
export const FILE_NAMES = {
  /** Every trial, a row each. */
  results: 'results.csv',
  /** What was run, on what data, by which versions on which machine. */
  experiment: 'experiment.json',
  shortRuns: 'short-runs.csv',
  /** Test NLLs of the reported trials, computed once more by the composed kernels. */
  reevaluation: 'reevaluation.csv',
  /** What each reported model makes of each sequence of the test set. */
  sequenceNlls: 'sequence-nll.csv',
  table: 'table2.csv',
  /** Which unit is better: every pair on every data set. */
  comparisons: 'comparisons.csv',
  markdown: 'report.md',
  page: 'report.html',
  /** SHA-256 of all of these, and of those in folders, as they were written. */
  checksums: 'checksums.sha256',
} as const;

/** The folders beside them, and how the names in each end. */
export const FOLDER_ENDINGS = { curves: '.csv', checkpoints: '.safetensors', figures: '.svg' } as const;

/** Tells paths in an experiment's folder that are some of its files, or lie in some of its folders. */
export function pathsOf(
  files: readonly (keyof typeof FILE_NAMES)[],
  folders: readonly (keyof typeof FOLDER_ENDINGS)[] = [],
): (path: string) => boolean {
  return (path) =>
    files.some((file) => path === FILE_NAMES[file]) || folders.some((one) => path.startsWith(`${one}/`));
}

/**
 * The files of an experiment's folder that are worth keeping; `trials`, beside them, holds every run folder and may
 * be removed once all is done.
 */
export function publishedFiles(folder: string) {
  const inFolder = (name: keyof typeof FOLDER_ENDINGS, file: string) =>
    join(folder, name, `${file}${FOLDER_ENDINGS[name]}`);
  return {
    ...pathsIn(folder),
    /**
     * Of the best learning rate of each cell: every epoch, and the parameters of the best one. Of further seeds the
     * epochs alone; no name of a data set or unit has an @.
     */
    curve: (dataset: string, unit: string, furtherSeed?: number) =>
      inFolder('curves', `${dataset}-${unit}${furtherSeed === undefined ? '' : `@seed-${furtherSeed}`}`),
    checkpoint: (dataset: string, unit: string) => inFolder('checkpoints', `${dataset}-${unit}`),
    figure: (name: string) => inFolder('figures', name),
  } as const;
}

/** The paths of the files, those in folders apart. */
export function pathsIn(folder: string) {
  const paths = Object.entries(FILE_NAMES).map(([file, name]) => [file, join(folder, name)]);
  return Object.fromEntries(paths) as Record<keyof typeof FILE_NAMES, string>;
}

/** Removes what killed processes left half written among these files. */
export function removePublishedLeftOvers(folder: string): void {
  const { results, curve, checkpoint, figure } = publishedFiles(folder);
  for (const file of [results, curve('', ''), checkpoint('', ''), figure('')]) removeLeftOvers(dirname(file));
}
