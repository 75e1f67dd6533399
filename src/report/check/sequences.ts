import { existsSync } from 'node:fs';
import { FILE_NAMES } from '../../experiment/published.js';
import type { ResultRow } from '../../experiment/results-file.js';
import {
  byTrial,
  CHAOTIC,
  type SequenceNllRow,
  testNllsOf,
  trialKey,
} from '../../experiment/sequence-nlls.js';
import { evaluateSavedSequences } from '../../training/evaluate-saved.js';
import { loadSame } from '../same-data.js';
import { compareSaved, type SavedParameters } from './again.js';
import type { ModelContext } from './context.js';
import { NotChecked, type Tally } from './held.js';
import { type Published, type PublishedCell, whyUnreported } from './published.js';
import { compare, EVALUATION_TOLERANCE, isWithin, toleranceOf } from './rounding.js';

/** Holds what models make of test sequences to the test NLLs that they report, and to the data's counts. */
export function holdSequences({ findings: { sequenceNlls }, cells }: Published, tally: Tally): void {
  const known = byTrial(sequenceNlls);
  const lineOf = lineNumbers(sequenceNlls);
  const reported = new Set<string>();
  const frames = framesByDataset(cells, known);
  for (const cell of cells)
    for (const row of cell.reported) {
      const own = known.get(trialKey(row));
      if (!own) continue;
      reported.add(trialKey(row));
      holdCounts(tally, cell, own, frames.get(cell.dataset) ?? [], lineOf);
      holdSums(tally, row, own, lineOf);
    }
  for (const row of sequenceNlls)
    if (!reported.has(trialKey(row)))
      tally.fault(FILE_NAMES.sequenceNlls, `line ${lineOf.get(row)} is about no reported trial`);
}

/** Predicted frames of each sequence, by data set: what most models say, so that one wrong row makes no others wrong. */
function framesByDataset(
  cells: readonly PublishedCell[],
  known: ReadonlyMap<string, readonly SequenceNllRow[]>,
): Map<string, number[]> {
  const models = new Map<string, (readonly SequenceNllRow[])[]>();
  for (const { dataset, reported } of cells)
    models.set(dataset, [
      ...(models.get(dataset) ?? []),
      ...reported.flatMap((row) => [known.get(trialKey(row)) ?? []]),
    ]);
  return new Map(
    [...models].map(([dataset, all]) => {
      const longest = Math.max(0, ...all.map(({ length }) => length));
      const ofSequence = (i: number) => mostFrequent(all.flatMap((rows) => rows[i]?.predicted_frames ?? []));
      return [dataset, Array.from({ length: longest }, (_, i) => ofSequence(i))];
    }),
  );
}

/** The first of those that occur most often. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return values.find((value) => counts.get(value) === most) ?? Number.NaN;
}

const lineNumbers = (rows: readonly SequenceNllRow[]) => new Map(rows.map((row, i) => [row, i + 2]));

type LineOf = ReadonlyMap<SequenceNllRow, number>;

function holdCounts(
  tally: Tally,
  { record: { kind, statistics } }: PublishedCell,
  rows: readonly SequenceNllRow[],
  frames: readonly number[],
  lineOf: LineOf,
): void {
  for (const [i, row] of rows.entries()) {
    const at = (column: string) => ({ file: FILE_NAMES.sequenceNlls, line: lineOf.get(row) ?? 0, column });
    tally.same(at('sequence'), row.sequence, i + 1);
    tally.same(at('predicted_frames'), row.predicted_frames, frames[i]);
  }
  const { sequences, frames: all } = statistics.test;
  // The first frame of a piece is not predicted.
  const predicted = kind === 'music' ? all - sequences : all;
  const found = rows.reduce((sum, row) => sum + row.predicted_frames, 0);
  if (rows.length !== sequences || found !== predicted)
    tally.fault(
      FILE_NAMES.sequenceNlls,
      `line ${lineOf.get(rows[0])} on: ${rows.length} sequences of ${found} predicted frames instead of ${sequences} of ${predicted}`,
    );
}

/** Where rounding alone may decide, for the network may be chaotic, a sum stays open. */
function holdSums(tally: Tally, trial: ResultRow, rows: readonly SequenceNllRow[], lineOf: LineOf): void {
  tally.count(rows.length);
  const found = testNllsOf(rows);
  for (const column of ['test_nll', 'test_nll_per_sequence'] as const) {
    const [reported, own] = [trial[column], found[column]];
    const allowed = Math.max(CHAOTIC, toleranceOf(reported ?? 0, EVALUATION_TOLERANCE));
    if (isWithin(own, reported, allowed)) continue;
    tally.fault(
      FILE_NAMES.sequenceNlls,
      `line ${lineOf.get(rows[0])} on: the sequences give a ${column} of ${own} instead of ${reported}`,
    );
  }
}

/** What saved parameters make of each test sequence, beside what sequence-nll.csv says. */
export async function evaluateSequencesAgain(
  context: ModelContext,
  cell: PublishedCell,
  { row, path }: SavedParameters,
) {
  const { published, load, kernels, threads } = context;
  const { findings } = published;
  if (!row) throw new NotChecked(whyUnreported(cell));
  const rows = byTrial(findings.sequenceNlls).get(trialKey(row));
  if (!rows) throw new NotChecked(`${FILE_NAMES.sequenceNlls} has no row of it`);
  if (!existsSync(path)) throw new NotChecked('its parameters are not here');
  const data = await loadSame(cell.record, load);
  const evaluateFile = async (file: string) => {
    const options = { data, split: 'test', backend: 'auto', kernels, threads } as const;
    const found = await evaluateSavedSequences(file, options);
    return rows.map(({ nll }, i) =>
      compare('test_nll', nll, found[i]?.nll ?? Number.NaN, EVALUATION_TOLERANCE),
    );
  };
  const comparisons = await compareSaved(context, path, evaluateFile);
  const lineOf = lineNumbers(findings.sequenceNlls);
  const faults = comparisons.flatMap(({ holds, reported, found }, i) =>
    holds ? [] : [`line ${lineOf.get(rows[i])}, nll is ${reported} instead of ${found}`],
  );
  return { numbers: comparisons.length, faults };
}
