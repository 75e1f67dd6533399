import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/kernels/engine.js';
import { compile } from '../../src/kernels/generate/compile.js';
import { unitHeader } from '../../src/kernels/generate/header.js';
import type { Program } from '../../src/kernels/generate/program.js';
import { isWasmPath, roundingOf } from '../../src/kernels/paths.js';
import type { Unit } from '../../src/model/graph/define-unit.js';
import { equationText } from '../../src/model/graph/equations.js';
import { referenceNear, referenceNll, splitReference } from '../../src/model/graph/reference.js';
import { startBackend } from '../../src/platform/backend.js';
import { Misuse } from '../../src/platform/failure.js';
import { skipWhere } from '../skip.js';
import { farOff } from './far-off.js';
import { addonOf, moduleOf, whyNoBuild } from './own-addon.js';
import { randomUnit } from './random-unit.js';
import { runProgram } from './run-program.js';
import {
  CASE_SHAPES,
  type CaseResult,
  composedResult,
  derivativeAlong,
  errorAlong,
  fusedResult,
  isFair,
  MANY_FRAMES,
  norm,
  slopesOf,
  type UnitCase,
  unitCase,
} from './unit-case.js';
import { kernelPaths } from './variants.js';

/** How many units are compiled, in the long form. */
const LONG = process.env.GRU_BENCH_UNITS;
const COUNT = Number(LONG ?? 4);
const SEED = Number(process.env.GRU_BENCH_UNITS_SEED ?? 1);
/** Milliseconds: a compiler beside much else takes minutes, and ten times as long for sanitisers. */
const PATIENCE = LONG || process.env.GRU_BENCH_SANITIZE ? 7_200_000 : 600_000;
/** Units of one addon. */
const AT_ONCE = 40;

const [SMALL] = CASE_SHAPES.filter(({ hiddenSize }) => hiddenSize === 5);
const SHAPES = LONG ? [...CASE_SHAPES, MANY_FRAMES] : [SMALL, MANY_FRAMES];

beforeAll(async () => {
  await startBackend('cpu', 1);
});

/** Nothing for the few units that the kernels have no room for. */
function programOf(unit: Unit): Program | undefined {
  try {
    return compile(unit);
  } catch (error) {
    if (error instanceof Misuse && NO_ROOM.test(error.message)) return undefined;
    throw error;
  }
}

const NO_ROOM = /the kernels have (room for 12|put the gradient of that sum in its place)$/;

/** What is wrong with the result of a case, beside its equations in double precision. */
function faultsOf(one: UnitCase, { nll, gradient }: CaseResult): string[] {
  const expected = referenceNll(one.unit, one.sizes, Float64Array.from(one.parameters), one.batch);
  const off = Math.abs(nll.reduce((sum, value) => sum + value, 0) / expected - 1);
  const faults = off < 1e-6 ? [] : [`its NLL is off by ${off}`];
  const parts = splitReference(one.unit, one.sizes, gradient);
  for (const slope of slopesOf(one)) {
    const part = parts.get(slope.name) as Float32Array;
    const error = errorAlong(slope, part) / Math.max(norm(part), 0.1 * norm(gradient));
    if (!(error < 1e-5)) faults.push(`its gradient of ${slope.name} is off by ${error}`);
  }
  return faults;
}

/** What runs the fused kernels of random units, each on its paths. */
type Engines = readonly Engine[];

/** What is wrong with the fused kernels on a case. */
function faultsOfKernels(engines: Engines, one: UnitCase): string[] {
  const results = engines.flatMap((engine) =>
    engine.paths.map((path, index) => ({ path, ...fusedResult(engine, one, index, 1) })),
  );
  const composed = composedResult(one);
  // Differences of so many frames would take a second for each parameter.
  const isLarge = one.batch.inputs.length > 100 * one.sizes.inputSize;
  const faults = results.flatMap(({ path, ...result }) => [
    ...faultsBeside(composed, one, result).map((fault) => `${path}: ${fault}`),
    ...(isDeepStrictEqual(result.nll, result.nllAlone) ? [] : [`${path}: another NLL without the gradient`]),
  ]);
  const [first] = results;
  results.push({ path: first.path, ...fusedResult(engines[0], one, 0, 3) });
  for (const { path, ...result } of results) {
    const { path: other, ...expected } =
      results.find((each) => roundingOf(each.path) === roundingOf(path)) ?? first;
    if (!isDeepStrictEqual(result, expected))
      faults.push(`${path}: other bits than ${other}, or on 3 threads`);
  }
  return [...faults, ...(isLarge ? [] : faultsOf(one, results[0]))];
}

