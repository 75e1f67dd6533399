import { dirname, join } from 'node:path';
import { removeLeftOvers } from '../platform/left-overs.js';

/**
 * The files of an experiment's folder that are worth keeping; `trials`, beside them, holds every run folder and may
 * be removed once all is done.
 */
export function publishedFiles(folder: string) {
  return {
    /** Every trial, a row each. */
    results: join(folder, 'results.csv'),
    /** What was run, on what data, by which versions on which machine. */
    experiment: join(folder, 'experiment.json'),
    shortRuns: join(folder, 'short-runs.csv'),
    /**
     * Of the best learning rate of each cell: every epoch, and the parameters of the best one. Of further seeds the
     * epochs alone; no name of a data set or unit has an @.
     */
    curve: (dataset: string, unit: string, furtherSeed?: number) => {
      const seed = furtherSeed === undefined ? '' : `@seed-${furtherSeed}`;
      return join(folder, 'curves', `${dataset}-${unit}${seed}.csv`);
    },
    checkpoint: (dataset: string, unit: string) =>
      join(folder, 'checkpoints', `${dataset}-${unit}.safetensors`),
    /** Test NLLs of the reported trials, computed once more by the composed kernels. */
    reevaluation: join(folder, 'reevaluation.csv'),
    /** What each reported model makes of each sequence of the test set. */
    sequenceNlls: join(folder, 'sequence-nll.csv'),
    table: join(folder, 'table2.csv'),
    /** Which unit is better: every pair on every data set. */
    comparisons: join(folder, 'comparisons.csv'),
    markdown: join(folder, 'report.md'),
    page: join(folder, 'report.html'),
    figure: (name: string) => join(folder, 'figures', `${name}.svg`),
    /** SHA-256 of all of these as they were written. */
    checksums: join(folder, 'checksums.sha256'),
  } as const;
}

/** Removes what killed processes left half written among these files. */
export function removePublishedLeftOvers(folder: string): void {
  const { results, curve, checkpoint, figure } = publishedFiles(folder);
  for (const file of [results, curve('', ''), checkpoint('', ''), figure('')]) removeLeftOvers(dirname(file));
}
