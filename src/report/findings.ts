import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type ExperimentRecord, readPublished } from '../experiment/publish.js';
import { publishedFiles } from '../experiment/published.js';
import { type DatasetRecord, trialsFolder } from '../experiment/records.js';
import { reportedRows } from '../experiment/reported.js';
import { type ResultRow, readResults } from '../experiment/results-file.js';
import { readSequenceNlls, type SequenceNllRow } from '../experiment/sequence-nlls.js';
import { anyNumber, number, readTable, type TableKind } from '../experiment/table.js';
import { Failure, Misuse } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { median } from '../platform/median.js';
import { guessOfPath } from '../platform/nearest-path.js';
import { type CurveRow, readCurve } from '../training/curve.js';
import { NLL_COLUMNS, type NllColumn } from '../training/curve-row.js';
import { type Estimate, estimate } from './statistics.js';
import { type UnitTitle, unitTitles } from './unit-title.js';

/** Everything that a report is made of: the published files of an experiment's folder. */
export interface Findings {
  readonly folder: string;
  readonly experiment: ExperimentRecord;
  readonly results: readonly ResultRow[];
  readonly cells: readonly CellFindings[];
  readonly reevaluation: readonly ReevaluationRow[];
  readonly sequenceNlls: readonly SequenceNllRow[];
  readonly unitTitle: UnitTitle;
}

/** All units of an experiment, in the order of its file. */
export function unitsOf({ cells }: Pick<Findings, 'cells'>): string[] {
  return [...new Set(cells.map(({ unit }) => unit))];
}

/** Units that a table has room for beside each other, and lines for one by one. */
const FEW_UNITS = 5;

/** Whether units stand below each other in tables, and share the lines of what weakens them. */
export const hasManyUnits = (findings: Pick<Findings, 'cells'>): boolean =>
  unitsOf(findings).length > FEW_UNITS;

/** One data set × one unit. */
export interface CellFindings {
  readonly record: DatasetRecord;
  /** Its name in the experiment. */
  readonly dataset: string;
  readonly unit: string;
  /** The learning rates that were tried, all with the same seed. */
  readonly search: readonly ResultRow[];
  /** Trials of the learning rate with the best validation NLL, by seed; none while the search goes on. */
  readonly reported: readonly ResultRow[];
  /** Over what the reported trials have that is finite; absent while there are none. */
  readonly nll?: Readonly<Partial<Record<NllColumn, Estimate>>>;
  /** Training, median over the reported trials. */
  readonly secondsAnEpoch?: number;
  /** The curve of the reported trial with the search's seed, epoch by epoch; empty while the search goes on. */
  readonly curve: readonly CurveRow[];
  /** Those of the reported trials with further seeds, as far as they were published. */
  readonly furtherCurves: readonly { readonly seed: number; readonly curve: readonly CurveRow[] }[];
  /** Trials that are not yet trained to their end. */
  readonly open: number;
}

/** An NLL of a run, nats; nothing where it is not finite, or where the run diverged before it had one. */
export function nllOf(row: ResultRow, column: NllColumn): number | undefined {
  const nll = row[column];
  return nll !== null && Number.isFinite(nll) ? nll : undefined;
}

const reevaluationSchema = z.object({
  dataset: z.string(),
  unit: z.string().min(1),
  draw: number,
  seed: number,
  /** Of the parameters' file. */
  sha256: z.string(),
  backend: z.string(),
  test_nll: anyNumber,
  test_nll_per_sequence: anyNumber,
});
export type ReevaluationRow = z.infer<typeof reevaluationSchema>;
export const REEVALUATION_COLUMNS = Object.keys(reevaluationSchema.shape) as (keyof ReevaluationRow)[];
const REEVALUATIONS: TableKind<ReevaluationRow> = {
  columns: REEVALUATION_COLUMNS,
  row: reevaluationSchema,
  key: ['dataset', 'unit', 'draw', 'seed'],
};

export function readReevaluation(folder: string): ReevaluationRow[] {
  const path = publishedFiles(folder).reevaluation;
  return isListed(path) ? readTable(path, REEVALUATIONS) : [];
}

const holdsResults = (folder: string) => existsSync(publishedFiles(folder).results);

/**
 * @param placed gives a record with its data where they lie here; they lie where results say if not given
 * @throws Misuse where the folder holds no results; Failure and BadFile where one of its files is missing or damaged
 */
export function readFindings(
  folder: string,
  placed: (record: DatasetRecord) => DatasetRecord = (record) => record,
): Findings {
  const files = publishedFiles(folder);
  const published = readPublished(folder);
  if (!published || !isListed(files.results)) throw withoutResults(folder);
  const experiment = { ...published, datasets: published.datasets.map(placed) };
  const results = readResults(files.results);
  const cells = experiment.datasets.flatMap((record) =>
    record.plan.units.map((unit) => cellFindings(folder, record, unit, results)),
  );
  const [reevaluation, sequenceNlls] = [readReevaluation(folder), readSequenceNlls(folder)];
  const unitTitle = unitTitles(experiment.datasets.map(({ plan }) => plan));
  return { folder, experiment, results, cells, reevaluation, sequenceNlls, unitTitle };
}

/** Why a folder has nothing to report: it may have lost one of the two files that all is told by. */
function withoutResults(folder: string): Failure {
  const { results, experiment } = publishedFiles(folder);
  const [there, missing] = isListed(results) ? [results, experiment] : [experiment, results];
  if (isListed(there))
    return new Failure(
      `${missing} is missing, which belongs to ${there}: put it back; gru-bench reproduce writes both of the trials in ${trialsFolder(folder)}`,
    );
  return new Misuse(
    `${folder} holds no results${guessOfPath(folder, holdsResults) || `; make them with: gru-bench reproduce CONFIG --out ${folder}`}`,
  );
}

function cellFindings(
  folder: string,
  record: DatasetRecord,
  unit: string,
  results: readonly ResultRow[],
): CellFindings {
  const { plan } = record;
  const { search, reported } = reportedRows(record, unit, results);
  const isOpen = (row: ResultRow) => row.dataset === plan.name && row.unit === unit && row.status === 'open';
  const seconds = reported.flatMap(({ seconds_an_epoch }) => seconds_an_epoch ?? []);
  const curveFile = (seed?: number) => publishedFiles(folder).curve(plan.name, unit, seed);
  const furtherSeeds = reported.map(({ seed }) => seed).filter((seed) => seed !== plan.seed);
  return {
    record,
    dataset: plan.name,
    unit,
    search,
    reported,
    nll: reported.length > 0 ? averages(reported) : undefined,
    secondsAnEpoch: seconds.length > 0 ? median(seconds) : undefined,
    curve: reported.length > 0 ? readCurve(curveFile()) : [],
    furtherCurves: furtherSeeds
      .map((seed) => ({ seed, curve: readCurve(curveFile(seed)) }))
      .filter(({ curve }) => curve.length > 0),
    open: results.filter(isOpen).length,
  };
}

/** Means over rows of what is finite in each column; nothing of a column without. */
export function averages(rows: readonly ResultRow[]): Partial<Record<NllColumn, Estimate>> {
  const means: Partial<Record<NllColumn, Estimate>> = {};
  for (const column of NLL_COLUMNS) {
    const nlls = rows.flatMap((row) => nllOf(row, column) ?? []);
    if (nlls.length > 0) means[column] = estimate(nlls);
  }
  return means;
}