/** What is wrong with a result beside that of the composed kernels. */
function faultsBeside(
  expected: CaseResult,
  { unit, sizes }: UnitCase,
  { nll, gradient }: CaseResult,
): string[] {
  const faults = farOff(expected.nll, nll, (value) => 1e-5 * value)
    ? ['its NLL is not that of the composed kernels']
    : [];
  const largest = norm(expected.gradient);
  const ofComposed = splitReference(unit, sizes, expected.gradient);
  for (const [name, part] of splitReference(unit, sizes, gradient)) {
    const other = ofComposed.get(name) as Float32Array;
    const tolerance = 1e-5 * Math.max(norm(other), 0.1 * largest);
    if (farOff(other, part, () => tolerance))
      faults.push(`its gradient of ${name} is not that of the composed kernels`);
  }
  return faults;
}

/** Holds random units to something, and demands that most of them can be: `hold` answers false for one that cannot. */
function holdRandomUnits(count: number, hold: (unit: Unit) => boolean): void {
  let held = 0;
  const each = fc.property(randomUnit, (unit) => {
    if (hold(unit)) held++;
  });
  fc.assert(each, { numRuns: count });
  expect(held / count).toBeGreaterThan(0.5);
}

describe('of random units', { timeout: PATIENCE }, () => {
  it('the program gives the NLL of the equations, and its gradient', () => {
    holdRandomUnits(LONG ? 10 * COUNT : 100, (unit) => {
      const program = programOf(unit);
      const one = unitCase(unit, { hiddenSize: 3, lengths: [5, 3], dense: true });
      if (!program || !isFair(one)) return false;
      const parameters = Float64Array.from(one.parameters);
      const nllNear = referenceNear(unit, one.sizes, parameters, one.batch);
      const { nll, gradient } = runProgram(program, one.sizes, parameters, one.batch);
      expect(Math.abs(nll / nllNear(parameters) - 1)).toBeLessThan(1e-12);
      const direction = parameters.map((_, i) => Math.sin(7 * i + 1));
      const slope = derivativeAlong(nllNear, parameters, direction);
      if (slope === undefined) return false;
      const along = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      expect(Math.abs(along - slope) / norm(direction)).toBeLessThan(1e-5 * (1 + norm(gradient)));
      return true;
    });
  });

  it('the composed kernels give them too', () => {
    holdRandomUnits(LONG ? COUNT : 10, (unit) => {
      const one = unitCase(unit, SMALL);
      if (!isFair(one)) return false;
      expect(faultsOf(one, composedResult(one))).toEqual([]);
      return true;
    });
  });

  it('the C++ is the same each time', () => {
    holdRandomUnits(LONG ? COUNT : 30, (unit) => {
      if (!programOf(unit)) return false;
      expect(unitHeader(unit)).toBe(unitHeader(unit));
      return true;
    });
  });
});

/** Units that the kernels have room for, each of another name. */
const UNITS = fc
  .sample(
    randomUnit.filter((unit) => programOf(unit) !== undefined),
    { numRuns: COUNT, seed: SEED },
  )
  .map((unit, i) => ({ ...unit, name: `random-${i}` }));

const batches = Array.from({ length: Math.ceil(COUNT / AT_ONCE) }, (_, i) => {
  const units = UNITS.slice(i * AT_ONCE, (i + 1) * AT_ONCE);
  return { units, label: `${units[0].name} to ${units.at(-1)?.name}` };
});

const whySkipped = skipWhere(await whyNoBuild());

describe.each(batches)('the fused kernels of $label', { ...whySkipped, timeout: PATIENCE }, ({ units }) => {
  let engines: Engines;

  beforeAll(async () => {
    // A module takes half a minute at least, and sanitisers do not see into it.
    const hasTime = LONG && !process.env.GRU_BENCH_SANITIZE;
    const modules = hasTime ? kernelPaths().filter(isWasmPath) : [];
    engines = await Promise.all([
      addonOf(units, LONG !== undefined),
      ...modules.map((path) => moduleOf(units, path)),
    ]);
  }, PATIENCE);

  it('give the NLL of their equations, its gradient, and the same bits on all paths and threads', () => {
    const faults = units.flatMap((unit) => {
      const cases = SHAPES.map((shape) => unitCase(unit, shape)).filter(isFair);
      const found = cases.flatMap((one) => faultsOfKernels(engines, one));
      return found.length > 0 ? [[...equationText(unit), ...found].join('\n')] : [];
    });
    expect(faults).toEqual([]);
  });
});
