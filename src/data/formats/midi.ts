import { parseMidi } from 'midi-file';
import { BadFile } from '../../platform/failure.js';
import { type KeySpan, leftOut, MAX_ROLL_FRAMES, outsideKeys, rollFromSpans } from '../piano-roll.js';
import { LOWEST_NOTE, PIANO_KEYS, type PianoRoll } from '../sequence.js';
import type { FileFormat } from './file-format.js';
import { readMidiTracks } from './midi-tracks.js';
import { midiOfRoll } from './write-midi.js';

export const midi = {
  what: 'MIDI file',
  extensions: ['.mid', '.midi'],
  /** Longer is no piece of music; a parsed event takes some 50 times its bytes. */
  limit: 4 * 1024 * 1024,
  mark: /^(MThd|RIFF....RMID)/s,
  read: readMidiRoll,
  write: midiOfRoll,
} satisfies FileFormat<MidiReading>;

/** The tenth channel, which General MIDI gives to drums: a note number there is an instrument, not a pitch. */
const DRUM_CHANNEL = 9;

/** What a MIDI file gave. */
export interface MidiReading {
  readonly roll: PianoRoll;
  /** What was passed over, a phrase each. */
  readonly remarks: readonly string[];
  readonly counts: NoteCounts;
}

/** What the rule makes of the notes of any piece: no fault of a file. */
export interface NoteCounts {
  /** Notes that were switched on and off again, on the 88 keys. */
  readonly notes: number;
  /** Of these, those that no frame hears: too short, or before the second frame. */
  readonly unheard: number;
  /** Note-ons that replaced an open note. */
  readonly struckAgain: number;
}

/** A note that was switched on and off again, in ticks. */
interface Note {
  readonly pitch: number;
  readonly start: number;
  readonly end: number;
}

interface TrackNotes {
  readonly notes: readonly Note[];
  readonly unclosed: number;
  readonly drums: number;
  readonly struckAgain: number;
}

type TrackEvents = ReturnType<typeof parseMidi>['tracks'][number];

/**
 * Reads a MIDI file into a piano-roll of two frames a crotchet, by the rule that gives the rolls of
 * Boulanger-Lewandowski et al. (2012) cell for cell, but for their transposition of each piece: a file is
 * read in the key it stands in.
 *
 * With step = ticks per quarter / 2: per track, whatever the channel, a note-on replaces an open note of the
 * same pitch and a note-off (or a note-on of velocity 0) closes it; a note never closed does not sound. A note
 * sounds in frames ⌊start/step + ½⌋ to ⌊end/step + ½⌋ − 1; frame 0 is then dropped, and the length is
 * ⌊last end/step + ½⌋ − 1. Notes outside the 88 keys (MIDI 21 to 108) are left out of the frames, as a roll
 * has no place for them, but do count for the length. Drums (channel 10) are left out altogether. Tempo, velocity
 * and pedals play no part.
 *
 * @param bytes the whole file
 * @param file its name for messages
 * @throws BadFile for no notes, fewer than 2 frames (nothing to predict), more than 1 000 000 frames, and what
 *   `readMidiTracks` refuses
 */
export function readMidiRoll(bytes: Uint8Array, file: string): MidiReading {
  const { notesAlone, ticksPerQuarter, tracks, remarks } = readMidiTracks(bytes, file);
  const read = parseMidi(notesAlone).tracks.map(trackNotes);
  const sum = (count: (track: TrackNotes) => number) =>
    read.reduce((total, track) => total + count(track), 0);
  const notes = read.flatMap((track) => track.notes);
  const leftOut = leftOutNotes(
    sum((track) => track.unclosed),
    sum((track) => track.drums),
    notes.filter(({ pitch }) => !isKey(pitch)).length,
  );
  if (notes.length === 0)
    throw new BadFile(
      file,
      tracks === 1 ? '1 track' : `${tracks} tracks`,
      ['no notes', ...leftOut].join('; '),
    );
  const { roll, unheard } = rollOfNotes(notes, ticksPerQuarter, file);
  const onKeys = notes.filter(({ pitch }) => isKey(pitch)).length;
  return {
    roll,
    remarks: [...remarks, ...leftOut, ...silence(roll, onKeys)],
    counts: { notes: onKeys, unheard, struckAgain: sum((track) => track.struckAgain) },
  };
}

