import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../../src/data/batch.js';
import type { Engine } from '../../src/kernels/engine.js';
import { unitKey } from '../../src/kernels/generate/header.js';
import { sequenceNllAndGradient } from '../../src/kernels/sequence-nll.js';
import type { Unit } from '../../src/model/graph/define-unit.js';
import { expressionsOf } from '../../src/model/graph/equations.js';
import { recurrentParameters } from '../../src/model/graph/parameters.js';
import {
  type ReferenceBatch,
  type ReferenceSizes,
  referenceNear,
  referenceNll,
  splitReference,
} from '../../src/model/graph/reference.js';
import { uniform } from '../../src/random/draws.js';
import { COMPOSED } from './variants.js';

/** A unit with parameters and a batch. */
export interface UnitCase {
  readonly unit: Unit;
  readonly sizes: ReferenceSizes;
  readonly parameters: Float32Array;
  readonly batch: ReferenceBatch;
  /** Inputs as real numbers; else as the columns of the ones. */
  readonly dense: boolean;
}

export interface CaseShape {
  readonly hiddenSize: number;
  readonly lengths: readonly number[];
  readonly dense: boolean;
}

/** More than a vector of units, less than one, whole vectors; several sequences, and one. */
export const CASE_SHAPES: readonly CaseShape[] = [
  { hiddenSize: 19, lengths: [7, 4, 4, 2], dense: false },
  { hiddenSize: 5, lengths: [6, 5, 1], dense: true },
  { hiddenSize: 16, lengths: [9], dense: false },
  { hiddenSize: 3, lengths: [8], dense: true },
];

/** More than the backward pass takes at once. */
export const MANY_FRAMES: CaseShape = { hiddenSize: 4, lengths: new Array(45).fill(7), dense: false };

/** Numbers from −1 to 1. */
function draws(update: number, count: number): Float64Array {
  const draw = { seed: 20, purpose: 'initialisation', epoch: 1, update } as const;
  return uniform(draw, new Float64Array(count)).map((u) => 2 * u - 1);
}

export function unitCase(unit: Unit, { hiddenSize, lengths, dense }: CaseShape): UnitCase {
  const sizes = { inputSize: 7, hiddenSize, frameSize: 5 };
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  const size = recurrentParameters(unit, sizes.inputSize, hiddenSize) + (hiddenSize + 1) * sizes.frameSize;
  const isOne = (value: number) => Number(value > 0);
  const inputs = Float32Array.from(draws(2, frames * sizes.inputSize));
  return {
    unit,
    sizes,
    parameters: Float32Array.from(draws(1, size), (value) => 0.6 * value),
    batch: {
      active: Int32Array.from({ length: lengths[0] }, (_, t) => lengths.filter((n) => n > t).length),
      inputs: Float64Array.from(dense ? inputs : inputs.map(isOne)),
      targets: draws(3, frames * sizes.frameSize).map(isOne),
    },
    dense,
  };
}

/** NLL of each sequence, and the gradient of their sum. */
export interface CaseResult {
  readonly nll: Float64Array;
  readonly gradient: Float32Array;
}

type RowsArguments = [Float32Array | null, Int32Array | null, Uint8Array | null];

/** Values of 0 and 1 by the columns of the ones. */
function onesOf(values: Float64Array, width: number): RowsArguments {
  const starts = new Int32Array(values.length / width + 1);
  const columns: number[] = [];
  for (const [i, value] of values.entries()) {
    if (value === 1) columns.push(i % width);
    starts[Math.floor(i / width) + 1] = columns.length;
  }
  return [null, starts, Uint8Array.from(columns)];
}

/** By an addon that has the unit; `nllAlone` is computed without the gradient. */
export function fusedResult(
  native: Engine,
  { unit, sizes, parameters, batch, dense }: UnitCase,
  path: number,
  threads: number,
): CaseResult & { readonly nllAlone: Float64Array } {
  const index = native.units.findIndex(({ hash }) => hash === unitKey(unit));
  const { inputSize, hiddenSize, frameSize } = sizes;
  const [nll, nllAlone] = [0, 1].map(() => new Float64Array(batch.active[0]));
  const gradient = new Float32Array(parameters.length);
  const inputs: RowsArguments = dense
    ? [Float32Array.from(batch.inputs), null, null]
    : onesOf(batch.inputs, inputSize);
  const head = [
    path,
    threads,
    Int32Array.of(index, hiddenSize, inputSize, 0, frameSize, 0),
    batch.active,
    ...inputs,
    ...onesOf(batch.targets, frameSize),
    parameters,
  ] as const;
  native.sequenceNll(...head, nll, new Float32Array(nll.length).fill(1), gradient);
  native.sequenceNll(...head, nllAlone);
  return { nll, nllAlone, gradient };
}

