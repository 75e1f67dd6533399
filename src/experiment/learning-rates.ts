import { createHash } from 'node:crypto';
import { uniform } from '../random/draws.js';

/**
 * The learning rates that a search tries: e^u, u uniform between two exponents (paper, section 4.3). All units of
 * a data set try the same ones, so that units are compared rate by rate; each data set has its own.
 *
 * @param dataset its name in the experiment
 */
export function learningRates(
  seed: number,
  dataset: string,
  draws: number,
  [low, high]: readonly [number, number],
): number[] {
  const update = createHash('sha256').update(dataset).digest().readUInt32LE();
  const draw = { seed, purpose: 'learningRate', epoch: 0, update } as const;
  return Array.from(uniform(draw, new Float64Array(draws)), (share) => Math.exp(low + (high - low) * share));
}
