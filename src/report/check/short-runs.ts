import { FILE_NAMES } from '../../experiment/published.js';
import type { ShortRunRow } from '../../experiment/results-file.js';
import type { Tally } from './held.js';
import type { Published } from './published.js';

export const SHORT_RUNS = FILE_NAMES.shortRuns;

/** Holds what a plan decides of short-runs.csv; its NLLs are held by training again. */
export function holdShortRuns({ findings: { experiment }, cells, shortRuns }: Published, tally: Tally): void {
  for (const [i, row] of shortRuns.entries()) {
    const at = (column: keyof ShortRunRow) => ({ file: SHORT_RUNS, line: i + 2, column });
    const first = shortRuns.findIndex(({ dataset, unit }) => dataset === row.dataset && unit === row.unit);
    const cell = cells.find(({ dataset, unit }) => dataset === row.dataset && unit === row.unit);
    if (!cell || first < i) {
      tally.fault(SHORT_RUNS, `line ${i + 2}: ${row.dataset} ${row.unit} is not the plan's, or there twice`);
      continue;
    }
    const { request, seed, drawn } = cell.planned.short;
    tally.same(at('epochs'), row.epochs, request.epochs);
    tally.same(at('sequences'), row.sequences, request.maxSequences ?? 0);
    tally.same(at('seed'), row.seed, seed);
    tally.same(at('learning_rate'), row.learning_rate, drawn.learningRate);
    const kernels = row.simd ? `${row.kernels}, ${row.simd}` : row.kernels;
    const { kernels: all, backends } = experiment;
    tally.rule(at('kernels'), kernels, all.includes(kernels), `one of experiment.json: ${all.join('; ')}`);
    tally.rule(at('backend'), row.backend, backends.includes(row.backend), backends.join(' or '));
  }
}
