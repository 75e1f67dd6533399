import { createHash } from 'node:crypto';
import { activeSequences, type Rows } from '../data/batch.js';
import type { Unit } from '../model/graph/define-unit.js';
import { type ModelSpec, parameterCount } from '../model/spec.js';
import { UNITS } from '../model/units/registry.js';
import { PURPOSES, uniform } from '../random/draws.js';
import { batchArguments, type Engine, modelArgument, type UpdatedVectors } from './engine.js';
import { unitKey } from './generate/header.js';
import { KNOWN_DIGITS } from './known-digits.js';
import { roundingOf } from './paths.js';

/** A unit on a path that computed something else than on the machines that KNOWN_DIGITS come from. */
export interface OtherDigits {
  readonly unit: string;
  readonly path: string;
}

/**
 * Trains every built-in unit for some updates on every path, and compares the bits with those of other machines.
 *
 * @returns where they differ
 */
export function otherDigits(engine: Engine, threads = 1): OtherDigits[] {
  return engine.paths.flatMap((path, index) =>
    UNITS.filter(
      (unit) => digitsOf(engine, index, threads, unit) !== KNOWN_DIGITS[unit.name]?.[roundingOf(path)],
    ).map((unit) => ({ unit: unit.name, path })),
  );
}

/** A small model but for its unit, and its batch: sparse rows under Bernoulli outputs, dense ones under a mixture. */
interface Case extends Omit<ModelSpec, 'unit'> {
  /** Of the sequences, longest first. */
  readonly lengths: readonly number[];
}

/** Parts of a vector, and a vector and more; a batch, and a single sequence, whose products go another way. */
const CASES: readonly Case[] = [
  { hiddenSize: 19, inputSize: 22, output: { kind: 'bernoulli', frameSize: 22 }, lengths: [9, 6, 6, 2] },
  { hiddenSize: 21, inputSize: 7, output: { kind: 'mixture', frameSize: 3, mixtures: 6 }, lengths: [8, 5] },
  { hiddenSize: 37, inputSize: 13, output: { kind: 'bernoulli', frameSize: 13 }, lengths: [11] },
];
const UPDATES = 3;

/** The first 16 digits of the SHA-256 of all that a short training of a unit computes on a path. */
export function digitsOf(engine: Engine, path: number, threads: number, unit: Unit): string {
  const hash = createHash('sha256');
  for (const one of CASES)
    train(engine, path, threads, unit, one, (values) => {
      hash.update(new Uint8Array(values.buffer));
    });
  return hash.digest('hex').slice(0, 16);
}

function train(
  engine: Engine,
  path: number,
  threads: number,
  unit: Unit,
  one: Case,
  see: (values: Float32Array | Float64Array) => void,
): void {
  const { lengths, ...sizes } = one;
  const spec: ModelSpec = { unit, ...sizes };
  const model = modelArgument(
    engine.units.findIndex(({ hash }) => hash === unitKey(unit)),
    spec,
  );
  const size = parameterCount(spec);
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  const { inputSize, output } = spec;
  const rows = output.kind === 'mixture' ? denseRows : sparseRows;
  const batch = batchArguments({
    active: activeSequences(Int32Array.from(lengths)),
    inputs: rows(1, frames, inputSize),
    targets: rows(2, frames, output.frameSize),
  });
  const zeros = () => new Float32Array(size);
  const vectors = (): UpdatedVectors<Float32Array> => [zeros(), zeros(), zeros()];
  let [now, next] = [vectors(), vectors()];
  now[0].set(draws(0, size).map((u) => 0.4 * u));
  const [noisy, gradient] = [zeros(), zeros()];
  const nll = new Float64Array(lengths.length);
  const dy = new Float32Array(lengths.length).fill(1 / lengths.length);
  for (let update = 0; update < UPDATES; update++) {
    engine.weightNoise(path, model, now[0], noisy, 0.075, 1, PURPOSES.weightNoise, update, 0);
    engine.sequenceNll(path, threads, model, ...batch, noisy, nll, dy, gradient);
    const norm = engine.rmsPropMomentum(path, ...now, gradient, ...next, 0.95, 0.9, 0.01, 0.01, 1);
    [now, next] = [next, now];
    for (const values of [noisy, nll, gradient, Float64Array.of(norm), ...now]) see(values);
  }
}

function denseRows(which: number, frames: number, width: number): Rows {
  return { kind: 'dense', width, values: Float32Array.from(draws(which, frames * width)) };
}

/** A third of the entries are 1. */
function sparseRows(which: number, frames: number, width: number): Rows {
  const values = draws(which, frames * width);
  const starts = new Int32Array(frames + 1);
  const columns: number[] = [];
  for (const [i, value] of values.entries()) {
    if (value > 1 / 3) columns.push(i % width);
    starts[Math.floor(i / width) + 1] = columns.length;
  }
  return { kind: 'sparse', width, starts, columns: Uint8Array.from(columns) };
}

/** Numbers from −1 to 1, the same on every machine. */
function draws(which: number, count: number): Float64Array {
  const draw = { seed: 7, purpose: 'initialisation', epoch: 0, update: which } as const;
  return uniform(draw, new Float64Array(count)).map((u) => 2 * u - 1);
}
