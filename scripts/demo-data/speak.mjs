// @ts-check
import { babble, pause } from './phonemes.mjs';
import { SAMPLE_RATE, synthesise } from './synthesise.mjs';
import { wavFile } from './wav.mjs';

/**
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./synthesise.mjs').Speaker} Speaker
 */

/** @type {Record<string, Speaker>} */
export const SPEAKERS = {
  low: { pitch: 98, tract: 0.97, jitter: 0.006, shimmer: 0.03 },
  middle: { pitch: 128, tract: 1, jitter: 0.005, shimmer: 0.03 },
  high: { pitch: 186, tract: 1.08, jitter: 0.005, shimmer: 0.025 },
};

/**
 * A recording of one speaker: phrases of random syllables with short pauses.
 *
 * @param {Speaker} speaker
 * @param {Random} random
 * @returns {Uint8Array} a WAV file
 */
export function speak(speaker, random) {
  const phrase = () => babble(random, random.pick([5, 6, 7]));
  const segments = [pause(40), ...phrase(), pause(120), ...phrase(), pause(60)];
  return wavFile(synthesise(segments, speaker, random.between(0.4, 0.9), random), SAMPLE_RATE);
}
