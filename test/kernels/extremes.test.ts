import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchArguments } from '../../src/kernels/engine.js';
import { engineOf } from '../../src/kernels/engines.js';
import { modelArgumentFor } from '../../src/kernels/native.js';
import { type KernelPath, roundingOf } from '../../src/kernels/paths.js';
import type { Unit } from '../../src/model/graph/define-unit.js';
import { referenceNll, splitReference } from '../../src/model/graph/reference.js';
import { parameterSlices } from '../../src/model/spec.js';
import { UNITS } from '../../src/model/units/registry.js';
import { uniform } from '../../src/random/draws.js';
import { type RandomCase, randomCase } from './random-case.js';
import { CASE_SHAPES, fusedResult, type UnitCase, unitCase } from './unit-case.js';
import { kernelPaths, pathsThatRound, ROUNDINGS } from './variants.js';

/**
 * The same cases each time: in one of some ten thousand, a product rounds up to the smallest normal number on
 * WebAssembly, and is zero elsewhere (native/value.h).
 */
const RUNS = { numRuns: 50, seed: 1412 };

const SMALLEST_NORMAL = 2 ** -126;

/** Floats of every size: exponents of ten from the least denormal number to the largest of all, zeros, and no more. */
const exponents = fc.integer({ min: -45, max: 38 });
const someExponents = fc.array(exponents, { minLength: 1, maxLength: 4 });

/** Numbers whose sizes are among 10^e, some of them 0 or -0, the same for the same seed. */
function numbers(n: number, sizes: readonly number[], seed: number): Float32Array {
  const draw = (update: number) =>
    uniform({ seed, purpose: 'initialisation', epoch: 8, update }, new Float64Array(n));
  const [values, choices] = [draw(1), draw(2)];
  return Float32Array.from(values, (u, i) => {
    const at = Math.floor(choices[i] * (sizes.length + 1));
    return Math.max(-3e38, Math.min(3e38, (2 * u - 1) * (at < sizes.length ? 10 ** sizes[at] : 0)));
  });
}

/** With one NaN for all: its sign, and what else its bits may hold, are the processor's. */
function bitsOf(values: Float32Array | Float64Array): Uint32Array {
  return new Uint32Array(values.map((value) => (Number.isNaN(value) ? Number.NaN : value)).buffer);
}

const isDenormal = (value: number) => value !== 0 && Math.abs(value) < SMALLEST_NORMAL;

/** Where the results of two paths differ in a bit; one `expect` for each would take most of the time. */
function firstDifference(
  expected: readonly (Float32Array | Float64Array)[],
  actual: readonly (Float32Array | Float64Array)[],
) {
  for (const [part, values] of expected.entries()) {
    const [one, other] = [bitsOf(values), bitsOf(actual[part])];
    const index = one.findIndex((bits, i) => bits !== other[i]);
    const at = Math.floor((index * values.length) / one.length);
    if (index >= 0) return { part, index: at, expected: values[at], actual: actual[part][at] };
  }
  return undefined;
}

type Results = readonly (Float32Array | Float64Array)[];

/** Holds paths to the bits of the first of them. */
function expectSame(paths: readonly KernelPath[], resultsOn: (path: KernelPath) => Results): Results {
  const [first, ...others] = paths;
  const expected = resultsOn(first);
  for (const path of others) expect(firstDifference(expected, resultsOn(path)), path).toBeUndefined();
  return expected;
}

const scalar = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), exponents)
  .map(([share, exponent]) => share * 10 ** exponent);
/** At most 1, as the options of training have it. */
const factor = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  scalar.map((value) => Math.min(1, value)),
);

