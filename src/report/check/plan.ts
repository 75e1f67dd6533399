import type { PlannedTrial } from '../../experiment/plan.js';
import { FILE_NAMES } from '../../experiment/published.js';
import type { DatasetRecord } from '../../experiment/records.js';
import { columnOfOption, type ResultRow } from '../../experiment/results-file.js';
import { plural } from '../../platform/format-number.js';
import { endsTraining } from '../../training/curve.js';
import { NLL_COLUMNS } from '../../training/curve-row.js';

import type { Tally } from './held.js';
import { listed } from './offences.js';
import {
  furtherTrials,
  lineOf,
  type Published,
  type PublishedCell,
  RESULTS,
  winningRow,
} from './published.js';

/** `Math.exp` may differ in its last bit from engine to engine. */
const LAST_BITS = 4 * Number.EPSILON;

/**
 * Holds results.csv to the plan of experiment.json: which trials there are and their learning rates, by the seed;
 * that each ended as its status says; that further seeds are those of the learning rate with the best validation NLL.
 */
export function holdRows({ findings, cells }: Published, tally: Tally): void {
  const known = new Set<ResultRow>();
  for (const cell of cells) {
    const own = findings.results.filter((row) => row.dataset === cell.dataset && row.unit === cell.unit);
    for (const trial of plannedTrials(cell)) {
      const row = rowOf(own, trial);
      if (!row) tally.fault(RESULTS, noRowOf(trial));
      else {
        known.add(row);
        holdRow(tally, cell, trial, row, lineOf(findings, row));
      }
    }
    holdRungs(tally, cell);
  }
  for (const row of findings.results)
    if (!known.has(row))
      tally.fault(
        RESULTS,
        `line ${lineOf(findings, row)}: ${nameOf(row)} is not the plan's, not of the best learning rate, or there twice`,
      );
  for (const record of findings.experiment.datasets) holdBasis(tally, record);
}

/** What is not trained to its end, and so cannot be held yet, in one line; nothing where all is. */
export function unfinished({ cells }: Pick<Published, 'cells'>): string | undefined {
  const open = cells
    .filter((cell) => cell.open > 0)
    .map((cell) => {
      const { dataset, unit, planned, open: count } = cell;
      const { search, seeds } = planned.plan;
      const what = winningRow(cell)
        ? `${count} of ${plural(seeds - 1, 'further seed')}`
        : `${count} of ${plural(search.draws, 'draw')}`;
      return `${dataset} ${unit} (${what})`;
    });
  if (open.length === 0) return undefined;
  return `Not trained to the end yet, and so not held: ${listed(open)}. gru-bench reproduce goes on.`;
}

/** What the trials' identities were made of is what the data set is. */
function holdBasis(tally: Tally, { plan: { name, basis }, sha256, kind }: DatasetRecord): void {
  if (basis === undefined) return;
  const isSame = basis.sequences === sha256 && basis.kind === kind;
  tally.count(1);
  if (!isSame) tally.fault(FILE_NAMES.experiment, `the basis of ${name}'s trials is not its data`);
}

const nameOf = ({ dataset, unit, draw, seed }: Pick<ResultRow, 'dataset' | 'unit' | 'draw' | 'seed'>) =>
  `${dataset} ${unit}, draw ${draw}, seed ${seed}`;

const rowOf = (rows: readonly ResultRow[], trial: PlannedTrial) =>
  rows.find(({ draw, seed }) => draw === trial.draw && seed === trial.seed);

const noRowOf = (trial: PlannedTrial) => `has no row of ${nameOf(trial)}`;

/** The first planned trial of a cell that results.csv says nothing of, in words. */
export function missingRow(results: readonly ResultRow[], cell: PublishedCell): string | undefined {
  const rows = results.filter(({ dataset, unit }) => dataset === cell.dataset && unit === cell.unit);
  const missing = plannedTrials(cell).find((trial) => !rowOf(rows, trial));
  return missing && noRowOf(missing);
}

/** All of the search, and the further seeds of its best learning rate once it is over. */
function plannedTrials(cell: PublishedCell): PlannedTrial[] {
  const { planned } = cell;
  const winner = winningRow(cell);
  return winner ? [...planned.search, ...furtherTrials(cell, winner)] : [...planned.search];
}

