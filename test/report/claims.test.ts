import { describe, expect, it } from 'vitest';
import { claims } from '../../src/report/claims.js';
import type { CellFindings, Findings } from '../../src/report/findings.js';
import { noise, simulated } from './verdict/simulated.js';

type Curve = CellFindings['curve'];

/** Two epochs: from 4 nats to 3 after so many seconds. */
const curveOf = (seconds: number) =>
  [
    { valid_nll: 4, wall_clock_s: 1 },
    { valid_nll: 3, wall_clock_s: seconds },
  ] as unknown as Curve;

/**
 * Nottingham with the paper's units.
 *
 * @param secondsOf each seed's curve, by unit
 * @param epochs seconds an epoch, by unit
 */
function nottingham(
  secondsOf: Readonly<Record<string, readonly number[]>>,
  epochs: Readonly<Record<string, number>> = {},
  seeds = 4,
): Findings {
  const found = simulated({ units: ['tanh', 'gru', 'lstm'], seeds, sequences: 30, nll: () => 3 });
  const [record] = found.experiment.datasets;
  const plan = { ...record.plan, dataset: 'nottingham' };
  const cells = found.cells.map((cell) => {
    const [first, ...others] = (secondsOf[cell.unit] ?? []).map(curveOf);
    return {
      ...cell,
      reported: cell.reported.map((row) => ({
        ...row,
        seconds_an_epoch: (epochs[cell.unit] ?? 1) + row.seed / 1000,
      })),
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

  it('does not hold where the GRU never gets as far', () => {
    const short = [{ valid_nll: 3.5, wall_clock_s: 1 }] as unknown as Curve;
    const never = (seeds: number) => {
      const found = nottingham({ gru: [1], lstm: Array.from({ length: seeds }, () => 10) }, {}, seeds);
      const cells = found.cells.map((cell) =>
        cell.unit === 'gru'
          ? {
              ...cell,
              curve: short,
              furtherCurves: cell.reported.slice(1).map(({ seed }) => ({ seed, curve: short })),
            }
          : cell,
      );
      return claims({ ...found, cells }).find(({ claim }) => claim.startsWith('GRU makes faster progress'));
    };
    // By signs alone five seeds cannot tell, six can.
    expect(never(5)?.verdict).toBe('open');
    expect(never(6)?.verdict).toBe('does not hold');
    expect(never(6)?.evidence).toContain('never against 10 s, medians of 6 curves');
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

describe('the claim that GRU and LSTM are near each other', () => {
  /** @param apart test NLL of the LSTM less that of the GRU @param scatter of a sequence, whatever the unit's seed */
  const near = (units: readonly string[], apart: number, scatter = 0.01, sequences = 30) => {
    const draw = noise(3, 5000);
    const shifts = units.map(() => Array.from({ length: sequences }, () => scatter * draw()));
    const nll = (unit: number, _: number, sequence: number) =>
      3 + (units[unit] === 'lstm' ? apart : 0) + shifts[unit][sequence] + 0.01 * draw();
    const found = simulated({ units, seeds: 4, sequences, nll });
    const [record] = found.experiment.datasets;
    const datasets = [{ ...record, plan: { ...record.plan, dataset: 'nottingham' } }];
    const all = claims({ ...found, experiment: { datasets } as unknown as Findings['experiment'] });
    return all.find(({ claim }) => claim.startsWith('On music GRU and LSTM'));
  };

  it('goes by the interval over seeds and sequences, whichever unit comes first', () => {
    for (const units of [
      ['tanh', 'gru', 'lstm'],
      ['lstm', 'tanh', 'gru'],
    ]) {
      expect(near(units, 0.1)?.verdict).toBe('holds');
      expect(near(units, 0.1)?.evidence).toMatch(/set \(holds\): −0\.[01]\d\d \(−0\.1\d\d to −0\.0\d\d\)\.$/);
      expect(near(units, 0.5)?.verdict).toBe('does not hold');
      // The seeds alone would say that it holds.
      expect(near(units, 0.1, 1)?.verdict).toBe('open');
      expect(near(units, 0.1, 0.01, 4)?.evidence).toMatch(/set \(open\): −0\.[01]\d\d; 4 test sequences\.$/);
    }
  });
});

describe('the claim that tanh costs the least time', () => {
  const cheapest = (epochs: Parameters<typeof nottingham>[1]) =>
    claims(nottingham({}, epochs)).find(({ claim }) => claim.startsWith('An update of tanh'));

  it('is explained where it does not hold, and there alone', () => {
    const refuted = cheapest({ tanh: 3, gru: 2, lstm: 2 });
    expect([refuted?.verdict, refuted?.evidence]).toEqual([
      'does not hold',
      expect.stringContaining('bound by other costs'),
    ]);
    for (const [epochs, verdict] of [
      [{ tanh: 1, gru: 2, lstm: 3 }, 'holds'],
      [{ tanh: 1, gru: 1, lstm: 3 }, 'open'],
    ] as const) {
      const found = cheapest(epochs);
      expect([found?.verdict, found?.evidence]).toEqual([
        verdict,
        expect.not.stringContaining('other costs'),
      ]);
    }
  });
});
