import type { Batch, Rows } from '../data/batch.js';
import { layerOf } from '../model/outputs/registry.js';
import type { ModelSpec } from '../model/spec.js';
import { type Draw, PURPOSES } from '../random/draws.js';
import type { KernelPath } from './paths.js';

/**
 * What runs the fused kernels: the C++ addon, or a WebAssembly module. Their functions are those of
 * src/kernels/native/calls.h. `path` is an index into `paths`. A model is
 * [unit, hidden units, input size, output, frame size, mixtures], the unit as an index into `units`; rows are dense
 * values, or starts and columns. No array is in memory that threads share, and one that is written overlaps no other.
 * Arguments that do not fit throw a TypeError or RangeError, what the system refuses (memory, threads) an Error.
 */
export interface Engine {
  /** What can run here, the widest first. */
  readonly paths: readonly KernelPath[];
  /** The recurrent units that are built in; the hash is `unitKey` of their equations. */
  readonly units: readonly { readonly name: string; readonly hash: string }[];
  /** Bytes that it can address; without a bound where it is the system's. */
  readonly mostBytes?: number;
  /** The NLL of each sequence, nats, and where `dy` is given, the gradient of Σ_b dy_b·NLL_b. */
  sequenceNll(
    ...call: readonly [
      path: number,
      threads: number,
      model: Int32Array,
      ...batch: BatchArguments,
      parameters: Float32Array,
      nll: Float64Array,
      dy?: Float32Array,
      gradient?: Float32Array,
    ]
  ): void;
  /** Bytes of the memory that a call takes for itself. */
  workspaceBytes(
    path: number,
    model: Int32Array,
    sequences: number,
    frames: number,
    extent: Extent,
    threads: number,
  ): number;
  /**
   * A whole update: noise on the weights, the NLL of each sequence, the gradient of their mean, RMSProp.
   *
   * @returns the norm of the gradient; where it is not finite, nothing is written but the NLL
   */
  update(
    ...call: readonly [
      path: number,
      threads: number,
      model: Int32Array,
      ...batch: BatchArguments,
      nll: Float64Array,
      ...now: UpdatedVectors<Float32Array>,
      ...next: UpdatedVectors<Float32Array>,
      ...noise: NoiseArguments,
      ...step: StepArguments,
    ]
  ): number;
  /** The noise of an update by itself. */
  weightNoise(
    ...call: readonly [
      path: number,
      model: Int32Array,
      parameters: Float32Array,
      noisy: Float32Array,
      ...noise: NoiseArguments,
    ]
  ): void;
  /**
   * The step of an update by itself.
   *
   * @returns the norm of the gradient; where it is not finite, nothing is written
   */
  rmsPropMomentum(
    ...call: readonly [
      path: number,
      ...now: UpdatedVectors<Float32Array>,
      gradient: Float32Array,
      ...next: UpdatedVectors<Float32Array>,
      ...step: StepArguments,
    ]
  ): number;
  /**
   * @param rounds at most 2²⁴
   * @returns how many fused multiply-adds it did, as fast as registers allow
   */
  multiplyAdds(path: number, rounds: number): number;
}

/** A batch: the sequences that run at each step, then the rows of inputs and those of targets. */
export type BatchArguments = readonly [
  active: Int32Array,
  ...inputs: RowsArguments,
  ...targets: RowsArguments,
];

/** Dense rows, or sparse ones. */
type RowsArguments = readonly [
  values: Float32Array | null,
  starts: Int32Array | null,
  columns: Uint8Array | null,
];

/** What an update changes. */
export type UpdatedVectors<T> = readonly [parameters: T, meanSquare: T, velocity: T];

type NoiseArguments = readonly [
  deviation: number,
  seed: number,
  purpose: number,
  update: number,
  epoch: number,
];

type StepArguments = readonly [
  decay: number,
  momentum: number,
  learningRate: number,
  rmsFloor: number,
  maximumGradientNorm: number,
];

/** Rates and bounds of an update, as RmsPropMomentum states them, and its weight noise. */
export interface UpdateSettings {
  readonly decay: number;
  readonly momentum: number;
  readonly learningRate: number;
  readonly rmsFloor: number;
  readonly maximumGradientNorm: number;
  /** Deviation; 0 is none. */
  readonly weightNoise: number;
}

/** `update`'s arguments from the deviation of the noise on. */
export function settingsArguments(
  settings: UpdateSettings,
  draw: Pick<Draw, 'seed' | 'epoch' | 'update'>,
): readonly [...NoiseArguments, ...StepArguments] {
  const { weightNoise, decay, momentum, learningRate, rmsFloor, maximumGradientNorm } = settings;
  const { seed, update, epoch } = draw;
  const noise: NoiseArguments = [weightNoise, seed, PURPOSES.weightNoise, update, epoch];
  return [...noise, decay, momentum, learningRate, rmsFloor, maximumGradientNorm];
}

/** What a call computes, as its memory depends on it: the NLL, its gradient too, or a whole update. */
export const EXTENTS = { nll: 0, gradient: 1, update: 2 } as const;
export type Extent = (typeof EXTENTS)[keyof typeof EXTENTS];

/** @param unit its index into an engine's `units` */
export function modelArgument(unit: number, { hiddenSize, inputSize, output }: ModelSpec): Int32Array {
  const { kernelNumber } = layerOf(output);
  const mixtures = 'mixtures' in output ? output.mixtures : 0;
  return Int32Array.of(unit, hiddenSize, inputSize, kernelNumber, output.frameSize, mixtures);
}

/** A batch as `sequenceNll` and `update` take it. */
export function batchArguments({
  active,
  inputs,
  targets,
}: Pick<Batch, 'active' | 'inputs' | 'targets'>): BatchArguments {
  return [active, ...rowsArguments(inputs), ...rowsArguments(targets)];
}

function rowsArguments(rows: Rows): RowsArguments {
  return rows.kind === 'dense' ? [rows.values, null, null] : [null, rows.starts, rows.columns];
}
