import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/choice.js';
import { chooseKernels, forcedPath } from '../../src/kernels/choice.js';
import { runnablePaths } from '../../src/kernels/engines.js';
import { fusedSequenceNllAndGradient } from '../../src/kernels/fused.js';
import { sequenceNll, sequenceNllAndGradient } from '../../src/kernels/sequence-nll.js';
import { paperSpec, parameterCount, parameterSlices } from '../../src/model/spec.js';
import { PAPER_UNITS, unitNamed } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { Failure, Misuse } from '../../src/platform/failure.js';
import { cpuMilliseconds } from '../cpu-time.js';
import { farOff } from './far-off.js';
import { type RandomCase, randomCase } from './random-case.js';
import { twoPieces } from './two-pieces.js';
import { COMPOSED, fused, kernelPaths, pathsThatRound, ROUNDINGS } from './variants.js';

const PATHS = kernelPaths();
const RUNS = { numRuns: 40 };
/** Cases that all paths share. */
const SHARED_RUNS = { numRuns: 3 * RUNS.numRuns };

beforeAll(async () => {
  // Of the three, it takes the least time for composed kernels.
  await startBackend('wasm', 1);
});

interface Result {
  nll: Float32Array;
  gradient: Float32Array;
}

function resultOf(kernels: Kernels, { spec, parameters, batch }: RandomCase): Result {
  const vector = tf.tensor1d(parameters);
  const { nll, gradient } = sequenceNllAndGradient(kernels, spec, vector, batch);
  const result = { nll: nll.dataSync<'float32'>().slice(), gradient: gradient.dataSync<'float32'>().slice() };
  tf.dispose([vector, nll, gradient]);
  return result;
}

function nllOf(kernels: Kernels, { spec, parameters, batch }: RandomCase): Float32Array {
  const vector = tf.tensor1d(parameters);
  const nll = tf.tidy(() => sequenceNll(kernels, spec, vector, batch));
  const values = nll.dataSync<'float32'>().slice();
  tf.dispose([vector, nll]);
  return values;
}

const largestOf = (values: Float32Array) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Largest difference of two float32 computations, as a share of the value. Where |xW + b| is some thousands, its
 * rounding alone is some 1e-4, which the gradient of a gate that is not saturated passes on as such.
 */
const USUAL = { nll: 3e-6, gradient: 1e-5 };
const SATURATED = { nll: 1e-4, gradient: 1e-3 };

function expectAlike(
  one: RandomCase,
  expected: Result,
  actual: Result,
  simd: string,
  share: typeof USUAL,
): void {
  const nll = farOff(
    expected.nll,
    actual.nll,
    (value, b) => share.nll * (Math.abs(value) + one.batch.lengths[b]),
  );
  expect(nll, simd).toBeUndefined();
  const largest = largestOf(expected.gradient);
  for (const { name, offset, size } of parameterSlices(one.spec)) {
    const slice = expected.gradient.subarray(offset, offset + size);
    // The terms of a sum over frames may cancel: its rounding is measured by their size, not by what is left.
    const tolerance = share.gradient * Math.max(largestOf(slice), 0.1 * largest);
    const gradient = farOff(slice, actual.gradient.subarray(offset, offset + size), () => tolerance);
    expect(gradient, `${simd}, ${name}`).toBeUndefined();
  }
}

/** With one NaN for all: its sign, and what else its bits may hold, are the processor's. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.map((value) => (Number.isNaN(value) ? Number.NaN : value)).buffer);
}

function expectSameBits(expected: Result, actual: Result): void {
  for (const part of ['nll', 'gradient'] as const) {
    const [one, other] = [expected, actual].map((result) => bitsOf(result[part]));
    expect(other.length).toBe(one.length);
    expect(
      one.findIndex((bits, i) => bits !== other[i]),
      `index in ${part} where bits differ`,
    ).toBe(-1);
  }
}

/** One computation by the composed kernels serves all paths: they take a hundred times as long. */
function expectAllPathsAlike(one: RandomCase, share = USUAL): void {
  const expected = resultOf(COMPOSED, one);
  for (const simd of PATHS) expectAlike(one, expected, resultOf(fused(simd), one), simd, share);
}

/*
 * Composed and fused kernels round differently. Units whose states may grow, or that divide, carry such differences
 * beyond any bound; they are held to their equations in double precision (units.test.ts).
 */
