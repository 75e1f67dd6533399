import { describe, expect, it } from 'vitest';
import type { CellFindings, Findings } from '../../src/report/findings.js';
import { PAPER_FIGURE_2 } from '../../src/report/paper.js';
import { figure2Account } from '../../src/report/sections/figure-2.js';
import { estimate } from '../../src/report/statistics.js';
import { simulated } from './verdict/simulated.js';

/** Sequences and frames of Nottingham's training and validation sets. */
const STATISTICS = {
  train: { sequences: 694, frames: 176_561, meanLength: 254.4 },
  valid: { sequences: 173, frames: 45_513, meanLength: 263.1 },
};

/**
 * Nottingham with the paper's units, whose curves end at so many times what Figure 2 has.
 *
 * @param perSequence the train NLL per sequence over that per frame
 */
function nottingham(times: readonly number[], perSequence = 1): Findings {
  const found = simulated({ units: ['tanh', 'gru', 'lstm'], seeds: 1, sequences: 30, nll: () => 3 });
  const ends = PAPER_FIGURE_2.nottingham;
  const cells = found.cells.map((cell, i): CellFindings => {
    const { record, unit, nll, reported } = cell;
    const perFrame = (split: 'train' | 'valid') => {
      const { sequences, frames } = STATISTICS[split];
      return ((ends?.[unit]?.[split] ?? Number.NaN) * times[i] * sequences) / (frames - sequences);
    };
    const own = { train_nll: perFrame('train'), valid_nll: perFrame('valid') };
    return {
      ...cell,
      record: {
        ...record,
        plan: { ...record.plan, dataset: 'nottingham' },
        statistics: { ...record.statistics, ...STATISTICS },
      },
      curve: [own as CellFindings['curve'][number]],
      reported: reported.map((row) => ({ ...row, ...own })),
      nll: {
        ...nll,
        train_nll: estimate([own.train_nll]),
        train_nll_per_sequence: estimate([own.train_nll * perSequence]),
      } as CellFindings['nll'],
    };
  });
  const datasets = [cells[0].record];
  return { ...found, cells, experiment: { datasets } as unknown as Findings['experiment'] };
}

describe('the account of Figure 2', () => {
  it('tells how many curves end as in the paper, and which do not', () => {
    const [curves] = figure2Account(nottingham([1.01, 0.98, 1.08]));
    expect(curves).toBe(
      'What agrees: where the curves end. Of the 6 ends that can be read off the paper’s Figure 2 (to about 1 %), ours lie within 2.0 % of 4; the others: set LSTM train (+8.0 %), set LSTM valid (+8.0 %). From the lowest up, units end in the paper’s order in 1 of 2 panels; not in the other: set valid (the paper’s LSTM, tanh, GRU; ours tanh, GRU, LSTM).',
    );
  });

  it('does not say that curves agree where none does', () => {
    const [curves] = figure2Account(nottingham([2, 2, 2]));
    expect(curves).toMatch(/^The curves do not agree\. Of the 6 ends .* within 5\.0 % of 0; the others: /);
  });

  it('compares the order of units where there are several', () => {
    const found = nottingham([1, 1, 1]);
    expect(figure2Account(found)[0]).toMatch(/ in the paper’s order in all 2 panels\.$/);
    const other = figure2Account(nottingham([1, 1, 1.3]))[0];
    expect(other).toContain(' in the paper’s order in none of 2 panels: set train (the paper’s ');
    const alone = { ...found, cells: found.cells.slice(0, 1) };
    expect(figure2Account(alone)[0]).not.toContain('order');
  });

  it('draws the conclusion on Table 2 only from averages that show it', () => {
    const table = (perSequence: number) => figure2Account(nottingham([1, 1, 1], perSequence))[1];
    expect(table(1)).toContain('So neither average of these runs gives that table');
    for (const perSequence of [0.8, Number.NaN]) {
      expect(table(perSequence)).toMatch(
        /with means per sequence, these runs do not show the same of all units\.$/,
      );
      expect(table(perSequence)).not.toContain('NaN');
    }
  });
});
