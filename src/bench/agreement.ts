/** Largest relative difference between our NLL and that of a peer with the same equations. */
export const AGREEMENT = 1e-4;

/**
 * How far a peer's NLLs lie from ours, relative to their size; densities can make them negative or nearly nothing,
 * where the terms of the sum still have a size: they count as one nat a frame at least.
 *
 * @param own summed NLL of each sequence, nats
 * @param peer the same, by the peer
 * @param frames predicted frames of a sequence
 * @returns the largest of all sequences; NaN where the peer's are too few or no numbers
 */
export function largestDifference(own: ArrayLike<number>, peer: ArrayLike<number>, frames: number): number {
  const differences = Array.from(
    own,
    (value, b) => Math.abs((peer[b] ?? Number.NaN) - value) / Math.max(Math.abs(value), frames),
  );
  return Math.max(...differences);
}
