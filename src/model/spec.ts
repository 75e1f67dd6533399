import { FRAME_INPUT_SAMPLES, FRAME_TARGET_SAMPLES, PIANO_KEYS } from '../data/sequence.js';
import type { Cell } from './unit-names.js';
import { UNITS } from './units.js';

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
  /** W: input weights, U: recurrent weights, V: peepholes, b: biases; of the cell or the output layer. */
  readonly role: 'W' | 'U' | 'V' | 'b';
  readonly layer: 'cell' | 'output';
}

/**
 * The flat parameter vector: for each gate W [I,H], U [H,H], b [H]; the peepholes V [H]; then the output
 * layer's W [H,O] and b [O]. Products are x·W with x a row vector.
 */
export function parameterSlices(spec: ModelSpec): readonly ParameterSlice[] {
  const { units: H, inputSize: I } = spec;
  const O = outputSize(spec);
  const { gates, peepholes } = UNITS[spec.cell];
  const suffix = (gate: string) => (gate === '' ? '' : `_${gate}`);
  const shapes: [layer: 'cell' | 'output', role: ParameterSlice['role'], suffix: string, shape: number[]][] =
    [
      ...gates.flatMap((gate) => [
        ['cell', 'W', suffix(gate), [I, H]] satisfies (typeof shapes)[number],
        ['cell', 'U', suffix(gate), [H, H]] satisfies (typeof shapes)[number],
        ['cell', 'b', suffix(gate), [H]] satisfies (typeof shapes)[number],
      ]),
      ...peepholes.map((gate) => ['cell', 'V', suffix(gate), [H]] satisfies (typeof shapes)[number]),
      ['output', 'W', '', [H, O]],
      ['output', 'b', '', [O]],
    ];
  let offset = 0;
  return shapes.map(([layer, role, suffix, shape]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const slice = { name: `${layer}.${role}${suffix}`, shape, offset, size, role, layer };
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
