import { beforeAll, describe, expect, it } from 'vitest';
import { engineOf } from '../../src/kernels/engines.js';
import type { KernelPath } from '../../src/kernels/paths.js';
import { referenceNll, splitReference } from '../../src/model/graph/reference.js';
import { UNITS } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { farOff } from './far-off.js';
import {
  CASE_SHAPES,
  composedResult,
  errorAlong,
  fusedResult,
  MANY_FRAMES,
  norm,
  slopesOf,
  type UnitCase,
  unitCase,
} from './unit-case.js';
import { kernelPaths, pathsThatRound, ROUNDINGS } from './variants.js';

const PATHS = kernelPaths();

const resultOn = (path: KernelPath, one: UnitCase, threads = 1) =>
  fusedResult(engineOf(path), one, engineOf(path).paths.indexOf(path), threads);

beforeAll(async () => {
  await startBackend('cpu', 1);
});

describe.each(UNITS)('the fused kernels of $name', (unit) => {
  const cases = CASE_SHAPES.map((shape) => unitCase(unit, shape));
  const long = unitCase(unit, MANY_FRAMES);

  it('give the NLL of its equations, and its gradient', () => {
    for (const one of cases) {
      const expected = referenceNll(unit, one.sizes, Float64Array.from(one.parameters), one.batch);
      const slopes = slopesOf(one);
      expect(slopes.length).toBe(splitReference(unit, one.sizes, one.parameters).size);
      for (const path of PATHS) {
        const { nll, gradient } = resultOn(path, one);
        expect(Math.abs(nll.reduce((sum, value) => sum + value, 0) / expected - 1)).toBeLessThan(1e-6);
        const parts = splitReference(unit, one.sizes, gradient);
        for (const slope of slopes) {
          const part = parts.get(slope.name) as Float32Array;
          // Terms of a sum over frames may cancel, all of them for b_i of the sLSTM: what is left is their rounding.
          const size = Math.max(norm(part), 0.1 * norm(gradient));
          expect(errorAlong(slope, part) / size, `${path}, ${slope.name}`).toBeLessThan(1e-5);
        }
      }
    }
  });

  it('give those of the composed kernels where the backward pass takes several blocks of frames', () => {
    const expected = composedResult(long);
    const { nll, gradient } = resultOn(PATHS[0], long);
    expect(farOff(expected.nll, nll, (value) => 1e-6 * value)).toBeUndefined();
    const tolerance = 1e-5 * Math.max(...expected.gradient.map(Math.abs));
    expect(farOff(expected.gradient, gradient, () => tolerance)).toBeUndefined();
  });

  it.each(ROUNDINGS)(
    'give the same bits without the gradient, on more threads, and on all paths: %s',
    (rounding) => {
      const [widest, ...others] = pathsThatRound(rounding);
      for (const one of [...cases, long]) {
        const expected = resultOn(widest, one);
        expect(expected.nllAlone).toEqual(expected.nll);
        for (const [path, threads] of [[widest, 3] as const, ...others.map((other) => [other, 1] as const)])
          expect(resultOn(path, one, threads)).toEqual(expected);
      }
    },
  );
});
