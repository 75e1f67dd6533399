import { type ModelSpec, parameterSlices } from '../model/spec.js';
import { type Draw, normal } from '../random/draws.js';

/**
 * Gaussian noise for the cell's W and U, 0 for everything else (the paper gives the deviation, the authors'
 * public code the place). Entry i is a function of seed, epoch, update and i.
 *
 * @returns as long as the parameters of the cell, which come first in the flat vector
 */
export function weightNoise(
  spec: ModelSpec,
  deviation: number,
  draw: Pick<Draw, 'seed' | 'epoch' | 'update'>,
): Float32Array {
  const slices = parameterSlices(spec).filter(({ layer }) => layer === 'cell');
  const last = slices[slices.length - 1];
  const deviates = normal({ ...draw, purpose: 'weightNoise' }, new Float64Array(last.offset + last.size));
  const noise = Float32Array.from(deviates, (z) => deviation * z);
  for (const { role, offset, size } of slices)
    if (role !== 'W' && role !== 'U') noise.fill(0, offset, offset + size);
  return noise;
}
