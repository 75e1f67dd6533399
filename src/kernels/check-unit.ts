import * as tf from '@tensorflow/tfjs-core';
import { activeSequences, type Batch } from '../data/batch.js';
import type { Unit } from '../model/graph/define-unit.js';
import { referenceNear } from '../model/graph/reference.js';
import { type ModelSpec, parameterCount, parameterSlices } from '../model/spec.js';
import { startBackend } from '../platform/backend.js';
import { Failure } from '../platform/failure.js';
import { uniform } from '../random/draws.js';
import { describeKernels, type FusedKernels, type Kernels, kernelsFor } from './choice.js';
import { sequenceNllAndGradient } from './sequence-nll.js';

/** One computation of a unit held to another. */
export interface Comparison {
  /** Such as `gradient of U_z`. */
  readonly what: string;
  /** Such as `fused, avx2` and `composed`. */
  readonly one: string;
  readonly other: string;
  /** The largest, as a share of the largest value; not finite where one of the two is not. */
  readonly difference: number;
  readonly tolerance: number;
  readonly holds: boolean;
}

export interface UnitCheck {
  readonly comparisons: readonly Comparison[];
  /** Why there are no fused kernels, where there are none. */
  readonly withoutFused?: string;
}

/** Of the largest value. Float32 on both sides. */
const NLL_TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 1e-4;
/** Float32 beside differences in double precision. */
const DIFFERENCE_TOLERANCE = 1e-3;
const DIFFERENCE_STEP = 1e-5;

const LENGTHS = [9, 6, 2] as const;
const DRAW = { seed: 1, purpose: 'initialisation', epoch: 1 } as const;
const CENTRAL = 'central differences';

/**
 * Computes the NLL and the gradient of a small model of a unit three times and holds each to the next: by its fused
 * kernels, by TensorFlow.js's derivatives of its equations, and by differences of its NLL in double precision.
 *
 * @throws Failure where no backend starts
 */
export async function checkUnit(unit: Unit): Promise<UnitCheck> {
  await startBackend('auto', 1);
  const spec: ModelSpec = {
    unit,
    hiddenSize: 5,
    inputSize: 7,
    output: { kind: 'bernoulli', frameSize: 4 },
  };
  const parameters = Float32Array.from(numbers(0, parameterCount(spec)), (u) => 0.6 * u);
  const batch = smallBatch(spec);
  const composed = resultOf({ name: 'composed', why: '' }, spec, parameters, batch);
  const reference = referenceResult(spec, parameters, batch);
  const beside = compare(spec, composed, reference, DIFFERENCE_TOLERANCE);
  const fused = await fusedKernels(unit);
  if (typeof fused === 'string') return { comparisons: beside, withoutFused: fused };
  const result = resultOf(fused, spec, parameters, batch);
  const threads = resultOf({ ...fused, threads: 3 }, spec, parameters, batch);
  return {
    comparisons: [
      ...compare(spec, result, composed, GRADIENT_TOLERANCE),
      ...beside,
      ...compare(spec, result, { ...threads, by: '3 threads' }, 0),
    ],
  };
}

async function fusedKernels(unit: Unit): Promise<FusedKernels | string> {
  try {
    return (await kernelsFor(unit, 'fused', 1)) as FusedKernels;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

interface Result {
  readonly by: string;
  /** Of all sequences, nats. */
  readonly nll: number;
  /** As the flat parameter vector. */
  readonly gradient: ArrayLike<number>;
}

function resultOf(kernels: Kernels, spec: ModelSpec, parameters: Float32Array, batch: Batch): Result {
  return tf.tidy(() => {
    const { nll, gradient } = sequenceNllAndGradient(kernels, spec, tf.tensor1d(parameters), batch);
    const sum = nll.dataSync<'float32'>().reduce((total, value) => total + value, 0);
    // The gradient is that of the mean.
    const values = gradient.dataSync<'float32'>().map((value) => value * batch.sequences);
    return { by: describeKernels(kernels), nll: sum, gradient: values };
  });
}

function referenceResult(spec: ModelSpec, parameters: Float32Array, batch: Batch): Result {
  const { unit, hiddenSize, inputSize, output } = spec;
  const sizes = { inputSize, hiddenSize, frameSize: output.frameSize };
  const [inputs, targets] = [batch.inputs, batch.targets].map((rows) =>
    Float64Array.from(rows.kind === 'dense' ? rows.values : []),
  );
  const values = Float64Array.from(parameters);
  const nllNear = referenceNear(unit, sizes, values, { active: batch.active, inputs, targets });
  const nllAt = (i: number, value: number) => nllNear(values.with(i, value));
  const gradient = Float64Array.from(
    values,
    (value, i) =>
      (nllAt(i, value + DIFFERENCE_STEP) - nllAt(i, value - DIFFERENCE_STEP)) / (2 * DIFFERENCE_STEP),
  );
  return { by: CENTRAL, nll: nllNear(values), gradient };
}

function compare(spec: ModelSpec, one: Result, other: Result, gradientTolerance: number): Comparison[] {
  const nllTolerance = Math.min(gradientTolerance, NLL_TOLERANCE);
  const comparison = (what: string, difference: number, tolerance: number): Comparison => ({
    what,
    one: one.by,
    other: other.by,
    difference,
    tolerance,
    // Written so that NaN does not hold.
    holds: difference <= tolerance,
  });
  const largest = (values: ArrayLike<number>) =>
    Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const all = largest(other.gradient);
  const slices = parameterSlices(spec).map(({ name, offset, size }) => {
    const [own, held] = [one, other].map(({ gradient }) => Array.from(gradient).slice(offset, offset + size));
    const difference = largest(own.map((value, i) => value - held[i]));
    // A parameter with next to no gradient is measured by the others'.
    const scale = Math.max(largest(held), 0.1 * all);
    return comparison(
      `gradient of ${name.replace(/^cell\./, '')}`,
      share(difference, scale),
      gradientTolerance,
    );
  });
  return [
    comparison('NLL', share(Math.abs(one.nll - other.nll), Math.abs(other.nll)), nllTolerance),
    ...slices,
  ];
}

const share = (difference: number, scale: number) => (difference === 0 ? 0 : difference / scale);

/** From −1 to 1. */
function numbers(update: number, count: number): Float64Array {
  return uniform({ ...DRAW, update }, new Float64Array(count)).map((u) => 2 * u - 1);
}

function smallBatch({ inputSize, output }: ModelSpec): Batch {
  const lengths = Int32Array.from(LENGTHS);
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  const dense = (update: number, width: number, of: (u: number) => number) =>
    ({ kind: 'dense', width, values: Float32Array.from(numbers(update, frames * width), of) }) as const;
  return {
    sequences: lengths.length,
    frames,
    order: Int32Array.from(lengths.keys()),
    lengths,
    active: activeSequences(lengths),
    inputs: dense(1, inputSize, (u) => u),
    targets: dense(2, output.frameSize, (u) => Number(u > 0)),
  };
}
