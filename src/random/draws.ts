import { philox } from './philox.js';

/** What a number is drawn for: draws for different purposes never share a counter. */
export const PURPOSES = {
  initialisation: 0,
  order: 1,
  weightNoise: 2,
  search: 3,
  sample: 4,
  bootstrap: 5,
} as const;

/** Names a stretch of random numbers: the n-th of them is a function of these four and n alone. */
export interface Draw {
  /** Unsigned 32-bit. */
  readonly seed: number;
  readonly purpose: keyof typeof PURPOSES;
  readonly epoch: number;
  readonly update: number;
}

const TWO_TO_MINUS_32 = 2 ** -32;

/** Fills `out` with numbers uniform on the open interval (0, 1), 32 bits each. */
export function uniform(draw: Draw, out: Float64Array): Float64Array {
  const key = [draw.seed >>> 0, PURPOSES[draw.purpose]];
  const counter = [0, draw.update, draw.epoch, 0];
  const block = new Uint32Array(4);
  for (let start = 0; start < out.length; start += 4) {
    counter[0] = start / 4;
    philox(counter, key, block);
    for (let i = 0; i < 4 && start + i < out.length; i++) out[start + i] = (block[i] + 0.5) * TWO_TO_MINUS_32;
  }
  return out;
}

/** Normal deviates come in stretches of 64: 16 blocks of the generator, one in each of 16 lanes. */
const LANES = 16;
const STRETCH = 4 * LANES;

/** The middle of one of 2²³ intervals of (0, 1): a float32 holds it exactly, for kernels that compute in it. */
function uniformFloat(word: number): number {
  return ((word >>> 9) + 0.5) * 2 ** -23;
}

/**
 * Fills `out` with independent standard normal deviates (Box and Muller 1958). Of a block's four words, the
 * first two give radius and angle of one pair, the other two those of another; within a stretch the first words
 * of all blocks stand together, then the second, and so on.
 */
export function normal(draw: Draw, out: Float64Array): Float64Array {
  const key = [draw.seed >>> 0, PURPOSES[draw.purpose]];
  const counter = [0, draw.update, draw.epoch, 0];
  const block = new Uint32Array(4);
  for (let start = 0; start < out.length; start += STRETCH)
    for (let lane = 0; lane < LANES; lane++) {
      counter[0] = start / 4 + lane;
      philox(counter, key, block);
      for (const word of [0, 2]) {
        const radius = Math.sqrt(-2 * Math.log(uniformFloat(block[word])));
        const angle = 2 * Math.PI * uniformFloat(block[word + 1]);
        const i = start + word * LANES + lane;
        // Past its end, a typed array takes no number.
        out[i] = radius * Math.cos(angle);
        out[i + LANES] = radius * Math.sin(angle);
      }
    }
  return out;
}

/** A random order of 0 … length − 1 (Fisher and Yates; Durstenfeld 1964). */
export function permutation(draw: Draw, length: number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  const u = uniform(draw, new Float64Array(length));
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(u[i] * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
