import { describe, expect, it } from 'vitest';
import { engineOf } from '../../src/kernels/engines.js';
import { unitKey } from '../../src/kernels/generate/header.js';
import type { KernelPath } from '../../src/kernels/paths.js';
import type { Unit } from '../../src/model/graph/define-unit.js';
import { recurrentParameters } from '../../src/model/graph/parameters.js';
import {
  type ReferenceBatch,
  type ReferenceSizes,
  referenceNll,
  splitReference,
} from '../../src/model/graph/reference.js';
import { UNITS } from '../../src/model/units/registry.js';
import { uniform } from '../../src/random/draws.js';
import { kernelPaths, pathsThatRound, ROUNDINGS } from './variants.js';

const PATHS = kernelPaths();

interface Case {
  readonly unit: Unit;
  readonly sizes: ReferenceSizes;
  readonly parameters: Float32Array;
  readonly batch: ReferenceBatch;
  /** Inputs as real numbers; else as the columns of the ones. */
  readonly dense: boolean;
}

/** Numbers from −1 to 1. */
function draws(update: number, count: number): Float64Array {
  const draw = { seed: 20, purpose: 'initialisation', epoch: 1, update } as const;
  return uniform(draw, new Float64Array(count)).map((u) => 2 * u - 1);
}

function caseOf(unit: Unit, hiddenSize: number, lengths: readonly number[], dense: boolean): Case {
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

/** NLL of each sequence, also as computed without the gradient, and the gradient of their sum. */
function fusedResult({ unit, sizes, parameters, batch, dense }: Case, path: KernelPath, threads: number) {
  const engine = engineOf(path);
  const index = engine.units.findIndex(({ hash }) => hash === unitKey(unit));
  const { inputSize, hiddenSize, frameSize } = sizes;
  const [nll, nllAlone] = [0, 1].map(() => new Float64Array(batch.active[0]));
  const gradient = new Float32Array(parameters.length);
  const inputs: RowsArguments = dense
    ? [Float32Array.from(batch.inputs), null, null]
    : onesOf(batch.inputs, inputSize);
  const head = [
    engine.paths.indexOf(path),
    threads,
    Int32Array.of(index, hiddenSize, inputSize, 0, frameSize, 0),
    batch.active,
    ...inputs,
    ...onesOf(batch.targets, frameSize),
    parameters,
  ] as const;
  engine.sequenceNll(...head, nll, new Float32Array(nll.length).fill(1), gradient);
  engine.sequenceNll(...head, nllAlone);
  return { nll, nllAlone, gradient };
}

function norm(values: Float32Array | Float64Array): number {
  return Math.hypot(...values);
}

/** By how much the gradient of a named parameter, along a direction in it, is away from central differences. */
function errorAlong({ unit, sizes, parameters, batch }: Case, name: string, gradient: Float32Array): number {
  const STEP = 1e-5;
  const direction = draws(4, gradient.length);
  const nllAt = (step: number) => {
    const moved = Float64Array.from(parameters);
    const part = splitReference(unit, sizes, moved).get(name) as Float64Array;
    for (const [i, along] of direction.entries()) part[i] += step * along;
    return referenceNll(unit, sizes, moved, batch);
  };
  const numeric = (nllAt(STEP) - nllAt(-STEP)) / (2 * STEP);
  const along = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
  return Math.abs(along - numeric) / norm(direction);
}

/** More than a vector of units, less than one, whole vectors; several sequences, and one. */
const CASES = [
  { hiddenSize: 19, lengths: [7, 4, 4, 2], dense: false },
  { hiddenSize: 5, lengths: [6, 5, 1], dense: true },
  { hiddenSize: 16, lengths: [9], dense: false },
  { hiddenSize: 3, lengths: [8], dense: true },
] as const;

describe.each(UNITS)('the fused kernels of $name', (unit) => {
  const cases = CASES.map(({ hiddenSize, lengths, dense }) => caseOf(unit, hiddenSize, lengths, dense));

  it('give the NLL of its equations, and its gradient', () => {
    for (const one of cases) {
      const expected = referenceNll(unit, one.sizes, Float64Array.from(one.parameters), one.batch);
      for (const path of PATHS) {
        const { nll, gradient } = fusedResult(one, path, 1);
        expect(Math.abs(nll.reduce((sum, value) => sum + value, 0) / expected - 1)).toBeLessThan(1e-6);
        for (const [name, part] of splitReference(unit, one.sizes, gradient)) {
          // Terms of a sum over frames may cancel, all of them for b_i of the sLSTM: what is left is their rounding.
          const size = Math.max(norm(part), 0.1 * norm(gradient));
          expect(errorAlong(one, name, part) / size, `${path}, ${name}`).toBeLessThan(1e-5);
        }
      }
    }
  });

  it.each(ROUNDINGS)(
    'give the same bits without the gradient, on more threads, and on all paths: %s',
    (rounding) => {
      const [widest, ...others] = pathsThatRound(rounding);
      for (const one of cases) {
        const expected = fusedResult(one, widest, 1);
        expect(expected.nllAlone).toEqual(expected.nll);
        for (const [path, threads] of [[widest, 3] as const, ...others.map((other) => [other, 1] as const)])
          expect(fusedResult(one, path, threads)).toEqual(expected);
      }
    },
  );
});
