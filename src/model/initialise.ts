import { normal, uniform } from '../random/draws.js';
import { type ModelSpec, type ParameterSlice, parameterCount, parameterSlices } from './spec.js';

/**
 * Initial parameters: W and the output layer's W uniform on ±bound, each U orthogonal, biases and weight
 * vectors where the unit starts them: 0 for the paper's (the authors' public code, with a bound of 0.1).
 *
 * @param seed unsigned 32-bit; each slice draws from its own stretch of random numbers
 * @returns the flat parameter vector
 */
export function initialParameters(spec: ModelSpec, seed: number, bound: number): Float32Array {
  const parameters = new Float32Array(parameterCount(spec));
  for (const [index, slice] of parameterSlices(spec).entries())
    parameters.set(initialSlice(slice, seed, index, bound), slice.offset);
  return parameters;
}

function initialSlice(slice: ParameterSlice, seed: number, index: number, bound: number): Float64Array {
  const draw = { seed, purpose: 'initialisation', epoch: 0, update: index } as const;
  if (slice.role === 'W') return uniform(draw, new Float64Array(slice.size)).map((u) => bound * (2 * u - 1));
  if (slice.role === 'U') return orthogonal(normal(draw, new Float64Array(slice.size)), slice.shape[0]);
  return new Float64Array(slice.size).fill(slice.start);
}

/**
 * Turns the rows of a square matrix into an orthonormal basis in place (modified Gram-Schmidt, each row
 * twice, since one pass loses orthogonality when a row lies near the others' span).
 */
function orthogonal(matrix: Float64Array, size: number): Float64Array {
  const row = (i: number) => matrix.subarray(i * size, (i + 1) * size);
  for (let i = 0; i < size; i++) {
    const current = row(i);
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) addScaled(current, row(j), -dot(current, row(j)));
    const length = Math.sqrt(dot(current, current));
    for (let k = 0; k < size; k++) current[k] /= length;
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

function addScaled(a: Float64Array, b: Float64Array, scale: number): void {
  for (let k = 0; k < a.length; k++) a[k] += scale * b[k];
}