describe(`fused kernels on ${PATHS.join(', ')}`, () => {
  it('agree with the composed ones on models and batches of any shape', () => {
    fc.assert(
      fc.property(randomCase([0.1, 0.3], PAPER_UNITS), (one) => expectAllPathsAlike(one)),
      SHARED_RUNS,
    );
  });

  it('agree where large weights saturate the gates', () => {
    fc.assert(
      fc.property(randomCase([30], PAPER_UNITS), (one) => expectAllPathsAlike(one, SATURATED)),
      SHARED_RUNS,
    );
  });

  it('stay finite where the composed ones do, however large the weights', () => {
    fc.assert(
      fc.property(randomCase([1e6, 1e30]), (one) => {
        const expected = nllOf(COMPOSED, one).every(Number.isFinite);
        for (const simd of PATHS)
          expect(resultOf(fused(simd), one).nll.every(Number.isFinite), simd).toBe(expected);
      }),
      SHARED_RUNS,
    );
  });

  it('pass a NaN or an infinity on to the gradient', () => {
    for (const cell of ['tanh', 'gru', 'lstm'] as const)
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const spec = paperSpec('music', unitNamed(cell), { hidden: 5 });
        const slices = parameterSlices(spec).filter(({ role }) => role === 'U' || role === 'b');
        for (const { offset, name } of slices) {
          const music = musicCase(spec);
          music.parameters[offset] = bad;
          const expected = resultOf(COMPOSED, music).gradient.every(Number.isFinite);
          for (const simd of PATHS)
            expect(resultOf(fused(simd), music).gradient.every(Number.isFinite), `${simd}, ${name}`).toBe(
              expected,
            );
        }
      }
  });
});

describe.each(PATHS)('fused kernels on %s', (simd) => {
  it('give the same NLL with and without the gradient', () => {
    fc.assert(
      fc.property(randomCase([0.1, 30]), (one) => {
        expect(nllOf(fused(simd), one)).toEqual(resultOf(fused(simd), one).nll);
      }),
      RUNS,
    );
  });

  it('give the same bits for any number of threads', () => {
    fc.assert(
      fc.property(randomCase([0.1, 30]), fc.integer({ min: 2, max: 9 }), (one, threads) => {
        expectSameBits(resultOf(fused(simd), one), resultOf(fused(simd, threads), one));
      }),
      RUNS,
    );
  });
});

/** Two short pieces. */
function musicCase(spec: RandomCase['spec']): RandomCase {
  const parameters = new Float32Array(parameterCount(spec)).map((_, i) => 0.1 * Math.sin(i));
  return { spec, parameters, batch: twoPieces() };
}

describe.each(ROUNDINGS)('paths whose multiply-adds are %s', (rounding) => {
  it('give the same bits', () => {
    const [widest, ...others] = pathsThatRound(rounding);
    fc.assert(
      fc.property(randomCase([0.1, 30]), (one) => {
        const expected = resultOf(fused(widest), one);
        for (const simd of others) expectSameBits(expected, resultOf(fused(simd), one));
      }),
      RUNS,
    );
  });
});

describe('memory', () => {
  it('that would not do is named before any is taken', () => {
    const spec = paperSpec('music', unitNamed('gru'));
    const parameters = tf.zeros([parameterCount(spec)]) as tf.Tensor1D;
    const batch = { ...musicCase(spec).batch, frames: 1_000_000_000 };
    const start = cpuMilliseconds();
    const kernels = fused(PATHS[0]);
    expect(() => sequenceNllAndGradient(kernels, spec, parameters, batch)).toThrow(Failure);
    expect(() => sequenceNllAndGradient(kernels, spec, parameters, batch)).toThrow(/GiB.*--batch-size/);
    expect(cpuMilliseconds() - start).toBeLessThan(1000);
    parameters.dispose();
  });

  it('of the gradient may be the caller’s', () => {
    const one = musicCase(paperSpec('music', unitNamed('tanh')));
    const [vector, dy] = [tf.tensor1d(one.parameters), tf.tensor1d([0.5, 0.5])];
    const into = new Float32Array(one.parameters.length);
    const kernels = fused(PATHS[0]);
    const outputs = fusedSequenceNllAndGradient(kernels, one.spec, vector, one.batch, dy, into);
    expect(into).toEqual(resultOf(kernels, one).gradient);
    tf.dispose([vector, dy, ...outputs]);
  });
});

describe('the choice of kernels', () => {
  it('takes the path that GRU_BENCH_SIMD names, where it runs here', () => {
    expect(forcedPath({})).toBeUndefined();
    for (const path of runnablePaths()) expect(forcedPath({ GRU_BENCH_SIMD: path })).toBe(path);
    expect(() => forcedPath({ GRU_BENCH_SIMD: 'avx' })).toThrow(Misuse);
    expect(() => forcedPath({ GRU_BENCH_SIMD: 'avx' })).toThrow(`runs ${runnablePaths().join(', ')}`);
  });

  it('takes fused unless composed is asked for', () => {
    expect(chooseKernels('auto', 1).name).toBe('fused');
    expect(chooseKernels('composed', 1).name).toBe('composed');
  });

  it('takes WebAssembly by name, on one thread', () => {
    expect(chooseKernels('wasm', 3)).toMatchObject({ name: 'fused', simd: 'wasm', threads: 1 });
  });

  it('takes, for the digits of a run that began, a path that rounds as the run did', () => {
    expect(chooseKernels('fused', 1, 'as the run began', 'plain')).toMatchObject({ simd: 'plain' });
    expect(() => chooseKernels('wasm', 1, 'as the run began', 'fused')).toThrow(
      'wasm does not give the last digits',
    );
  });
});
