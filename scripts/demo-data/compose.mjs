// @ts-check
import { FIGURES } from './figures.mjs';
import { chord, KEYS, scaleUnder } from './harmony.mjs';
import { RANGES, voice } from './voices.mjs';

/**
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./harmony.mjs').Key} Key
 * @typedef {import('./harmony.mjs').Mode} Mode
 * @typedef {import('./harmony.mjs').Chord} Chord
 * @typedef {import('./voices.mjs').Voicing} Voicing
 * @typedef {import('./figures.mjs').Figure} Figure
 * @typedef {import('./figures.mjs').FigureName} FigureName
 *
 * @typedef {object} Metre
 * @property {number} numerator
 * @property {number} denominator
 * @property {readonly number[]} chordEighths length of each chord of a phrase, which is four bars long
 *
 * @typedef {object} Piece
 * @property {Key} key
 * @property {Metre} metre
 * @property {number} beatsPerMinute in quarters
 * @property {[Figure, Figure, Figure, Figure]} voices bass, tenor, alto, soprano, an entry an eighth
 *
 * @typedef {object} Phrase
 * @property {Chord[]} chords
 * @property {Voicing[]} voicings
 */

/** @type {readonly Metre[]} */
const METRES = [
  { numerator: 4, denominator: 4, chordEighths: [4, 4, 4, 4, 4, 2, 2, 8] },
  { numerator: 3, denominator: 4, chordEighths: [4, 2, 4, 2, 2, 2, 2, 6] },
  { numerator: 6, denominator: 8, chordEighths: [3, 3, 3, 3, 3, 2, 1, 6] },
];

/** Four chords that set a phrase off, and four that end it. */
/** @type {Record<Mode, Record<'openings' | 'closes' | 'contrasts' | 'halfCloses', readonly string[]>>} */
const PROGRESSIONS = {
  major: {
    openings: ['I IV V I', 'I V vi iii', 'I vi IV V', 'I V65 I IV'],
    closes: ['IV V V7 I', 'ii6 I64 V7 I', 'vi ii6 V7 I'],
    contrasts: ['vi iii IV I', 'IV I6 ii6 V', 'V I V6 I'],
    halfCloses: ['I6 IV I64 V', 'vi IV ii6 V'],
  },
  minor: {
    openings: ['i iv V i', 'i VII VI V', 'i VI iv V', 'i V65 i iv'],
    closes: ['iv V V7 i', 'ii6 i64 V7 i', 'VI iv V7 i'],
    contrasts: ['III VII VI III', 'VI III iv V', 'V i V6 i'],
    halfCloses: ['i6 iv i64 V', 'VI iv ii6 V'],
  },
};

/** How the four voices, bass first, move in a piece. */
/** @type {readonly (readonly [FigureName, FigureName, FigureName, FigureName])[]} */
const TEXTURES = [
  ['held', 'held', 'held', 'passing'],
  ['passing', 'held', 'passing', 'neighbour'],
  ['held', 'broken', 'held', 'passing'],
  ['octave', 'held', 'neighbour', 'passing'],
  ['held', 'offbeat', 'offbeat', 'passing'],
  ['held', 'passing', 'broken', 'held'],
];

/** The soprano's goals up to the last chord of a phrase, in semitones above SOPRANO_FLOOR. */
const CONTOURS = [
  [0, 2, 5, 7, 9, 7, 4, 2],
  [9, 7, 5, 4, 7, 5, 4, 2],
  [5, 4, 2, 0, 2, 4, 7, 5],
];

/** Quarters a minute. */
const TEMPI = [72, 78, 84, 90, 96, 102, 108, 114, 120];

/** E4. */
const SOPRANO_FLOOR = 64;

/**
 * A piece of four phrases, A A B A, in four parts. B moves in another texture; A comes back as it was.
 *
 * @param {Random} random
 * @returns {Piece}
 */
export function compose(random) {
  const key = random.pick(KEYS);
  const metre = random.pick(METRES);
  const { openings, closes, contrasts, halfCloses } = PROGRESSIONS[key.mode];
  const texture = random.pick(TEXTURES);
  const otherTexture = random.pick(TEXTURES.filter((candidate) => candidate !== texture));
  const statement = phrase([random.pick(openings), random.pick(closes)], key, random.pick(CONTOURS));
  const contrast = phrase([random.pick(contrasts), random.pick(halfCloses)], key, random.pick(CONTOURS));
  const theme = perform(statement, key, metre, texture);
  const digression = perform(contrast, key, metre, otherTexture);
  const part = (/** @type {number} */ index) =>
    [theme, theme, digression, theme].flatMap((voices) => voices[index]);
  const beatsPerMinute = random.pick(TEMPI);
  return { key, metre, beatsPerMinute, voices: [part(0), part(1), part(2), part(3)] };
}

/**
 * @param {readonly string[]} progressions
 * @param {Key} key
 * @param {readonly number[]} contour
 * @returns {Phrase}
 */
function phrase(progressions, key, contour) {
  const chords = progressions.flatMap((numerals) =>
    numerals.split(' ').map((numeral) => chord(numeral, key)),
  );
  /** @type {Voicing[]} */
  const voicings = [];
  chords.forEach((harmony, index) => {
    const before = index > 0 ? { voicing: voicings[index - 1], harmony: chords[index - 1] } : undefined;
    const goal = index === chords.length - 1 ? undefined : SOPRANO_FLOOR + contour[index];
    voicings.push(voice(harmony, before, goal));
  });
  return { chords, voicings };
}

/**
 * A phrase's four lines, bass first, each voice by its figure; all hold the last chord and breathe.
 *
 * @param {Phrase} phrase
 * @param {Key} key
 * @param {Metre} metre
 * @param {readonly FigureName[]} texture
 * @returns {Figure[]}
 */
function perform({ chords, voicings }, key, metre, texture) {
  return RANGES.map((range, part) =>
    chords.flatMap((harmony, index) => {
      const last = index === chords.length - 1;
      const figure = FIGURES[last ? 'cadence' : texture[part]];
      return figure({
        eighths: metre.chordEighths[index],
        note: voicings[index][part],
        next: voicings[last ? index : index + 1][part],
        scale: scaleUnder(key, harmony),
        pitchClasses: harmony.pitchClasses,
        range,
      });
    }),
  );
}
