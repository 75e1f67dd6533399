import { describe, expect, it } from 'vitest';
import { paperSpec, parameterSlices } from '../../src/model/spec.js';
import { weightNoise } from '../../src/training/weight-noise.js';

describe('weight noise', () => {
  const spec = paperSpec('music', 'lstm');
  const draw = { seed: 1, epoch: 1, update: 0 };
  const noise = weightNoise(spec, 0.075, draw);

  it('is on W and U of the cell and nowhere else', () => {
    for (const { role, layer, offset, size } of parameterSlices(spec)) {
      const values = noise.subarray(offset, offset + size);
      if (layer === 'output') expect(values.length).toBe(0);
      else if (role === 'W' || role === 'U') expect(values.every((value) => value !== 0)).toBe(true);
      else expect(values.every((value) => value === 0)).toBe(true);
    }
  });

  it('has the deviation asked for', () => {
    const noisy = noise.filter((value) => value !== 0);
    const deviation = Math.sqrt(noisy.reduce((sum, value) => sum + value * value, 0) / noisy.length);
    expect(Math.abs(deviation / 0.075 - 1)).toBeLessThan(5 / Math.sqrt(2 * noisy.length));
  });

  it('is drawn anew at each update, and the same again for the same update', () => {
    expect(weightNoise(spec, 0.075, draw)).toEqual(noise);
    expect(weightNoise(spec, 0.075, { ...draw, update: 1 })).not.toEqual(noise);
  });
});
