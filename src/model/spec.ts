import { FRAME_INPUT_SAMPLES, FRAME_TARGET_SAMPLES, PIANO_KEYS } from '../data/sequence.js';
import { type Role, unitParameters } from './graph/parameters.js';
import type { Cell } from './unit-names.js';
import { unitNamed } from './units/registry.js';

/** Each target is a vector of 0 and 1, one logistic output an entry (paper, section 4.1). */
export interface BernoulliOutput {
  readonly kind: 'bernoulli';
  /** Entries of a target frame, D. */
  readonly frameSize: number;
}

/** Each target is a vector of real numbers, under a mixture of diagonal Gaussians (paper, section 4.1). */
export interface MixtureOutput {
  readonly kind: 'mixture';
  /** Entries of a target frame, D. */
  readonly frameSize: number;
  /** Number of Gaussians, K. */
  readonly mixtures: number;
}

export interface ModelSpec {
  readonly cell: Cell;
  /** Hidden units, H. */
  readonly units: number;
  /** Entries of an input frame, I. */
  readonly inputSize: number;
  readonly output: BernoulliOutput | MixtureOutput;
}

/** Units of each model so that the three have about equal parameter counts (paper, Table 1). */
export const PAPER_UNITS = {
  music: { tanh: 100, gru: 46, lstm: 36 },
  speech: { tanh: 400, gru: 227, lstm: 195 },
} as const;

/** Gaussians of the speech models (paper, section 4.1). */
export const PAPER_MIXTURES = 20;

/** The paper's model for a kind of data; `units` overrides the size of Table 1. */
export function paperSpec(
  kind: 'music' | 'speech',
  cell: Cell,
  units: number = PAPER_UNITS[kind][cell],
): ModelSpec {
  if (kind === 'music')
    return { cell, units, inputSize: PIANO_KEYS, output: { kind: 'bernoulli', frameSize: PIANO_KEYS } };
  return {
    cell,
    units,
    inputSize: FRAME_INPUT_SAMPLES,
    output: { kind: 'mixture', frameSize: FRAME_TARGET_SAMPLES, mixtures: PAPER_MIXTURES },
  };
}

/** Entries of the output layer, O: D logits; or K weight logits, K·D means and K·D deviations. */
export function outputSize({ output }: ModelSpec): number {
  return output.kind === 'bernoulli' ? output.frameSize : output.mixtures * (1 + 2 * output.frameSize);
}

/** A named part of the flat parameter vector, row-major. */
export interface ParameterSlice {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of the first entry in the flat vector. */
  readonly offset: number;
  readonly size: number;
  readonly role: Role;
  readonly layer: 'cell' | 'output';
  /** What its entries start at, where they do not start at random. */
  readonly start: number;
}

/**
 * The flat parameter vector: the unit's parameters (see `unitParameters`), then the output layer's W [H,O] and
 * b [O]. Products are x·W with x a row vector.
 */
export function parameterSlices(spec: ModelSpec): readonly ParameterSlice[] {
  const { units: H, inputSize: I } = spec;
  const O = outputSize(spec);
  const named = [
    ...unitParameters(unitNamed(spec.cell), I, H).map((one) => ({ ...one, layer: 'cell' as const })),
    { name: 'W', role: 'W', shape: [H, O], start: 0, layer: 'output' } as const,
    { name: 'b', role: 'b', shape: [O], start: 0, layer: 'output' } as const,
  ];
  let offset = 0;
  return named.map(({ name, role, shape, start, layer }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const slice = { name: `${layer}.${name}`, shape, offset, size, role, layer, start };
    offset += size;
    return slice;
  });
}

/** Length of the flat parameter vector. */
export function parameterCount(spec: ModelSpec): number {
  return parameterSlices(spec).reduce((sum, { size }) => sum + size, 0);
}

/** What Table 1 of the paper counts: the recurrent layer with its biases and peepholes, no output layer. */
export function recurrentParameterCount(spec: ModelSpec): number {
  return parameterSlices(spec).reduce((sum, { size, layer }) => (layer === 'cell' ? sum + size : sum), 0);
}
