import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../training/run-folder.js';
import { cellsOf, seedTrials } from './plan.js';
import { publishedFiles } from './published.js';
import { type DatasetRecord, trialsFolder } from './records.js';
import type { ResultRow } from './results-file.js';

/** The rows of a cell in results.csv that a report speaks of. */
export interface ReportedRows {
  /** The learning rates that were tried, all with the same seed. */
  readonly search: readonly ResultRow[];
  /** Trials of the learning rate with the best validation NLL, by seed; none while the search goes on. */
  readonly reported: readonly ResultRow[];
}

export function reportedRows(
  { plan }: Pick<DatasetRecord, 'plan'>,
  unit: string,
  results: readonly ResultRow[],
): ReportedRows {
  const rows = results.filter((row) => row.dataset === plan.name && row.unit === unit);
  const search = rows.filter(({ seed }) => seed === plan.seed);
  const winner = bestOfSearch(search);
  const reported = winner ? rows.filter(({ draw, status }) => draw === winner.draw && status !== 'open') : [];
  return { search, reported };
}

/** The learning rate with the best validation NLL per frame, once the search is over. */
function bestOfSearch(search: readonly ResultRow[]): ResultRow | undefined {
  if (search.some(({ status }) => status === 'open')) return undefined;
  return search
    .filter(({ status, valid_nll }) => status !== 'rung' && valid_nll !== null)
    .sort((a, b) => (a.valid_nll as number) - (b.valid_nll as number) || a.draw - b.draw)[0];
}

/**
 * The parameters of a reported trial: in its run folder, or, for the search's seed, among the published files.
 *
 * @returns nothing where they are not at hand
 */
export function parametersOf(folder: string, record: DatasetRecord, row: ResultRow): string | undefined {
  const cell = cellsOf(record.plan).find(({ unit }) => unit === row.unit);
  const search = cell?.search[row.draw - 1];
  if (!cell || !search) return undefined;
  const trial = [search, ...seedTrials(cell, search)].find(({ seed }) => seed === row.seed);
  const places = [
    trial && runFiles(join(trialsFolder(folder), trial.path)).best,
    row.seed === record.plan.seed ? publishedFiles(folder).checkpoint(row.dataset, row.unit) : undefined,
  ];
  return places.find((place) => place !== undefined && existsSync(place));
}
