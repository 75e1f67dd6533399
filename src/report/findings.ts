import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type ExperimentRecord, readPublished } from '../experiment/publish.js';
import { publishedFiles } from '../experiment/published.js';
import {
  anyNumber,
  NLL_COLUMNS,
  type NllColumn,
  type ResultRow,
  readResults,
  readTable,
} from '../experiment/results-file.js';
import { Misuse } from '../platform/failure.js';
import { median } from '../platform/median.js';
import { type CurveRow, readCurve } from '../training/curve.js';
import type { CellName } from './cell-name.js';
import { type Estimate, estimate } from './statistics.js';

/** Everything that a report is made of: the published files of an experiment's folder. */
export interface Findings {
  readonly folder: string;
  readonly experiment: ExperimentRecord;
  readonly results: readonly ResultRow[];
  readonly cells: readonly CellFindings[];
  readonly reevaluation: readonly ReevaluationRow[];
}

/** One data set × one unit. */
export interface CellFindings {
  readonly dataset: string;
  readonly unit: CellName;
  /** The learning rates that were tried, all with the same seed. */
  readonly search: readonly ResultRow[];
  /** Trials of the learning rate with the best validation NLL, by seed; none while the search goes on. */
  readonly reported: readonly ResultRow[];
  /** Over the reported trials; absent while there are none. */
  readonly nll?: Readonly<Record<NllColumn, Estimate>>;
  /** Training, median over the reported trials. */
  readonly secondsAnEpoch?: number;
  /** The best epochs' trial of the search, epoch by epoch. */
  readonly curve: readonly CurveRow[];
  /** Trials that are not yet trained to their end. */
  readonly open: number;
}

const numeric = z.string().min(1).transform(Number).pipe(z.number());
const reevaluationSchema = z.object({
  dataset: z.string(),
  unit: z.string().min(1),
  draw: numeric,
  seed: numeric,
  /** Of the parameters' file. */
  sha256: z.string(),
  backend: z.string(),
  test_nll: anyNumber,
  test_nll_per_sequence: anyNumber,
});
export type ReevaluationRow = z.infer<typeof reevaluationSchema>;
export const REEVALUATION_COLUMNS = Object.keys(reevaluationSchema.shape) as (keyof ReevaluationRow)[];

export function readReevaluation(folder: string): ReevaluationRow[] {
  const path = publishedFiles(folder).reevaluation;
  return existsSync(path) ? readTable(path, reevaluationSchema) : [];
}

/**
 * @throws Misuse where the folder holds no results; BadFile where one of its files is damaged
 */
export function readFindings(folder: string): Findings {
  const files = publishedFiles(folder);
  const experiment = readPublished(folder);
  if (!existsSync(files.results) || !experiment)
    throw new Misuse(
      `${folder} holds no results; make them with: gru-bench reproduce CONFIG --out ${folder}`,
    );
  const results = readResults(files.results);
  const cells = experiment.datasets.flatMap(({ plan }) =>
    plan.units.map((unit) => cellFindings(folder, plan, unit, results)),
  );
  return { folder, experiment, results, cells, reevaluation: readReevaluation(folder) };
}

function cellFindings(
  folder: string,
  plan: ExperimentRecord['datasets'][number]['plan'],
  unit: CellName,
  results: readonly ResultRow[],
): CellFindings {
  const rows = results.filter((row) => row.dataset === plan.name && row.unit === unit);
  const search = rows.filter(({ seed }) => seed === plan.seed);
  const winner = bestOfSearch(search);
  const reported = winner ? rows.filter(({ draw, status }) => draw === winner.draw && status !== 'open') : [];
  const seconds = reported.flatMap(({ seconds_an_epoch }) => seconds_an_epoch ?? []);
  const curveFile = publishedFiles(folder).curve(plan.name, unit);
  return {
    dataset: plan.name,
    unit,
    search,
    reported,
    nll: reported.length > 0 ? averages(reported) : undefined,
    secondsAnEpoch: seconds.length > 0 ? median(seconds) : undefined,
    curve: winner ? readCurve(curveFile) : [],
    open: rows.filter(({ status }) => status === 'open').length,
  };
}

/** The learning rate with the best validation NLL per frame, once the search is over. */
function bestOfSearch(search: readonly ResultRow[]): ResultRow | undefined {
  if (search.some(({ status }) => status === 'open')) return undefined;
  return search
    .filter(({ status, valid_nll }) => status !== 'rung' && valid_nll !== null)
    .sort((a, b) => (a.valid_nll as number) - (b.valid_nll as number) || a.draw - b.draw)[0];
}

function averages(rows: readonly ResultRow[]): Record<NllColumn, Estimate> {
  return Object.fromEntries(
    NLL_COLUMNS.map((column) => [column, estimate(rows.flatMap((row) => row[column] ?? []))]),
  ) as Record<NllColumn, Estimate>;
}
