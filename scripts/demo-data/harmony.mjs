// @ts-check

/**
 * @typedef {'major' | 'minor'} Mode
 *
 * @typedef {object} Key
 * @property {string} name
 * @property {number} tonic pitch class, C = 0
 * @property {Mode} mode
 * @property {number} accidentals sharps of the signature, flats negative
 *
 * @typedef {object} Chord
 * @property {string} numeral
 * @property {number[]} pitchClasses root, third, fifth and, in seventh chords, seventh
 * @property {number} bass pitch class
 * @property {number | undefined} leadingTone pitch class that has to rise, if the chord holds it
 * @property {number | undefined} seventh pitch class that has to fall, if the chord has one
 */

/** @type {readonly Key[]} */
export const KEYS = [
  { name: 'C major', tonic: 0, mode: 'major', accidentals: 0 },
  { name: 'G major', tonic: 7, mode: 'major', accidentals: 1 },
  { name: 'F major', tonic: 5, mode: 'major', accidentals: -1 },
  { name: 'A minor', tonic: 9, mode: 'minor', accidentals: 0 },
  { name: 'E minor', tonic: 4, mode: 'minor', accidentals: 1 },
  { name: 'D minor', tonic: 2, mode: 'minor', accidentals: -1 },
];

/** Semitones above the tonic; minor is natural, its seventh is raised in dominants only. */
const SCALES = { major: [0, 2, 4, 5, 7, 9, 11], minor: [0, 2, 3, 5, 7, 8, 10] };

const NUMERALS = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII'];

/** Figured bass → which chord member lies in the bass, and whether the chord has a seventh. */
/** @type {Record<string, { bass: number, seventh: boolean }>} */
const FIGURES = {
  '': { bass: 0, seventh: false },
  6: { bass: 1, seventh: false },
  64: { bass: 2, seventh: false },
  7: { bass: 0, seventh: true },
  65: { bass: 1, seventh: true },
  43: { bass: 2, seventh: true },
  42: { bass: 3, seventh: true },
};

/**
 * The pitch class of a degree; degrees run on below 0 and above 6.
 *
 * @param {Key} key
 * @param {number} degree 0 = tonic
 * @param {boolean} raised whether the minor's seventh degree is the leading tone
 */
function pitchClass(key, degree, raised) {
  const index = ((degree % 7) + 7) % 7;
  const lift = raised && key.mode === 'minor' && index === 6 ? 1 : 0;
  return (key.tonic + SCALES[key.mode][index] + lift) % 12;
}

/**
 * The chord that a Roman numeral with figures, such as `ii65` or `V7`, stands for in a key.
 *
 * @param {string} numeral
 * @param {Key} key
 * @returns {Chord}
 */
export function chord(numeral, key) {
  const match = /^([IViv]+)(\d*)$/.exec(numeral);
  if (!match) throw new Error(`not a Roman numeral: ${numeral}`);
  const root = NUMERALS.indexOf(match[1].toUpperCase());
  const { bass, seventh } = FIGURES[match[2]];
  const dominant = root === 4 || match[1] === 'vii';
  const members = (seventh ? [0, 2, 4, 6] : [0, 2, 4]).map((third) => root + third);
  const pitchClasses = members.map((degree) => pitchClass(key, degree, dominant));
  return {
    numeral,
    pitchClasses,
    bass: pitchClasses[bass],
    leadingTone: dominant ? pitchClass(key, 6, true) : undefined,
    seventh: seventh ? pitchClasses[3] : undefined,
  };
}

/**
 * The pitches of the scale in use under a chord: the key's own, with the leading tone under dominants.
 *
 * @param {Key} key
 * @param {Chord} harmony
 * @returns {Set<number>} pitch classes
 */
export function scaleUnder(key, harmony) {
  const raised = harmony.leadingTone !== undefined;
  return new Set([0, 1, 2, 3, 4, 5, 6].map((degree) => pitchClass(key, degree, raised)));
}
