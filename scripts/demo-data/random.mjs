// @ts-check

/**
 * A source of random choices; the same seed gives the same choices on every machine.
 *
 * @typedef {object} Random
 * @property {() => number} uniform in [0, 1)
 * @property {(low: number, high: number) => number} between uniform in [low, high)
 * @property {() => number} normal mean 0, deviation 1, by the sum of twelve uniforms
 * @property {(probability: number) => boolean} chance
 * @property {<T>(items: readonly T[]) => T} pick
 */

/**
 * Mulberry32: 32 bits of state, integer arithmetic only.
 *
 * @param {number} seed
 * @returns {Random}
 */
export function createRandom(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    // Sums are exact in the same way everywhere; a logarithm's last bit is up to the engine.
    normal: () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6),
    chance: (probability) => uniform() < probability,
    pick: (items) => items[Math.floor(uniform() * items.length)],
  };
}
