import { type Batch, packBatch } from '../data/batch.js';
import {
  type DataKind,
  FRAME_INPUT_SAMPLES,
  FRAME_TARGET_SAMPLES,
  type PianoRoll,
  type Waveform,
} from '../data/sequence.js';
import type { Unit } from '../model/graph/define-unit.js';
import { type ModelSpec, outputSize, paperSpec } from '../model/spec.js';
import { PAPER_UNITS } from '../model/units/registry.js';
import { uniform } from '../random/draws.js';
import { SHAPES, WORKLOAD_NAMES } from './workload-names.js';

/** One training step to be timed: a model of the paper's size on a batch of sequences of one length. */
export interface Workload {
  /** Such as `music-16x200`: sequences × predicted frames. */
  readonly name: string;
  readonly kind: DataKind;
  readonly unit: Unit;
  readonly sequences: number;
  readonly frames: number;
}

/** Some units on each of the shapes named, by their names or kinds. */
export function workloads(
  names: readonly string[] = WORKLOAD_NAMES,
  units: readonly Unit[] = PAPER_UNITS,
): Workload[] {
  const shapes = SHAPES.filter(({ name, kind }) => names.includes(name) || names.includes(kind));
  return shapes.flatMap((shape) => units.map((unit) => ({ ...shape, unit })));
}

export function workloadSpec({ kind, unit }: Workload): ModelSpec {
  return paperSpec(kind, unit);
}

/** Keys that sound in a frame of the paper's four sets, about, and that a piece has at all: 20 to 51. */
const MEAN_KEYS = 4;
const PIECE_KEYS = 33;
/** Of the lowest key of a piece: they differ by up to an octave. */
const LOWEST_KEY = 22;
const OCTAVE = 12;

/** Sequences of random frames, as dense as real ones; the same at each call. */
export function workloadBatch({ kind, sequences, frames }: Workload): Batch {
  const make = kind === 'music' ? randomRoll : randomWaveform;
  return packBatch(Array.from({ length: sequences }, (_, b) => make(frames, b)));
}

function randomRoll(frames: number, seed: number): PianoRoll {
  const draw = { seed, purpose: 'order', epoch: 0, update: 0 } as const;
  const u = uniform(draw, new Float64Array((frames + 1) * PIECE_KEYS));
  const lowest = LOWEST_KEY + (seed % OCTAVE);
  const starts = new Int32Array(frames + 2);
  const keys: number[] = [];
  for (let t = 0; t <= frames; t++) {
    for (let key = 0; key < PIECE_KEYS; key++)
      if (u[t * PIECE_KEYS + key] * PIECE_KEYS < MEAN_KEYS) keys.push(lowest + key);
    starts[t + 1] = keys.length;
  }
  return { frames: frames + 1, starts, keys: Uint8Array.from(keys) };
}

function randomWaveform(frames: number, seed: number): Waveform {
  const length = FRAME_INPUT_SAMPLES + frames * FRAME_TARGET_SAMPLES;
  const u = uniform({ seed, purpose: 'order', epoch: 0, update: 0 }, new Float64Array(length));
  // Uniform on ±√3 has a deviation of 1, as standardised speech has.
  return { samples: Float32Array.from(u, (x) => (2 * x - 1) * Math.sqrt(3)) };
}

/**
 * Floating-point operations that a training step needs in its matrix products, a multiply-add counted as two:
 * forward, and twice that for the gradients of vectors and weights, but no gradient of the inputs; of a
 * piano-roll only the keys that sound.
 */
export function neededOperations(workload: Workload, batch: Batch): number {
  const spec = workloadSpec(workload);
  const { gates } = spec.unit;
  const { inputs, frames } = batch;
  const ones = inputs.kind === 'dense' ? inputs.width * frames : inputs.starts[frames] - inputs.starts[0];
  const recurrent = 3 * gates.filter((gate) => gate.recurrent).length * spec.hiddenSize ** 2 * frames;
  const input = 2 * gates.filter((gate) => gate.input).length * spec.hiddenSize * ones;
  const output = 3 * spec.hiddenSize * outputSize(spec) * frames;
  return 2 * (recurrent + input + output);
}
