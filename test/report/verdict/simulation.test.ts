import { describe, expect, it } from 'vitest';
import type { Findings } from '../../../src/report/findings.js';
import { SIGNIFICANCE } from '../../../src/report/statistics.js';
import { compareUnits, type UnitComparison } from '../../../src/report/verdict/comparison.js';
import { skipWhere } from '../../skip.js';
import { noise, simulated } from './simulated.js';

/** Of the bootstrap: fewer than a report draws, for there are many experiments. */
const DRAWS = { first: 1000, most: 1000 };

interface World {
  readonly seeds: number;
  readonly sequences: number;
  /** Of the NLLs per frame, nats. */
  readonly difference: number;
  /** Standard deviations of the NLL per frame: from seed to seed, and from sequence to sequence of a run. */
  readonly ofSeeds: number;
  readonly ofSequences: number;
  /** How far units differ from sequence to sequence, whatever the seed. */
  readonly ofUnits: number;
}

const WORLD: World = {
  ...{ seeds: 20, sequences: 20, difference: 0 },
  ...{ ofSeeds: 0.05, ofSequences: 0.03, ofUnits: 0 },
};

/** Of the mean difference over the seeds of two units. */
const standardError = ({ seeds, sequences, ofSeeds, ofSequences }: World) =>
  Math.sqrt((2 * (ofSeeds ** 2 + ofSequences ** 2 / sequences)) / seeds);

/** What many experiments with two units find, the best learning rate of ten with every seed. */
function experiments(count: number, world: World): Findings[] {
  const { seeds, sequences, difference } = world;
  return Array.from({ length: count }, (_, experiment) => {
    const draw = noise(experiment, 4 * seeds * (sequences + 2));
    const deviates = (length: number, deviation: number) => Array.from({ length }, () => deviation * draw());
    const ofSeed = [0, 1].map(() => deviates(seeds, world.ofSeeds));
    const ofUnit = [0, 1].map(() => deviates(sequences, world.ofUnits / Math.SQRT2));
    return simulated({
      ...{ units: ['gru', 'gru-again'], seeds, sequences, draws: 10 },
      // Some sequences are harder than others, for both.
      nll: (unit, seed, q) =>
        3 +
        q / 10 +
        unit * difference +
        ofSeed[unit][seed - 1] +
        ofUnit[unit][q] +
        world.ofSequences * draw(),
    });
  });
}

const comparison = (found: Findings): UnitComparison =>
  compareUnits(found, found.experiment.datasets[0], DRAWS)['per frame'][0];

const comparisons = (count: number, world: World) => experiments(count, world).map(comparison);

/** The same experiment while it had fewer seeds. */
const withSeeds = (found: Findings, seeds: number): Findings => ({
  ...found,
  cells: found.cells.map((cell) => ({ ...cell, reported: cell.reported.slice(0, seeds) })),
});

const share = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length / all.length;
const isBetter = ({ word }: UnitComparison) => word === 'better';

describe('the verdict on simulated experiments', () => {
  it('the same unit twice, with other seeds, is not distinguishable in 19 of 20', () => {
    const found = comparisons(200, WORLD);
    expect(share(found, ({ word }) => word === 'not distinguishable')).toBeGreaterThanOrEqual(19 / 20);
  });

  it('a difference of two standard errors is found in about half', () => {
    const found = share(comparisons(200, { ...WORLD, difference: 2 * standardError(WORLD) }), isBetter);
    expect(found).toBeGreaterThan(0.4);
    expect(found).toBeLessThan(0.6);
  });

  it('one of six standard errors is always found', () => {
    const found = comparisons(20, { ...WORLD, difference: 6 * standardError(WORLD) });
    expect(share(found, isBetter)).toBe(1);
  });
});

/** `npm run test:verdict`: how many experiments each. */
const MANY = Number(process.env.GRU_BENCH_SIMULATIONS ?? 0);

/** Three standard deviations above the share of experiments in which chance alone may call a unit better. */
const MOST_BY_CHANCE = SIGNIFICANCE + 3 * Math.sqrt((SIGNIFICANCE * (1 - SIGNIFICANCE)) / MANY);

describe(
  'many simulated experiments',
  skipWhere(MANY > 0 ? undefined : 'a long form: npm run test:verdict'),
  () => {
    const worlds = [3, 5, 10, 20].flatMap((seeds) =>
      [5, 12, 25, 100].flatMap((sequences) =>
        [0, 0.3].map((ofUnits): World => ({ ...WORLD, seeds, sequences, ofUnits })),
      ),
    );

    it.each(worlds)(
      '$seeds seeds, $sequences sequences, units $ofUnits apart on each',
      (world) => {
        const found = comparisons(MANY, world);
        const byChance = share(found, isBetter);
        const bySeedsAlone = share(found, ({ test: { pHolm = 1 } }) => pHolm < SIGNIFICANCE);
        const power = share(comparisons(MANY, { ...world, difference: 2 * standardError(world) }), isBetter);
        const { seeds, sequences, ofUnits } = world;
        process.stdout.write(
          `| ${[seeds, sequences, ofUnits, bySeedsAlone.toFixed(3), byChance.toFixed(3), ofUnits === 0 ? power.toFixed(2) : '–'].join(' | ')} |\n`,
        );
        expect(byChance).toBeLessThan(MOST_BY_CHANCE);
      },
      600_000,
    );

    it.each([0, 0.3])(
      'seeds are added until a unit is called better, units %d apart on each sequence',
      (ofUnits) => {
        const looks = [5, 10, 15, 20];
        const words = experiments(MANY, { ...WORLD, sequences: 25, ofUnits }).map((found) =>
          looks.map((seeds) => isBetter(comparison(withSeeds(found, seeds)))),
        );
        const [once, ever] = [share(words, ([first]) => first), share(words, (of) => of.includes(true))];
        process.stdout.write(`| ${[ofUnits, once.toFixed(3), ever.toFixed(3)].join(' | ')} |\n`);
        expect(once).toBeLessThan(MOST_BY_CHANCE);
      },
      600_000,
    );
  },
);
