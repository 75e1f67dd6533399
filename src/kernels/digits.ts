import { createHash } from 'node:crypto';
import type { Unit } from '../model/graph/define-unit.js';
import { recurrentParameters } from '../model/graph/parameters.js';
import { UNITS } from '../model/units/registry.js';
import { PURPOSES, uniform } from '../random/draws.js';
import type { Engine } from './engine.js';
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

/** A small model and its batch: sparse rows under Bernoulli outputs, or dense ones under a mixture. */
interface Case {
  readonly hiddenSize: number;
  readonly inputSize: number;
  readonly frameSize: number;
  /** Gaussians of a mixture; 0 is a Bernoulli output. */
  readonly mixtures: number;
  /** Of the sequences, longest first. */
  readonly lengths: readonly number[];
}

/** Parts of a vector, and a vector and more; a batch, and a single sequence, whose products go another way. */
const CASES: readonly Case[] = [
  { hiddenSize: 19, inputSize: 22, frameSize: 22, mixtures: 0, lengths: [9, 6, 6, 2] },
  { hiddenSize: 21, inputSize: 7, frameSize: 3, mixtures: 6, lengths: [8, 5] },
  { hiddenSize: 37, inputSize: 13, frameSize: 13, mixtures: 0, lengths: [11] },
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
  const { hiddenSize, inputSize, frameSize, mixtures, lengths } = one;
  const index = engine.units.findIndex(({ hash }) => hash === unitKey(unit));
  const model = Int32Array.of(index, hiddenSize, inputSize, Number(mixtures > 0), frameSize, mixtures);
  const outputs = mixtures > 0 ? mixtures * (1 + 2 * frameSize) : frameSize;
  const size = recurrentParameters(unit, inputSize, hiddenSize) + (hiddenSize + 1) * outputs;
  const active = Int32Array.from({ length: lengths[0] }, (_, t) => lengths.filter((n) => n > t).length);
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  const rows = mixtures > 0 ? denseRows : sparseRows;
  const batch = [active, ...rows(1, frames, inputSize), ...rows(2, frames, frameSize)] as const;
  const vectors = () =>
    [0, 1, 2].map(() => new Float32Array(size)) as [Float32Array, Float32Array, Float32Array];
  let [now, next] = [vectors(), vectors()];
  now[0].set(draws(0, size).map((u) => 0.4 * u));
  const [noisy, gradient] = [new Float32Array(size), new Float32Array(size)];
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

type RowsArguments = [Float32Array | null, Int32Array | null, Uint8Array | null];

function denseRows(which: number, frames: number, width: number): RowsArguments {
  return [Float32Array.from(draws(which, frames * width)), null, null];
}

/** A third of the entries are 1. */
function sparseRows(which: number, frames: number, width: number): RowsArguments {
  const values = draws(which, frames * width);
  const starts = new Int32Array(frames + 1);
  const columns: number[] = [];
  for (const [i, value] of values.entries()) {
    if (value > 1 / 3) columns.push(i % width);
    starts[Math.floor(i / width) + 1] = columns.length;
  }
  return [null, starts, Uint8Array.from(columns)];
}

/** Numbers from −1 to 1, the same on every machine. */
function draws(which: number, count: number): Float64Array {
  const draw = { seed: 7, purpose: 'initialisation', epoch: 0, update: which } as const;
  return uniform(draw, new Float64Array(count)).map((u) => 2 * u - 1);
}
