// @ts-check

/**
 * A voice during one chord, an entry an eighth; `undefined` is a rest.
 * @typedef {(number | undefined)[]} Figure
 */

/**
 * What a figure may draw on.
 *
 * @typedef {object} Moment
 * @property {number} eighths length of the chord
 * @property {number} note the voice's chord note
 * @property {number} next its note in the following chord
 * @property {Set<number>} scale pitch classes for passing and neighbour notes
 * @property {readonly number[]} pitchClasses of the chord
 * @property {readonly [number, number]} range
 */

/** @typedef {keyof typeof FIGURES} FigureName */

/** The ways a voice may fill a chord. */
export const FIGURES = {
  /** @type {(moment: Moment) => Figure} */
  held: ({ eighths, note }) => Array(eighths).fill(note),
  /** @type {(moment: Moment) => Figure} */
  passing: (moment) => passing(moment),
  /** @type {(moment: Moment) => Figure} */
  neighbour: (moment) => neighbour(moment),
  /** @type {(moment: Moment) => Figure} */
  broken: (moment) => broken(moment),
  /** @type {(moment: Moment) => Figure} */
  offbeat: ({ eighths, note }) => [undefined, ...Array(eighths - 1).fill(note)],
  /** @type {(moment: Moment) => Figure} */
  cadence: ({ eighths, note }) => [...Array(eighths - 1).fill(note), undefined],
  /** @type {(moment: Moment) => Figure} */
  octave: ({ eighths, note, range }) => {
    const other = note - 12 >= range[0] ? note - 12 : note + 12;
    return Array.from({ length: eighths }, (_, eighth) => (eighth * 2 < eighths ? note : other));
  },
};

/**
 * Walks by step into the next chord's note where that is a third or a fourth away, else holds.
 *
 * @param {Moment} moment
 * @returns {Figure}
 */
function passing({ eighths, note, next, scale }) {
  const between = notesBetween(note, next, scale);
  const fits = Math.abs(next - note) <= 5 && between.length < eighths;
  const walk = fits ? between : [];
  return [...Array(eighths - walk.length).fill(note), ...walk];
}

/**
 * Leaves its note for the scale's note above and comes back to it; walks where the next note is away.
 *
 * @param {Moment} moment
 * @returns {Figure}
 */
function neighbour(moment) {
  const { eighths, note, next, scale } = moment;
  if (next !== note) return passing(moment);
  const upper = [note + 1, note + 2].find((candidate) => scale.has(candidate % 12)) ?? note;
  const turn = Math.floor(eighths / 2);
  return Array.from({ length: eighths }, (_, eighth) => (eighth === turn ? upper : note));
}

/**
 * Alternates with the chord's next note below, an eighth each.
 *
 * @param {Moment} moment
 * @returns {Figure}
 */
function broken({ eighths, note, pitchClasses, range }) {
  let lower = note - 1;
  while (!pitchClasses.includes(lower % 12)) lower -= 1;
  const other = lower >= range[0] ? lower : note;
  return Array.from({ length: eighths }, (_, eighth) => (eighth % 2 === 0 ? note : other));
}

/**
 * The scale's notes strictly between two notes, in walking order.
 *
 * @param {number} from
 * @param {number} to
 * @param {Set<number>} scale
 */
function notesBetween(from, to, scale) {
  const direction = Math.sign(to - from);
  const notes = [];
  for (let note = from + direction; direction !== 0 && note !== to; note += direction)
    if (scale.has(note % 12)) notes.push(note);
  return notes;
}
