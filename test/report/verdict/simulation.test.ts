import { describe, expect, it } from 'vitest';
import { compareUnits } from '../../../src/report/verdict/comparison.js';
import { noise, simulated } from './simulated.js';

const SEEDS = 20;
const SEQUENCES = 20;
/** Of the bootstrap: fewer than a report draws, for there are many experiments. */
const RESAMPLES = 1000;
/** Standard deviations of the NLL per frame: from seed to seed, and from sequence to sequence of a run. */
const OF_SEEDS = 0.05;
const OF_SEQUENCES = 0.03;
/** Of the mean difference of two units. */
const STANDARD_ERROR = Math.sqrt((2 * (OF_SEEDS ** 2 + OF_SEQUENCES ** 2 / SEQUENCES)) / SEEDS);

/** The words of experiments with two units. @param difference of their NLLs per frame, nats */
function words(experiments: number, difference: number): string[] {
  return Array.from({ length: experiments }, (_, experiment) => {
    const draw = noise(experiment, 2 * SEEDS * (SEQUENCES + 1));
    const ofSeed = [0, 1].map(() => Array.from({ length: SEEDS }, () => OF_SEEDS * draw()));
    const found = simulated({
      ...{ units: ['gru', 'gru-again'], seeds: SEEDS, sequences: SEQUENCES, draws: 10 },
      // Some sequences are harder than others, for both.
      nll: (unit, seed, sequence) =>
        3 + sequence / 10 + unit * difference + ofSeed[unit][seed - 1] + OF_SEQUENCES * draw(),
    });
    return compareUnits(found, found.experiment.datasets[0], RESAMPLES)['per frame'][0].word;
  });
}

const share = (all: readonly string[], word: string) => all.filter((one) => one === word).length / all.length;

describe('the verdict on simulated experiments', () => {
  it('the same unit twice, with other seeds, is not distinguishable in 19 of 20', () => {
    expect(share(words(200, 0), 'not distinguishable')).toBeGreaterThanOrEqual(19 / 20);
  });

  it('a difference of two standard errors is found in about half', () => {
    const found = share(words(200, 2 * STANDARD_ERROR), 'better');
    expect(found).toBeGreaterThan(0.38);
    expect(found).toBeLessThan(0.6);
  });

  it('one of six standard errors is always found', () => {
    expect(share(words(20, 6 * STANDARD_ERROR), 'better')).toBeGreaterThan(0.98);
  });
});