/** By the composed kernels, on the backend that has been started. */
export function composedResult({
  unit,
  sizes,
  parameters,
  batch: { active, inputs, targets },
}: UnitCase): CaseResult {
  const { inputSize, hiddenSize, frameSize } = sizes;
  const output = { kind: 'bernoulli', frameSize } as const;
  const spec = { unit, hiddenSize, inputSize, output };
  const rows = (width: number, values: Float64Array) =>
    ({ kind: 'dense', width, values: Float32Array.from(values) }) as const;
  const lengths = Int32Array.from(
    { length: active[0] },
    (_, b) => active.filter((count) => count > b).length,
  );
  const batch: Batch = {
    sequences: active[0],
    frames: inputs.length / inputSize,
    order: Int32Array.from(lengths.keys()),
    lengths,
    active,
    inputs: rows(inputSize, inputs),
    targets: rows(frameSize, targets),
  };
  const vector = tf.tensor1d(parameters);
  const result = sequenceNllAndGradient(COMPOSED, spec, vector, batch);
  const nll = Float64Array.from(result.nll.dataSync());
  // The kernels' gradient is that of the mean.
  const gradient = result.gradient.dataSync<'float32'>().map((value) => value * active[0]);
  tf.dispose([vector, result]);
  return { nll, gradient };
}

/** So near to a kink, float32 may be on the other side. */
const NEAR = 1e-5;

/**
 * Whether nothing compares numbers that are next to equal, so that all who compute the case take the same sides. Equal
 * ones are so on purpose, as two zeros are, but for a value and itself stopped, whose sides have other derivatives.
 */
export function isFair({ unit, sizes, parameters, batch }: UnitCase): boolean {
  const stops = expressionsOf(unit).all.some(({ kind }) => kind === 'stopped');
  let nearest = Number.POSITIVE_INFINITY;
  referenceNll(unit, sizes, Float64Array.from(parameters), batch, ({ kind }, value, [a, b]) => {
    if (kind === 'relu' || kind === 'max')
      for (const [j, one] of a.entries()) {
        const other = b?.[j] ?? 0;
        const distance = Math.abs(one - other) / Math.max(1, Math.abs(one));
        if (distance > 0 || (stops && (kind === 'relu' || one !== 0))) nearest = Math.min(nearest, distance);
      }
    return value;
  });
  return nearest > NEAR;
}

export function norm(values: Float32Array | Float64Array): number {
  return Math.hypot(...values);
}

/** How far two estimates of a derivative may lie apart, as a share of it; further, and there is a kink between. */
const ESTIMATES_AGREE = 1e-6;
const STEPS = [1e-5, 2e-6] as const;

/**
 * The derivative of a function along a direction, by central differences; nothing where a kink of relu or max is so
 * near that there is none.
 */
export function derivativeAlong(
  f: (x: Float64Array) => number,
  x: Float64Array,
  direction: Float64Array,
): number | undefined {
  const at = f(x);
  const moved = (step: number) => f(x.map((value, i) => value + step * direction[i]));
  const [far, near] = STEPS.map((step) => {
    const [ahead, behind] = [moved(step) - at, at - moved(-step)];
    return { slope: (ahead + behind) / (2 * step), bend: (ahead - behind) / step };
  });
  const most = ESTIMATES_AGREE * norm(direction) * Math.max(1, Math.abs(near.slope));
  const isSmooth =
    Math.abs(far.slope - near.slope) < most &&
    // Between one side and the other, a smooth function's slope changes with the step.
    Math.abs((far.bend * STEPS[1]) / STEPS[0] - near.bend) < most;
  return isSmooth ? near.slope : undefined;
}

const MOST_DIRECTIONS = 6;

/** A direction in a named parameter, and how steep the NLL is along it. */
export interface Slope {
  readonly name: string;
  readonly direction: Float64Array;
  readonly slope: number;
}

/**
 * A slope in each parameter, as differences of the equations in double precision say; none in one where they have no
 * derivative.
 */
export function slopesOf({ unit, sizes, parameters, batch }: UnitCase): Slope[] {
  const x = Float64Array.from(parameters);
  const nll = referenceNear(unit, sizes, x, batch);
  const slopeIn = (name: string): Slope[] => {
    for (let attempt = 0; attempt < MOST_DIRECTIONS; attempt++) {
      const whole = new Float64Array(x.length);
      const direction = splitReference(unit, sizes, whole).get(name) as Float64Array;
      direction.set(draws(4 + attempt, direction.length));
      const slope = derivativeAlong(nll, x, whole);
      if (slope !== undefined) return [{ name, direction, slope }];
    }
    return [];
  };
  return [...splitReference(unit, sizes, x).keys()].flatMap(slopeIn);
}

/** By how much the gradient of a parameter is away from a slope in it, for a direction of length 1. */
export function errorAlong({ direction, slope }: Slope, gradient: Float32Array): number {
  const along = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
  return Math.abs(along - slope) / norm(direction);
}