function holdRow(
  tally: Tally,
  { request, planned: { plan } }: PublishedCell,
  { drawn }: PlannedTrial,
  row: ResultRow,
  line: number,
): void {
  const at = (column: keyof ResultRow) => ({ file: RESULTS, line, column });
  const { epochs, patience } = { ...request, ...drawn };
  const { learningRate, ...others } = drawn;
  const isRate = isNear(row.learning_rate, learningRate);
  tally.rule(at('learning_rate'), row.learning_rate, isRate, String(learningRate));
  for (const [option, value] of Object.entries(others)) {
    const column = columnOfOption(option);
    const found = row.drawn?.[column] ?? null;
    tally.rule({ file: RESULTS, line, column }, found, isNear(found, value), String(value));
  }
  const { status, best_epoch: best } = row;
  const rungs = plan.search.rungs.map((rung) => rung.epochs);
  tally.rule(at('epochs'), row.epochs, ...lengthRule(row, { epochs, patience, rungs }));
  if (row.epochs === 0) return;
  const isEpoch = best !== null && isCount(best) && best >= 1 && best <= row.epochs;
  if (!isEpoch || status === 'patience')
    tally.rule(at('best_epoch'), best, isEpoch, `an epoch of ${row.epochs}`);
  for (const column of [...NLL_COLUMNS, 'seconds_an_epoch', 'skipped_updates'] as const) {
    const mayBeAny = column.includes('nll') && (status === 'diverged' || !endsTraining(column));
    const isNumber = mayBeAny ? row[column] !== null : Number.isFinite(row[column] ?? Number.NaN);
    if (!isNumber) tally.rule(at(column), row[column], false, 'a number');
  }
}

/** Whether a trial has as many epochs as its status says, and how many these are, in words. */
function lengthRule(
  { status, epochs, best_epoch: best }: ResultRow,
  plan: { readonly epochs: number; readonly patience: number; readonly rungs: readonly number[] },
): [isKept: boolean, rule: string] {
  switch (status) {
    case 'all epochs':
      return [epochs === plan.epochs, `all ${plan.epochs} epochs`];
    case 'patience':
      return [
        best !== null && epochs === best + plan.patience,
        `best_epoch and a patience of ${plan.patience}`,
      ];
    case 'rung': {
      const rungs = plan.rungs.join(', ') || 'of which there are none';
      return [plan.rungs.includes(epochs), `one of the rungs, ${rungs}`];
    }
    case 'diverged':
      return [isCount(epochs) && epochs < plan.epochs, `fewer than ${plan.epochs}, as it diverged`];
    case 'open':
      return [isCount(epochs) && epochs <= plan.epochs, `at most ${plan.epochs}`];
  }
}

/** Whether a stated number is the planned one; a computed one but for last bits. */
export function isNear(found: number | string | null, planned: number | string): boolean {
  if (typeof found !== 'number' || typeof planned === 'string' || planned === 0) return found === planned;
  return Math.abs(found / planned - 1) <= LAST_BITS;
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0;

/** No more learning rates pass a rung than it keeps, and none left behind is better than the best. */
function holdRungs(tally: Tally, cell: PublishedCell): void {
  const { dataset, unit, search, curve, planned } = cell;
  const winner = winningRow(cell);
  if (!winner) return;
  for (const { epochs, keep } of planned.plan.search.rungs) {
    const further = search.filter((row) => row.epochs > epochs).length;
    if (further > keep)
      tally.fault(
        RESULTS,
        `${dataset} ${unit}: ${further} learning rates trained for more than ${epochs} epochs, of which the plan keeps ${keep}`,
      );
    const then = Math.min(...curve.filter(({ epoch }) => epoch <= epochs).map(({ valid_nll }) => valid_nll));
    const left = search.filter((row) => row.status === 'rung' && row.epochs === epochs);
    const better = left.filter(({ valid_nll }) => valid_nll !== null && valid_nll < then);
    if (better.length >= keep)
      tally.fault(
        RESULTS,
        `${dataset} ${unit}: draw ${better[0].draw} was left after ${epochs} epochs, but is better than the best draw was then`,
      );
  }
}
