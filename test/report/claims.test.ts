import { describe, expect, it } from 'vitest';
import { claims } from '../../src/report/claims.js';
import type { CellFindings, Findings } from '../../src/report/findings.js';
import { simulated } from './verdict/simulated.js';

type Curve = CellFindings['curve'];

/** Two epochs: from 4 nats to 3 after so many seconds. */
const curveOf = (seconds: number) =>
  [
    { valid_nll: 4, wall_clock_s: 1 },
    { valid_nll: 3, wall_clock_s: seconds },
  ] as unknown as Curve;

/** Nottingham with the paper's units. @param secondsOf each seed's curve, by unit */
function nottingham(secondsOf: Readonly<Record<string, readonly number[]>>): Findings {
  const found = simulated({ units: ['tanh', 'gru', 'lstm'], seeds: 4, sequences: 30, nll: () => 3 });
  const [record] = found.experiment.datasets;
  const plan = { ...record.plan, dataset: 'nottingham' };
  const cells = found.cells.map((cell) => {
    const [first, ...others] = (secondsOf[cell.unit] ?? []).map(curveOf);
    return {
      ...cell,
      curve: first ?? [],
      furtherCurves: others.map((curve, i) => ({ seed: i + 2, curve })),
    };
  });
  return {
    ...found,
    cells,
    experiment: { datasets: [{ ...record, plan }] } as unknown as Findings['experiment'],
  };
}

const race = (secondsOf: Parameters<typeof nottingham>[0]) =>
  claims(nottingham(secondsOf)).find(({ claim }) => claim.startsWith('GRU makes faster progress'));

describe('the claim that GRU is faster than LSTM', () => {
  it('tells the medians of the seeds that it compares', () => {
    const found = race({ gru: [10, 20, 30, 40], lstm: [100, 230, 350, 450] });
    expect(found?.verdict).toBe('holds');
    expect(found?.evidence).toContain('set (holds): 25 s against 290 s, medians of 4 curves.');
  });

  it('is open with few curves, and with none', () => {
    const one = race({ gru: [10], lstm: [100] });
    expect([one?.verdict, one?.evidence]).toEqual([
      'open',
      expect.stringContaining('against 100 s, of 1 curve.'),
    ]);
    expect(race({ gru: [10] })?.evidence).toContain('set (open): no curve of both.');
  });
});
