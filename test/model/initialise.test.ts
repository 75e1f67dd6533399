import { describe, expect, it } from 'vitest';
import { initialParameters } from '../../src/model/initialise.js';
import { paperSpec, parameterSlices } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';

describe.each(['tanh', 'gru', 'lstm'] as const)('initial parameters of %s', (cell) => {
  const spec = paperSpec('music', unitNamed(cell));
  const parameters = initialParameters(spec, 1, 0.1);
  const slices = parameterSlices(spec).map((slice) => ({
    ...slice,
    values: parameters.subarray(slice.offset, slice.offset + slice.size),
  }));

  it('W is uniform on ±0.1', () => {
    for (const { values } of slices.filter(({ role }) => role === 'W')) {
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
      const variance = values.reduce((sum, w) => sum + w * w, 0) / values.length;
      expect(variance / (0.1 ** 2 / 3)).toBeCloseTo(1, 0.9);
    }
  });

  it('each U is orthogonal', () => {
    for (const { values, shape } of slices.filter(({ role }) => role === 'U')) {
      const n = shape[0];
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k < n; k++) product += values[i * n + k] * values[j * n + k];
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-6);
        }
    }
  });

  it('biases and peepholes are 0', () => {
    for (const { values } of slices.filter(({ role }) => role === 'b' || role === 'V'))
      expect(values.every((value) => value === 0)).toBe(true);
  });

  it('depend on the seed', () => {
    expect(initialParameters(spec, 1, 0.1)).toEqual(parameters);
    expect(initialParameters(spec, 2, 0.1)).not.toEqual(parameters);
  });
});
