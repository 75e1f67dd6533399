import { type DataKind, FRAME_INPUT_SAMPLES, FRAME_TARGET_SAMPLES, PIANO_KEYS } from '../data/sequence.js';
import { Misuse } from '../platform/failure.js';
import { countOf } from '../platform/format-number.js';
import type { Unit } from './graph/define-unit.js';
import { hiddenSizeFor, type Role, recurrentParameters, unitParameters } from './graph/parameters.js';
import { layerOf, type Output } from './outputs/registry.js';
import { gru } from './units/gru.js';

export interface ModelSpec {
  readonly unit: Unit;
  /** H. */
  readonly hiddenSize: number;
  /** Entries of an input frame, I. */
  readonly inputSize: number;
  readonly output: Output;
}

/** Sizes at which the paper's three units have about equal parameter counts (paper, Table 1). */
const PAPER_SIZES: Readonly<Record<DataKind, Readonly<Record<string, number>>>> = {
  music: { tanh: 100, gru: 46, lstm: 36 },
  speech: { tanh: 400, gru: 227, lstm: 195 },
};

/** Gaussians of the speech models (paper, section 4.1). */
const PAPER_MIXTURES = 20;

/** What the paper's models read and predict of each kind of data (paper, section 4.1). */
const LAYERS: Readonly<Record<DataKind, Pick<ModelSpec, 'inputSize' | 'output'>>> = {
  music: { inputSize: PIANO_KEYS, output: { kind: 'bernoulli', frameSize: PIANO_KEYS } },
  speech: {
    inputSize: FRAME_INPUT_SAMPLES,
    output: { kind: 'mixture', frameSize: FRAME_TARGET_SAMPLES, mixtures: PAPER_MIXTURES },
  },
};

/** How large a model is to be: its hidden size, or about how many recurrent parameters; Table 1's if neither is said. */
export interface Size {
  readonly hidden?: number;
  readonly parameters?: number;
}

/** Hidden units of the largest model: a digit too many ends in a line, not in days of training. */
export const LARGEST_HIDDEN_SIZE = 4096;

/**
 * A model with the paper's inputs and outputs for a kind of data.
 *
 * @throws Misuse where the parameters that were asked for need more than `LARGEST_HIDDEN_SIZE` hidden units
 */
export function paperSpec(kind: DataKind, unit: Unit, size: Size = {}): ModelSpec {
  return { unit, hiddenSize: hiddenSize(kind, unit, size), ...LAYERS[kind] };
}

/**
 * Units that the paper does not have get the size whose count of recurrent parameters comes nearest to that of its GRU.
 */
function hiddenSize(kind: DataKind, unit: Unit, { hidden, parameters }: Size): number {
  const { inputSize } = LAYERS[kind];
  const sizes = PAPER_SIZES[kind];
  if (hidden !== undefined) return hidden;
  if (parameters !== undefined) return sizeOfParameters(unit, inputSize, parameters);
  return sizes[unit.name] ?? hiddenSizeFor(unit, inputSize, recurrentParameters(gru, inputSize, sizes.gru));
}

function sizeOfParameters(unit: Unit, inputSize: number, parameters: number): number {
  const size = hiddenSizeFor(unit, inputSize, parameters);
  if (size <= LARGEST_HIDDEN_SIZE) return size;
  const most = countOf(recurrentParameters(unit, inputSize, LARGEST_HIDDEN_SIZE));
  throw new Misuse(
    `${countOf(parameters)} parameters of ${unit.name} would be ${countOf(size)} hidden units; at most ${countOf(LARGEST_HIDDEN_SIZE)} are possible, ${most} parameters`,
  );
}

/** Entries of the output layer, O. */
export function outputSize({ output }: ModelSpec): number {
  return layerOf(output).size(output);
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
  const { unit, hiddenSize: H, inputSize: I } = spec;
  const O = outputSize(spec);
  const named = [
    ...unitParameters(unit, I, H).map((one) => ({ ...one, layer: 'cell' as const })),
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
export function recurrentParameterCount({ unit, inputSize, hiddenSize }: ModelSpec): number {
  return recurrentParameters(unit, inputSize, hiddenSize);
}
