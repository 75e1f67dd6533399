// @ts-check
import { writeMidi } from 'midi-file';

/**
 * @typedef {import('./compose.mjs').Piece} Piece
 * @typedef {import('./figures.mjs').Figure} Figure
 * @typedef {import('midi-file').MidiEvent} MidiEvent
 */

/** Small enough that the common note lengths take one byte. */
const TICKS_PER_QUARTER = 96;
const TICKS_PER_EIGHTH = TICKS_PER_QUARTER / 2;

/** Highest part first, as in a score; the number is the voice's index in a piece. */
const PARTS = /** @type {const} */ ([
  ['Soprano', 3],
  ['Alto', 2],
  ['Tenor', 1],
  ['Bass', 0],
]);

/**
 * A piece as a Standard MIDI File, format 1: a conductor track, then a track a voice.
 *
 * @param {Piece} piece
 * @param {string} title
 * @returns {Uint8Array}
 */
export function midiFile(piece, title) {
  const tracks = [
    conductorTrack(piece, title),
    ...PARTS.map(([name, part], channel) => voiceTrack(piece.voices[part], name, channel)),
  ];
  const header = /** @type {const} */ ({ format: 1, numTracks: 5, ticksPerBeat: TICKS_PER_QUARTER });
  return Uint8Array.from(writeMidi({ header, tracks }, { running: true, useByte9ForNoteOff: true }));
}

/**
 * @param {Piece} piece
 * @param {string} title
 * @returns {MidiEvent[]}
 */
function conductorTrack({ key, metre, beatsPerMinute }, title) {
  const { numerator, denominator } = metre;
  const microsecondsPerBeat = Math.round(60e6 / beatsPerMinute);
  const scale = key.mode === 'minor' ? 1 : 0;
  return [
    { deltaTime: 0, type: 'trackName', text: title },
    { deltaTime: 0, type: 'timeSignature', numerator, denominator, metronome: 24, thirtyseconds: 8 },
    { deltaTime: 0, type: 'keySignature', key: key.accidentals, scale },
    { deltaTime: 0, type: 'setTempo', microsecondsPerBeat },
    { deltaTime: 0, type: 'endOfTrack' },
  ];
}

/**
 * @param {Figure} line
 * @param {string} name
 * @param {number} channel
 * @returns {MidiEvent[]}
 */
function voiceTrack(line, name, channel) {
  /** @type {MidiEvent[]} */
  const events = [{ deltaTime: 0, type: 'trackName', text: name }];
  let rest = 0;
  for (const { note, eighths } of tones(line)) {
    const length = eighths * TICKS_PER_EIGHTH;
    if (note === undefined) {
      rest += length;
      continue;
    }
    events.push({ deltaTime: rest, type: 'noteOn', channel, noteNumber: note, velocity: 80 });
    events.push({ deltaTime: length, type: 'noteOff', channel, noteNumber: note, velocity: 0 });
    rest = 0;
  }
  return [...events, { deltaTime: rest, type: 'endOfTrack' }];
}

/**
 * Runs of the same note or of rests.
 *
 * @param {Figure} line
 */
function tones(line) {
  /** @type {{ note: number | undefined, eighths: number }[]} */
  const runs = [];
  for (const note of line) {
    const last = runs.at(-1);
    if (last && last.note === note) last.eighths += 1;
    else runs.push({ note, eighths: 1 });
  }
  return runs;
}