it('RMSProp with momentum has the same bits on all paths, whatever the numbers, and writes none that is denormal', () => {
  const step = fc.record({
    n: fc.integer({ min: 1, max: 70 }),
    sizes: fc.array(someExponents, { minLength: 4, maxLength: 4 }),
    seed: fc.nat(),
    scalars: fc.tuple(factor, factor, factor, scalar, scalar),
  });
  const property = fc.property(step, ({ n, sizes, seed, scalars }) => {
    const [parameters, meanSquare, velocity, gradient] = sizes.map((some, i) => numbers(n, some, seed + i));
    const written = expectSame(kernelPaths(), (path) => {
      const engine = engineOf(path);
      const next = [0, 1, 2].map(() => new Float32Array(n).fill(7)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const norm = engine.rmsPropMomentum(
        engine.paths.indexOf(path),
        parameters,
        meanSquare.map(Math.abs),
        velocity,
        gradient,
        ...next,
        ...scalars,
      );
      return [Float64Array.of(norm), ...next];
    });
    expect(written.slice(1).every((vector) => !vector.some(isDenormal))).toBe(true);
  });
  fc.assert(property, RUNS);
});

/** A model and a batch whose numbers have sizes of their own. */
const extremeCase = fc
  .record({
    one: randomCase([1]),
    sizes: fc.array(someExponents, { minLength: 4, maxLength: 4 }),
    seed: fc.nat(),
  })
  .map(({ one, sizes: [parameters, inputs, targets, dy], seed }) => {
    const { batch } = one;
    const rowsOf = (rows: typeof batch.inputs, some: number[]) =>
      rows.kind === 'dense' ? { ...rows, values: numbers(rows.values.length, some, seed + 1) } : rows;
    return {
      ...one,
      parameters: numbers(one.parameters.length, parameters, seed),
      batch: { ...batch, inputs: rowsOf(batch.inputs, inputs), targets: rowsOf(batch.targets, targets) },
      dy: numbers(batch.sequences, dy, seed + 2),
      [fc.toStringMethod]: () =>
        `${one[fc.toStringMethod]?.()} ${JSON.stringify({ parameters, inputs, targets, dy, seed })}`,
    };
  });

describe.each(ROUNDINGS)('where multiply-adds are %s, whatever the numbers,', (rounding) => {
  const paths = pathsThatRound(rounding);

  it('the NLL and its gradient have the same bits on all paths, and none is denormal', () => {
    const property = fc.property(extremeCase, ({ spec, parameters, batch, dy }) => {
      const [, gradient] = expectSame(paths, (path) => {
        const engine = engineOf(path);
        const nll = new Float64Array(batch.sequences);
        const into = new Float32Array(parameters.length);
        const model = modelArgumentFor(engine, path, spec);
        const head = [engine.paths.indexOf(path), 1, model, ...batchArguments(batch)] as const;
        engine.sequenceNll(...head, parameters, nll, dy, into);
        return [nll, into];
      });
      expect(gradient.some(isDenormal)).toBe(false);
    });
    fc.assert(property, RUNS);
  });

  it('a whole update has the same bits on all paths, and nothing that it writes is denormal', () => {
    const rates = fc.tuple(factor, factor, factor, scalar, scalar);
    const property = fc.property(
      extremeCase,
      rates,
      scalar,
      ({ spec, parameters, batch }, rates, deviation) => {
        const [, ...next] = expectSame(paths, (path) => {
          const engine = engineOf(path);
          const nll = new Float64Array(batch.sequences);
          const [meanSquare, velocity, ...into] = Array.from({ length: 5 }, () => parameters.slice());
          const head = [engine.paths.indexOf(path), 1, modelArgumentFor(engine, path, spec)] as const;
          const norm = engine.update(
            ...head,
            ...batchArguments(batch),
            nll,
            parameters,
            meanSquare.map(Math.abs),
            velocity,
            ...(into as [Float32Array, Float32Array, Float32Array]),
            deviation,
            ...([1, 2, 3, 4] as const),
            ...rates,
          );
          return [nll, ...(Number.isFinite(norm) ? into : [])] as Results;
        });
        expect(next.some((vector) => vector.some(isDenormal))).toBe(false);
      },
    );
    fc.assert(property, RUNS);
  });

  it('weight noise has the same bits on all paths, and none of what it is added to is denormal', () => {
    const noise = fc.record({
      one: randomCase([1]),
      sizes: someExponents,
      seed: fc.nat(),
      deviation: scalar,
    });
    const property = fc.property(noise, ({ one, sizes, seed, deviation }) => {
      const { spec } = one as RandomCase;
      const parameters = numbers(one.parameters.length, sizes, seed);
      const [noisy] = expectSame(paths, (path) => {
        const engine = engineOf(path);
        const into = new Float32Array(parameters.length);
        const model = modelArgumentFor(engine, path, spec);
        engine.weightNoise(engine.paths.indexOf(path), model, parameters, into, deviation, 1, 2, 3, 4);
        return [into];
      });
      for (const { layer, role, offset, size } of parameterSlices(spec))
        if (layer === 'cell' && (role === 'W' || role === 'U'))
          expect(noisy.subarray(offset, offset + size).some(isDenormal)).toBe(false);
    });
    fc.assert(property, RUNS);
  });
});

/** Each gate of a unit far open or far closed by its bias: all ways to do that. */
function saturatedCases(unit: Unit): UnitCase[] {
  const biased = unit.gates.filter(({ bias }) => bias !== null);
  return Array.from({ length: 2 ** biased.length }, (_, signs) => {
    const one = unitCase(unit, CASE_SHAPES[0]);
    const parts = splitReference(unit, one.sizes, one.parameters);
    for (const [i, { name }] of biased.entries())
      parts.get(name === '' ? 'b' : `b_${name}`)?.fill((signs >> i) % 2 === 0 ? -SATURATING : SATURATING);
    return one;
  });
}

/** σ(−150) is nothing that float32 holds. */
const SATURATING = 150;

describe.each(UNITS)('$name, whose gates are far open or far closed,', (unit) => {
  it('has the NLL of its equations, and a finite gradient, on all paths', () => {
    for (const one of saturatedCases(unit)) {
      const expected = referenceNll(unit, one.sizes, Float64Array.from(one.parameters), one.batch);
      for (const path of kernelPaths()) {
        const engine = engineOf(path);
        const { nll, gradient } = fusedResult(engine, one, engine.paths.indexOf(path), 1);
        // Float32 rounds a sum near 150 by 8e-6.
        expect(Math.abs(nll.reduce((sum, value) => sum + value, 0) / expected - 1), path).toBeLessThan(1e-5);
        expect(gradient.every(Number.isFinite), path).toBe(true);
      }
    }
  });
});

it('the paths of each rounding are those that run here', () => {
  expect(ROUNDINGS.flatMap(pathsThatRound).sort()).toEqual([...kernelPaths()].sort());
  expect(
    ROUNDINGS.every((rounding) => pathsThatRound(rounding).every((path) => roundingOf(path) === rounding)),
  ).toBe(true);
});
