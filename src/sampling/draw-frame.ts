import { DEVIATION_FLOOR, type MixtureOutput } from '../model/spec.js';

/**
 * Draws the notes of a frame: each sounds with probability σ(a / temperature).
 *
 * @param logits a, [D]
 * @param u uniform on (0, 1), [D]
 * @returns indices of the notes that sound, ascending
 */
export function drawNotes(logits: Float32Array, temperature: number, u: Float64Array): number[] {
  return Array.from(logits.keys()).filter((d) => u[d] < 1 / (1 + Math.exp(-logits[d] / temperature)));
}

/**
 * Draws the samples of a frame from a mixture of diagonal Gaussians: a component by softmax(logits / temperature),
 * then μ + √temperature·σ·ε.
 *
 * @param outputs K weight logits, K·D means, K·D deviations before softplus
 * @param u uniform on (0, 1); decides the component
 * @param epsilon standard normal, [D]
 * @returns [D]
 */
export function drawSamples(
  outputs: Float32Array,
  { mixtures: K, frameSize: D }: MixtureOutput,
  temperature: number,
  u: number,
  epsilon: Float64Array,
): Float32Array {
  const k = drawComponent(outputs.subarray(0, K), temperature, u);
  const mu = outputs.subarray(K + k * D, K + (k + 1) * D);
  const a = outputs.subarray(K + K * D + k * D, K + K * D + (k + 1) * D);
  return Float32Array.from(mu, (mean, d) => {
    const sigma = Math.max(a[d], 0) + Math.log1p(Math.exp(-Math.abs(a[d]))) + DEVIATION_FLOOR;
    return mean + Math.sqrt(temperature) * sigma * epsilon[d];
  });
}

function drawComponent(logits: Float32Array, temperature: number, u: number): number {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  let left = u * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  // Rounding can leave a crumb after the last component.
  return found < 0 ? logits.length - 1 : found;
}
