import { type Draw, uniform } from '../../random/draws.js';
import type { Rule } from '../averaging.js';
import { meanOf, normalQuantile, SIGNIFICANCE, tQuantile } from '../statistics.js';

/** How often seeds and test sequences are drawn anew, if nothing else is asked for. */
export const RESAMPLES = 10_000;

/** Standard error that the draws leave in a bootstrapped p. */
export const drawingError = ({ p, resamples }: Pick<Bootstrap, 'p' | 'resamples'>): number =>
  2 * Math.sqrt(((p / 2) * (1 - p / 2)) / resamples);

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
 * Draws test pieces with replacement, as many as there are, again and again, the same ones for all models. A piece is a
 * sequence, or all sequences that are cut from one recording: these are alike, so that they come and go together.
 *
 * @param models on the same sequences
 * @param pieces the piece of each sequence, counted from 0; each its own where that is left out
 * @param part which stretch of so many draws, counted from 0
 */
export function shiftsOf(
  models: readonly ModelOnSequences[],
  {
    pieces: given,
    resamples = RESAMPLES,
    part = 0,
  }: { pieces?: readonly number[]; resamples?: number; part?: number } = {},
): Shifts[] {
  if (models.length === 0) return [];
  const pieces = given ?? [...models[0].frames.keys()];
  const Q = countOfPieces(pieces);
  const ofPieces = (values: Float64Array) => sumsOfPieces(values, pieces, Q);
  const [model] = models;
  const frames = ofPieces(model.frames);
  const sequences = ofPieces(model.frames.map(() => 1));
  const all = models.map(({ nlls }) => {
    const means = nlls.map((nll, q) => nll / model.frames[q]);
    const whole = { nll: sum(nlls) / sum(model.frames), mean: sum(means) / nlls.length };
    return { nlls: ofPieces(nlls), means: ofPieces(means), whole };
  });
  const shifts = models.map(() => ({
    'per frame': new Float64Array(resamples),
    'per sequence': new Float64Array(resamples),
  }));
  const places = new Uint32Array(Q);
  for (let b = 0; b < resamples; b++) {
    drawPlaces(Q, { ...SEQUENCES, update: part * resamples + b }, places);
    let drawnFrames = 0;
    let drawnSequences = 0;
    for (let i = 0; i < Q; i++) {
      drawnFrames += frames[places[i]];
      drawnSequences += sequences[places[i]];
    }
    for (let m = 0; m < all.length; m++) {
      const { nlls, means, whole } = all[m];
      let nll = 0;
      let mean = 0;
      for (let i = 0; i < Q; i++) {
        nll += nlls[places[i]];
        mean += means[places[i]];
      }
      shifts[m]['per frame'][b] = nll / drawnFrames - whole.nll;
      shifts[m]['per sequence'][b] = mean / drawnSequences - whole.mean;
    }
  }
  return shifts;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** @param pieces the piece of each sequence, counted from 0 */
export const countOfPieces = (pieces: readonly number[]): number => new Set(pieces).size;

function sumsOfPieces(values: Float64Array, pieces: readonly number[], count: number): Float64Array {
  const sums = new Float64Array(count);
  for (const [q, piece] of pieces.entries()) sums[piece] += values[q];
  return sums;
}

/** Ends of a 95 % interval, and the two-sided p that the difference is 0. */
export interface Bootstrap {
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly resamples: number;
  /** Seeds whose models' NLL of every test sequence is known. */
  readonly models: number;
  /** Of the test set: sequences, or recordings with all sequences that are cut from them. */
  readonly pieces: number;
}

/**
 * Bootstrap of a difference of two units over seeds and test pieces together: both are drawn anew, independently
 * (Owen 2007, the pigeonhole bootstrap). Resamples of few spread too little, so each part is widened to what Student's
 * t gives for as many (Hesterberg 2015). A seed whose models' sequences are not known gets the shift of one that has
 * them. Of a single seed the test pieces alone are drawn.
 *
 * @param differences of the test NLLs, a seed; nats
 * @param parts each a stretch of draws: of seeds whose sequences are known, at least one, how far drawn pieces move
 *   their difference
 * @param pieces of the test set, at least two
 */
export function bootstrap(
  differences: readonly number[],
  parts: Iterable<Shifted>,
  pieces: number,
): Bootstrap {
  const values: number[] = [];
  let models = 0;
  let part = 0;
  for (const shifted of parts) {
    models = shifted.filter((one) => one !== undefined).length;
    for (const value of drawnDifferences(differences, shifted, pieces, part++)) values.push(value);
  }
  const all = Float64Array.from(values).sort();
  const below = all.filter((value) => value <= 0).length;
  const above = all.filter((value) => value >= 0).length;
  return {
    low: quantile(all, SIGNIFICANCE / 2),
    high: quantile(all, 1 - SIGNIFICANCE / 2),
    p: Math.min(1, (2 * (1 + Math.min(below, above))) / (all.length + 1)),
    resamples: all.length,
    models,
    pieces,
  };
}

/** A seed, how far each draw of test pieces moves the difference of its models; nats. */
export type Shifted = readonly (Float64Array | undefined)[];

/** The difference of two units by each draw of a part. */
function drawnDifferences(
  differences: readonly number[],
  shifted: Shifted,
  pieces: number,
  part: number,
): Float64Array {
  const n = differences.length;
  const mean = meanOf(differences);
  const known = shifted.filter((one) => one !== undefined);
  const resamples = known[0].length;
  const [ofSeeds, ofPieces] = [widening(n), widening(pieces)];
  const drawn = drawPlaces(n, { ...SEEDS, update: part }, new Uint32Array(n * resamples));
  const standIns = drawPlaces(known.length, { ...STAND_INS, update: part }, new Uint32Array(n * resamples));
  const all = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    let difference = 0;
    let shift = 0;
    for (let i = b * n; i < (b + 1) * n; i++) {
      difference += differences[drawn[i]];
      shift += (shifted[drawn[i]] ?? known[standIns[i]])[b];
    }
    all[b] = mean + ofSeeds * (difference / n - mean) + (ofPieces * shift) / n;
  }
  return all;
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