/** What the rule made of the notes of all pieces together, a phrase each. */
export function rollRemarks(pieces: readonly NoteCounts[]): string[] {
  const sum = (count: keyof NoteCounts) => pieces.reduce((total, piece) => total + piece[count], 0);
  const [notes, unheard, struckAgain] = [sum('notes'), sum('unheard'), sum('struckAgain')];
  return [
    ...(unheard > 0
      ? [`${unheard} of ${notes} notes are heard in no frame, which come every half quarter note`]
      : []),
    ...(struckAgain > 0
      ? [`${struckAgain} notes are struck again before they end, and sound from then on`]
      : []),
  ];
}

function leftOutNotes(unclosed: number, drums: number, outside: number): string[] {
  return [
    ...leftOut(unclosed, 'notes that never end'),
    ...leftOut(drums, 'drum notes (channel 10)'),
    ...outsideKeys(outside),
  ];
}

/** A roll in which no key sounds is legal, but hardly what was meant. */
function silence({ frames, keys }: PianoRoll, onKeys: number): string[] {
  if (keys.length > 0) return [];
  const why =
    onKeys > 0
      ? `: ${onKeys === 1 ? 'the one note' : `each of ${onKeys} notes`} is too short for a frame of half a quarter note`
      : '';
  return [`no key sounds in any of its ${frames} frames${why}`];
}

function trackNotes(events: TrackEvents): TrackNotes {
  const notes: Note[] = [];
  const open = new Map<number, number>();
  let [tick, drums, struckAgain] = [0, 0, 0];
  for (const event of events) {
    tick += event.deltaTime;
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue;
    const pitch = event.noteNumber;
    const start = open.get(pitch);
    if (event.channel === DRUM_CHANNEL) {
      if (event.type === 'noteOn') drums++;
    } else if (event.type === 'noteOn') {
      if (start !== undefined) struckAgain++;
      open.set(pitch, tick);
    } else {
      if (start !== undefined) notes.push({ pitch, start, end: tick });
      open.delete(pitch);
    }
  }
  return { notes, unclosed: open.size, drums, struckAgain };
}

function isKey(pitch: number): boolean {
  return pitch >= LOWEST_NOTE && pitch < LOWEST_NOTE + PIANO_KEYS;
}

function rollOfNotes(
  notes: readonly Note[],
  ticksPerQuarter: number,
  file: string,
): { roll: PianoRoll; unheard: number } {
  // ⌊tick / (ticksPerQuarter / 2) + ½⌋ without a rounding step before the floor, less the dropped frame 0.
  const frameAt = (tick: number) => Math.floor((4 * tick + ticksPerQuarter) / (2 * ticksPerQuarter)) - 1;
  const lastEnd = notes.reduce((latest, { end }) => Math.max(latest, end), 0);
  const frames = frameAt(lastEnd);
  const refuse = (what: string) => new BadFile(file, `last note end, tick ${lastEnd}`, what);
  if (frames < 2) throw refuse(`${Math.max(frames, 0)} frames; 2 are needed to predict one`);
  if (frames > MAX_ROLL_FRAMES) throw refuse(`${frames} frames; more than ${MAX_ROLL_FRAMES}`);
  const spans = notes.flatMap(({ pitch, start, end }): KeySpan[] =>
    isKey(pitch)
      ? [{ key: pitch - LOWEST_NOTE, from: Math.max(frameAt(start), 0), until: frameAt(end) }]
      : [],
  );
  const unheard = spans.filter(({ from, until }) => until <= from).length;
  return { roll: rollFromSpans(frames, spans), unheard };
}
