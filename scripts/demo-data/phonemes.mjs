// @ts-check

/**
 * @typedef {import('./random.mjs').Random} Random
 *
 * What the vocal tract does for a while; levels are linear, frequencies in hertz.
 *
 * @typedef {object} Segment
 * @property {number} milliseconds
 * @property {readonly [number, number, number]} formants centre frequencies of F1, F2, F3
 * @property {number} voicing level of the glottal pulses
 * @property {number} aspiration level of noise at the glottis
 * @property {number} frication level of noise at a constriction of the mouth
 * @property {number} constriction centre frequency of that noise
 *
 * @typedef {(vowel: readonly [number, number, number]) => Segment[]} Consonant segments before a vowel
 */

/** Formants of a neutral adult voice; a speaker scales them by vocal tract length. */
/** @type {Record<string, readonly [number, number, number]>} */
export const VOWELS = {
  i: [290, 2200, 2950],
  e: [430, 1950, 2600],
  ɛ: [560, 1750, 2500],
  a: [740, 1250, 2500],
  ɔ: [560, 900, 2450],
  o: [430, 800, 2400],
  u: [310, 780, 2250],
  ə: [500, 1450, 2450],
};

const CLOSED = { voicing: 0, aspiration: 0, frication: 0, constriction: 2000 };

/**
 * A fricative: noise at a place, voiced or not.
 *
 * @param {number} constriction
 * @param {number} frication
 * @param {number} voicing
 * @param {readonly [number, number, number]} locus formants that the neighbouring vowel bends to
 * @returns {Consonant}
 */
function fricative(constriction, frication, voicing, locus) {
  return () => [{ ...CLOSED, milliseconds: 90, formants: locus, voicing, frication, constriction }];
}

/**
 * A stop: closure, burst, and in voiceless ones aspiration before the voice sets in.
 *
 * @param {number} burst centre frequency of the burst
 * @param {boolean} voiced
 * @param {readonly [number, number, number]} locus
 * @returns {Consonant}
 */
function stop(burst, voiced, locus) {
  return (vowel) => [
    { ...CLOSED, milliseconds: 55, formants: locus, voicing: voiced ? 0.12 : 0 },
    { ...CLOSED, milliseconds: 12, formants: locus, frication: 0.2, constriction: burst },
    ...(voiced ? [] : [{ ...CLOSED, milliseconds: 35, formants: vowel, aspiration: 0.25 }]),
  ];
}

/**
 * A nasal, a liquid or a glide: voiced, with formants of its own.
 *
 * @param {number} milliseconds
 * @param {number} voicing
 * @param {readonly [number, number, number]} formants
 * @returns {Consonant}
 */
function sonorant(milliseconds, voicing, formants) {
  return () => [{ ...CLOSED, milliseconds, formants, voicing }];
}

/** @type {Record<string, Consonant>} */
export const CONSONANTS = {
  p: stop(900, false, [300, 900, 2300]),
  b: stop(900, true, [250, 900, 2300]),
  t: stop(3200, false, [300, 1700, 2600]),
  d: stop(3200, true, [250, 1700, 2600]),
  k: stop(1900, false, [300, 2000, 2400]),
  g: stop(1900, true, [250, 2000, 2400]),
  s: fricative(3500, 0.1, 0, [320, 1700, 2600]),
  z: fricative(3400, 0.06, 0.3, [300, 1700, 2600]),
  ʃ: fricative(2500, 0.12, 0, [320, 1850, 2500]),
  f: fricative(3000, 0.05, 0, [320, 1000, 2300]),
  v: fricative(3000, 0.03, 0.4, [300, 1000, 2300]),
  m: sonorant(75, 0.5, [260, 1050, 2250]),
  n: sonorant(70, 0.5, [270, 1600, 2550]),
  l: sonorant(65, 0.6, [360, 1150, 2700]),
  j: sonorant(55, 0.6, [280, 2200, 2900]),
  w: sonorant(55, 0.6, [300, 700, 2250]),
};

/**
 * A random phrase: syllables of consonant and vowel, some closed by a nasal or a fricative.
 *
 * @param {Random} random
 * @param {number} syllables
 * @returns {Segment[]}
 */
export function babble(random, syllables) {
  return Array.from({ length: syllables }, () => syllable(random)).flat();
}

/**
 * @param {Random} random
 * @returns {Segment[]}
 */
function syllable(random) {
  const formants = random.pick(Object.values(VOWELS));
  const onset = random.pick(Object.values(CONSONANTS))(formants);
  const stress = random.chance(0.4);
  const milliseconds = stress ? random.between(140, 220) : random.between(80, 130);
  const nucleus = { ...CLOSED, milliseconds, formants, voicing: stress ? 1 : 0.75, aspiration: 0.01 };
  const coda = random.chance(0.25)
    ? random.pick([CONSONANTS.n, CONSONANTS.m, CONSONANTS.l, CONSONANTS.s])
    : undefined;
  return [...onset, nucleus, ...(coda ? coda(formants) : [])];
}

/**
 * Silence between phrases.
 *
 * @param {number} milliseconds
 * @returns {Segment}
 */
export function pause(milliseconds) {
  return { ...CLOSED, milliseconds, formants: VOWELS.ə };
}
