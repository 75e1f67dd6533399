// @ts-check

/**
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./phonemes.mjs').Segment} Segment
 *
 * @typedef {object} Speaker
 * @property {number} pitch mean fundamental frequency in hertz
 * @property {number} tract factor on all formants: above 1 for a shorter vocal tract
 * @property {number} jitter relative deviation of a period's length
 * @property {number} shimmer relative deviation of a pulse's strength
 */

export const SAMPLE_RATE = 8000;
const SAMPLES_PER_MILLISECOND = SAMPLE_RATE / 1000;

/** Bandwidths in hertz of F1 to F4, and F4's place, which says little about the sound spoken. */
const BANDWIDTHS = [80, 110, 200, 350];
const FOURTH_FORMANT = 3500;
/** Widths of the moving averages that make formants and levels glide, in milliseconds. */
const FORMANT_GLIDE = 45;
const LEVEL_GLIDE = 14;
/** Parts of a period in which the glottis opens and closes; it is shut for the rest. */
const OPENING = 0.4;
const CLOSING = 0.16;
const ROOM_NOISE = 0.002;

/**
 * Source and filter: pulses and noise at the glottis through a cascade of formant resonators, noise of a
 * constriction through a resonator of its own. Peak amplitude is `loudness`.
 *
 * @param {readonly Segment[]} segments
 * @param {Speaker} speaker
 * @param {number} loudness in (0, 1)
 * @param {Random} random
 * @returns {Float64Array}
 */
export function synthesise(segments, speaker, loudness, random) {
  const tracks = controlTracks(segments);
  const samples = tracks.voicing.length * SAMPLES_PER_MILLISECOND;
  const pulses = glottalPulses(tracks.voicing, speaker, random, samples);
  const formants = [0, 1, 2, 3].map(() => resonator());
  const mouth = resonator();
  const sound = new Float64Array(samples);
  for (let t = 0; t < samples; t++) {
    const moment = Math.floor(t / SAMPLES_PER_MILLISECOND);
    let glottal = pulses[t] + tracks.aspiration[moment] * random.normal();
    formants.forEach((formant, index) => {
      const frequency = index < 3 ? tracks.formants[index][moment] * speaker.tract : FOURTH_FORMANT;
      glottal = formant(glottal, Math.min(frequency, 3100), BANDWIDTHS[index]);
    });
    const noise = tracks.frication[moment] * random.normal();
    sound[t] = glottal + mouth(noise, tracks.constriction[moment], 500);
  }
  return levelled(sound, loudness, random);
}

/**
 * A value a millisecond of everything a segment sets, gliding from one segment to the next.
 *
 * @param {readonly Segment[]} segments
 */
function controlTracks(segments) {
  const track = (/** @type {(segment: Segment) => number} */ value, /** @type {number} */ glide) =>
    movingAverage(
      segments.flatMap((segment) => Array(Math.round(segment.milliseconds)).fill(value(segment))),
      glide,
    );
  return {
    formants: [0, 1, 2].map((index) => track((segment) => segment.formants[index], FORMANT_GLIDE)),
    voicing: track((segment) => segment.voicing, LEVEL_GLIDE),
    aspiration: track((segment) => segment.aspiration, LEVEL_GLIDE),
    frication: track((segment) => segment.frication, LEVEL_GLIDE),
    constriction: track((segment) => segment.constriction, 1),
  };
}

/**
 * @param {readonly number[]} values
 * @param {number} width
 */
function movingAverage(values, width) {
  const half = Math.floor(width / 2);
  return values.map((_, centre) => {
    const window = values.slice(Math.max(0, centre - half), centre + half + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/**
 * The derivative of Rosenberg's glottal flow, period by period, on a falling pitch contour with accents.
 *
 * @param {readonly number[]} voicing a value a millisecond
 * @param {Speaker} speaker
 * @param {Random} random
 * @param {number} samples
 */
function glottalPulses(voicing, speaker, random, samples) {
  const pulses = new Float64Array(samples);
  let start = 0;
  while (start < samples) {
    const moment = Math.floor(start / SAMPLES_PER_MILLISECOND);
    const declination = 1.12 - (0.25 * start) / samples;
    const accent = 1 + 0.15 * (voicing[moment] - 0.75);
    const jitter = 1 + speaker.jitter * random.normal();
    const period = SAMPLE_RATE / (speaker.pitch * declination * accent * jitter);
    const strength = voicing[moment] * (1 + speaker.shimmer * random.normal());
    for (let t = Math.ceil(start); t < Math.min(start + period, samples); t++)
      pulses[t] = strength * flowDerivative((t - start) / period);
    start += period;
  }
  return pulses;
}

/** @param {number} phase of the period, 0 to 1 */
function flowDerivative(phase) {
  if (phase < OPENING) {
    const x = phase / OPENING;
    return 6 * x * (1 - x) * (CLOSING / OPENING);
  }
  if (phase < OPENING + CLOSING) return (-2 * (phase - OPENING)) / CLOSING;
  return 0;
}

/**
 * A second-order resonator with unit gain at 0 Hz; its state outlives changes of frequency.
 *
 * @returns {(input: number, frequency: number, bandwidth: number) => number}
 */
function resonator() {
  let last = 0;
  let beforeLast = 0;
  return (input, frequency, bandwidth) => {
    const radius = Math.exp((-Math.PI * bandwidth) / SAMPLE_RATE);
    const first = 2 * radius * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
    const second = -radius * radius;
    const output = (1 - first - second) * input + first * last + second * beforeLast;
    beforeLast = last;
    last = output;
    return output;
  };
}

/**
 * @param {Float64Array} sound
 * @param {number} loudness
 * @param {Random} random
 */
function levelled(sound, loudness, random) {
  const peak = sound.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  return sound.map((sample) => (sample * loudness) / peak + ROOM_NOISE * random.normal());
}
