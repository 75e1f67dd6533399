import { describe, expect, it } from 'vitest';
import type { CellFindings, Findings } from '../../src/report/findings.js';
import { table2Notes } from '../../src/report/sections/negative-log-likelihood.js';
import { table2 } from '../../src/report/tables.js';
import { simulated } from './verdict/simulated.js';

describe('Table 2', () => {
  /** Of a run that diverged in its first epoch. */
  const noNlls = {
    ...{ train_nll: null, valid_nll: null, test_nll: null },
    ...{ train_nll_per_sequence: null, valid_nll_per_sequence: null, test_nll_per_sequence: null },
  };
  const found = simulated({ units: ['tanh', 'gru'], seeds: 4, sequences: 30, nll: () => 3 });
  const diverged: Findings = {
    ...found,
    cells: found.cells.map(
      (cell): CellFindings => ({
        ...cell,
        reported: cell.reported.map((row) =>
          cell.unit === 'tanh' && row.seed === 3 ? { ...row, ...noNlls } : row,
        ),
      }),
    ),
  };

  it('counts only the seeds that a mean is of, and names the others', () => {
    const [row] = table2(diverged).filter(({ split }) => split === 'test');
    expect(row.entries.map(({ unit, seeds }) => [unit, seeds])).toEqual([
      ['tanh', 3],
      ['gru', 4],
    ]);
    expect(table2Notes(diverged)[0]).toContain(
      'Without a finite test NLL, and not in the mean: set tanh, seed 3.',
    );
    expect(table2Notes(found)[0]).not.toContain('Without a finite');
  });
});
