import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, holm, pairedTest, signTest, tQuantile } from '../../src/report/statistics.js';
import { readJson } from '../golden.js';

describe('estimate', () => {
  it('of five values: mean and 95 % interval (SciPy: t.interval(0.95, 4, 8.6, sem))', () => {
    const { mean, interval } = estimate([8.4, 8.5, 8.6, 8.7, 8.8]);
    expect(mean).toBeCloseTo(8.6, 12);
    expect(interval).toBeCloseTo(2.7764451051977934 * Math.sqrt(0.025 / 5), 12);
  });

  it('of one value has no interval', () => {
    expect(estimate([3])).toEqual({ mean: 3 });
  });
});

describe('the 97.5 % points of Student’s t', () => {
  // scipy.stats.t.ppf(0.975, degrees).
  it.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [4, 2.7764451051977934],
    [9, 2.262157162798205],
    [29, 2.045229642132703],
    [30, 2.0422724563012378],
    [31, 2.039513446396408],
    [100, 1.9839715185235518],
    [999, 1.9623414611334493],
  ])('%i degrees of freedom', (degrees, value) => {
    expect(Math.abs(tQuantile(degrees) / value - 1)).toBeLessThan(1e-12);
  });
});

interface PairedGolden {
  differences: number[];
  mean: number;
  interval: number;
  p: number;
  effect?: number;
}

describe('the paired test', () => {
  it.each(readJson<PairedGolden[]>('paired-tests.json').map((one) => [one.differences.length, one] as const))(
    'of %i differences is SciPy’s',
    (_, { differences, ...expected }) => {
      const found = pairedTest(differences);
      for (const [key, value] of Object.entries(expected))
        expect(Math.abs((found[key as keyof typeof found] as number) / value - 1), key).toBeLessThan(1e-10);
      expect(found.effect === undefined).toBe(expected.effect === undefined);
    },
  );

  it('of one difference tells nothing but it', () => {
    expect(pairedTest([0.3])).toEqual({ n: 1, mean: 0.3 });
  });

  it('of differences that are all the same has no effect size, and no chance in it unless they are 0', () => {
    expect(pairedTest([0, 0, 0])).toEqual({ n: 3, mean: 0, interval: 0, p: 1 });
    expect(pairedTest([0.5, 0.5, 0.5])).toEqual({ n: 3, mean: 0.5, interval: 0, p: 0 });
  });

  it('counts at 5 % exactly where its 95 % interval leaves out 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1.5, noNaN: true }), { minLength: 2, maxLength: 9 }),
        (d) => {
          const { mean, interval = 0, p = 1 } = pairedTest(d);
          const distance = Math.abs(mean) - interval;
          fc.pre(Math.abs(distance) > 1e-9);
          return p < 0.05 === distance > 0;
        },
      ),
    );
  });
});

describe('Holm’s correction', () => {
  // R: p.adjust(c(0.04, 0.01, 0.03, 0.005), "holm")
  it('is R’s', () => {
    const found = holm([0.04, 0.01, 0.03, 0.005]).map((p) => p?.toFixed(12));
    expect(found).toEqual([0.06, 0.03, 0.06, 0.02].map((p) => p.toFixed(12)));
  });

  it('leaves what is not there so, and stays at 1', () => {
    expect(holm([undefined, 0.8, 0.7])).toEqual([undefined, 1, 1]);
  });

  it('counts those that are not known yet as larger ones', () => {
    expect(holm([0.01, undefined, 0.02], 4)).toEqual([0.04, undefined, 0.06]);
  });

  it('keeps the order of the values, and makes none smaller', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (values) => {
        const corrected = holm(values) as number[];
        return values.every(
          (p, i) => corrected[i] >= p && values.every((q, j) => p > q || corrected[i] <= corrected[j]),
        );
      }),
    );
  });
});

describe('the sign test', () => {
  it('is that of the binomial distribution, either way', () => {
    expect([signTest(0, 6), signTest(6, 6), signTest(1, 6), signTest(3, 6)]).toEqual([
      expect.closeTo(2 / 64, 12),
      expect.closeTo(2 / 64, 12),
      expect.closeTo(14 / 64, 12),
      1,
    ]);
  });
});
