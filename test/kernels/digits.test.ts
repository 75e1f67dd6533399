import { describe, expect, it } from 'vitest';
import { digitsOf, otherDigits } from '../../src/kernels/digits.js';
import { engineOf } from '../../src/kernels/engines.js';
import { KNOWN_DIGITS } from '../../src/kernels/known-digits.js';
import { loadNative, type NativeKernels } from '../../src/kernels/native.js';
import { roundingOf } from '../../src/kernels/paths.js';
import { UNITS } from '../../src/model/units/registry.js';
import { kernelPaths } from './variants.js';

const native = loadNative() as NativeKernels;

const CHANGED =
  'results and saved runs hold to these digits: `npm run make:digits` where they are meant to change';

describe.each(kernelPaths())('the bits of a short training on %s', (path) => {
  it.each(UNITS)('with $name are those of every machine', (unit) => {
    const engine = engineOf(path);
    const digits = digitsOf(engine, engine.paths.indexOf(path), 1, unit);
    expect(digits, CHANGED).toBe(KNOWN_DIGITS[unit.name]?.[roundingOf(path)]);
  });
});

it('they tell units, and paths that round otherwise, apart', () => {
  const all = Object.values(KNOWN_DIGITS).flatMap(({ fused, plain }) => [fused, plain]);
  expect(new Set(all).size).toBe(2 * UNITS.length);
});

it('a kernel that is off by one last bit is named', () => {
  const offByOne: NativeKernels = {
    ...native,
    weightNoise: (path, model, parameters, noisy, ...rest) => {
      native.weightNoise(path, model, parameters, noisy, ...rest);
      const last = new Uint32Array(noisy.buffer, 4 * (noisy.length - 1));
      if (native.paths[path] === 'plain') last[0] ^= 1;
    },
  };
  expect(otherDigits(native)).toEqual([]);
  expect(otherDigits(offByOne)).toEqual(UNITS.map(({ name }) => ({ unit: name, path: 'plain' })));
});
