import { type Draw, uniform } from '../../random/draws.js';
import type { Rule } from '../averaging.js';
import { meanOf, normalQuantile, SIGNIFICANCE, tQuantile } from '../statistics.js';

/** How often seeds and test sequences are drawn anew, if nothing else is asked for. */
export const RESAMPLES = 10_000;

/** What a model makes of each sequence of a test set. */
export interface ModelOnSequences {
  /** Nats, a sequence. */
  readonly nlls: Float64Array;
  /** Predicted frames, the same for all models of a set. */
  readonly frames: Float64Array;
}

/** How far the test NLL on drawn sequences lies from that on all, by either average; nats, a draw. */
export type Shifts = Readonly<Record<Rule, Float64Array>>;

/**
 * Draws test sequences with replacement, as many as there are, again and again, the same ones for all models.
 *
 * @param models on the same sequences
 */
export function shiftsOf(models: readonly ModelOnSequences[], resamples = RESAMPLES): Shifts[] {
  if (models.length === 0) return [];
  const [{ frames }] = models;
  const Q = frames.length;
  const all = models.map(({ nlls }) => {
    const means = nlls.map((nll, q) => nll / frames[q]);
    return { nlls, means, whole: { nll: sum(nlls) / sum(frames), mean: sum(means) / Q } };
  });
  const shifts = models.map(() => ({
    'per frame': new Float64Array(resamples),
    'per sequence': new Float64Array(resamples),
  }));
  const places = new Uint32Array(Q);
  for (let b = 0; b < resamples; b++) {
    drawPlaces(Q, { ...SEQUENCES, update: b }, places);
    let drawnFrames = 0;
    for (let i = 0; i < Q; i++) drawnFrames += frames[places[i]];
    for (let m = 0; m < all.length; m++) {
      const { nlls, means, whole } = all[m];
      let nll = 0;
      let mean = 0;
      for (let i = 0; i < Q; i++) {
        nll += nlls[places[i]];
        mean += means[places[i]];
      }
      shifts[m]['per frame'][b] = nll / drawnFrames - whole.nll;
      shifts[m]['per sequence'][b] = mean / Q - whole.mean;
    }
  }
  return shifts;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Ends of a 95 % interval, and the two-sided p that the difference is 0. */
export interface Bootstrap {
  readonly low: number;
  readonly high: number;
  readonly p: number;
  /** Seeds whose models' NLL of every test sequence is known. */
  readonly models: number;
  readonly sequences: number;
}

/**
 * Bootstrap of a difference of two units over seeds and test sequences together: both are drawn anew, independently
 * (Owen 2007, the pigeonhole bootstrap). Resamples of few spread too little, so each part is widened to what Student's
 * t gives for as many (Hesterberg 2015). A seed whose models' sequences are not known gets the shift of one that has
 * them. Of a single seed the test sequences alone are drawn.
 *
 * @param differences of the test NLLs, a seed; nats
 * @param shifted of seeds whose sequences are known: how far drawn sequences move their difference; at least one
 * @param sequences of the test set, at least two
 */
export function bootstrap(
  differences: readonly number[],
  shifted: readonly (Float64Array | undefined)[],
  sequences: number,
): Bootstrap {
  const n = differences.length;
  const mean = meanOf(differences);
  const known = shifted.filter((one) => one !== undefined);
  const resamples = known[0].length;
  const [ofSeeds, ofSequences] = [widening(n), widening(sequences)];
  const drawn = drawPlaces(n, SEEDS, new Uint32Array(n * resamples));
  const standIns = drawPlaces(known.length, STAND_INS, new Uint32Array(n * resamples));
  const all = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    let difference = 0;
    let shift = 0;
    for (let i = b * n; i < (b + 1) * n; i++) {
      difference += differences[drawn[i]];
      shift += (shifted[drawn[i]] ?? known[standIns[i]])[b];
    }
    all[b] = mean + ofSeeds * (difference / n - mean) + (ofSequences * shift) / n;
  }
  all.sort();
  const below = all.filter((value) => value <= 0).length;
  const above = all.filter((value) => value >= 0).length;
  return {
    low: quantile(all, SIGNIFICANCE / 2),
    high: quantile(all, 1 - SIGNIFICANCE / 2),
    p: Math.min(1, (2 * (1 + Math.min(below, above))) / (resamples + 1)),
    models: known.length,
    sequences,
  };
}

/** Of a part's resampled deviations. @param n how many were drawn from; a single one does not move */
function widening(n: number): number {
  return n === 1 ? 0 : Math.sqrt(n / (n - 1)) * (tQuantile(n - 1) / normalQuantile());
}

/** Between the two nearest, by their distance. */
function quantile(ascending: Float64Array, share: number): number {
  const place = share * (ascending.length - 1);
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  return ascending[low] + (place - low) * (ascending[high] - ascending[low]);
}

/** Stretches of random numbers: the same for all pairs and data sets, so that a report can be made again. */
const SEQUENCES = { seed: 0, purpose: 'bootstrap', epoch: 0, update: 0 } as const;
const SEEDS = { ...SEQUENCES, epoch: 1 };
const STAND_INS = { ...SEQUENCES, epoch: 2 };

/** Fills `places` with places from 0 to `n` − 1. */
function drawPlaces(n: number, draw: Draw, places: Uint32Array): Uint32Array {
  const u = uniform(draw, new Float64Array(places.length));
  for (let i = 0; i < places.length; i++) places[i] = Math.floor(u[i] * n);
  return places;
}
