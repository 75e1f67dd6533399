import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchArguments } from '../../src/kernels/engine.js';
import { engineOf } from '../../src/kernels/engines.js';
import { modelArgumentFor } from '../../src/kernels/native.js';
import { isWasmPath, type KernelPath } from '../../src/kernels/paths.js';
import { PURPOSES } from '../../src/random/draws.js';
import { type RandomCase, randomCase } from './random-case.js';
import { kernelPaths } from './variants.js';

const RATES = [0.95, 0.9, 0.01, 0.02, 1] as const;
const [SEED, UPDATE, EPOCH] = [5, 7, 2];
const PLACES = kernelPaths().flatMap((path) =>
  (isWasmPath(path) ? [1] : [1, 3]).map((threads) => ({ path, threads })),
);

const vectors = (length: number) =>
  [0, 1, 2].map(() => new Float32Array(length).fill(Number.NaN)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];

/** All that an update of a case gives: its norm, the NLL, and the next vectors. */
interface Outcome {
  readonly norm: number;
  readonly nll: Float64Array;
  readonly next: readonly Float32Array[];
}

/** A gradient and a step have gone before: mean square and velocity are not 0. */
function stateOf({ parameters }: RandomCase) {
  const meanSquare = parameters.map((x) => x * x * 0.01);
  return [parameters, meanSquare, parameters.map((x) => -0.001 * x)] as const;
}

function atOnce(one: RandomCase, path: KernelPath, threads: number, deviation: number): Outcome {
  const { spec, batch, parameters } = one;
  const engine = engineOf(path);
  const nll = new Float64Array(batch.sequences);
  const next = vectors(parameters.length);
  const norm = engine.update(
    engine.paths.indexOf(path),
    threads,
    modelArgumentFor(engine, path, spec),
    ...batchArguments(batch),
    nll,
    ...stateOf(one),
    ...next,
    deviation,
    SEED,
    PURPOSES.weightNoise,
    UPDATE,
    EPOCH,
    ...RATES,
  );
  return { norm, nll, next };
}

function inParts(one: RandomCase, path: KernelPath, threads: number, deviation: number): Outcome {
  const { spec, batch, parameters } = one;
  const engine = engineOf(path);
  const index = engine.paths.indexOf(path);
  const model = modelArgumentFor(engine, path, spec);
  const [noisy, gradient] = vectors(parameters.length);
  const nll = new Float64Array(batch.sequences);
  const dy = new Float32Array(batch.sequences).fill(1 / batch.sequences);
  const next = vectors(parameters.length);
  engine.weightNoise(index, model, parameters, noisy, deviation, SEED, PURPOSES.weightNoise, UPDATE, EPOCH);
  engine.sequenceNll(index, threads, model, ...batchArguments(batch), noisy, nll, dy, gradient);
  const norm = engine.rmsPropMomentum(index, ...stateOf(one), gradient, ...next, ...RATES);
  return { norm, nll, next };
}

/** Large arrays are compared by their hash, in a thousandth of the time. */
const bitsOf = (values: Float32Array | Float64Array) =>
  createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
const bits = ({ norm, nll, next }: Outcome) => [Float64Array.of(norm), nll, ...next].map(bitsOf);

describe.each(PLACES)('a whole update on $path, $threads threads', ({ path, threads }) => {
  it('has the bits of noise, gradient and step one after another', () => {
    fc.assert(
      fc.property(randomCase([0.5, 3]), fc.constantFrom(0, 0.075), (one, deviation) => {
        const parts = inParts(one, path, threads, deviation);
        expect(bits(atOnce(one, path, threads, deviation))).toEqual(bits(parts));
      }),
      { numRuns: 20 },
    );
  });

  it('writes nothing but the NLL where the gradient is not finite', () => {
    const [one] = fc.sample(randomCase([0.5]), { numRuns: 1, seed: 1 });
    one.parameters.fill(Number.NaN);
    const { norm, nll, next } = atOnce(one, path, threads, 0);
    expect(norm).toBeNaN();
    expect(nll).toEqual(new Float64Array(nll.length).fill(Number.NaN));
    expect(next.map(bitsOf)).toEqual(vectors(one.parameters.length).map(bitsOf));
  });
});
