import { type MidiEvent, parseMidi } from 'midi-file';
import { BadFile } from '../platform/failure.js';
import { type KeySpan, MAX_ROLL_FRAMES, rollFromSpans } from './piano-roll.js';
import { LOWEST_NOTE, PIANO_KEYS, type PianoRoll } from './sequence.js';

/*
 * Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001): a header chunk "MThd" (format, number of
 * tracks, time division), then track chunks "MTrk" of events with delta times in ticks. Big endian.
 */

const HEADER_BYTES = 14;
/** Longer is no piece of music; a parsed event takes some 50 times its bytes. */
export const MAX_MIDI_BYTES = 4 * 1024 * 1024;
const MAX_DELTA_TICKS = 0x0fffffff;
const MAX_MIDI_NOTE = 127;

interface Track {
  /** Name for messages: which track, and where its chunk begins. */
  readonly where: string;
  /** The whole chunk, name and size included. */
  readonly chunk: Uint8Array;
}

interface Header {
  readonly tracks: number;
  readonly ticksPerQuarter: number;
  /** Offset of the first chunk after the header. */
  readonly end: number;
}

/** What a MIDI file gave. */
export interface MidiReading {
  readonly roll: PianoRoll;
  /** What was passed over, a phrase each. */
  readonly remarks: readonly string[];
}

/** A note that was switched on and off again, in ticks. */
interface Note {
  readonly pitch: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a MIDI file into a piano-roll of two frames a crotchet, by the rule that gives the rolls of
 * Boulanger-Lewandowski et al. (2012) cell for cell, but for their transposition of each piece: a file is
 * read in the key it stands in.
 *
 * With step = ticks per quarter / 2: per track, whatever the channel, a note-on replaces an open note of the
 * same pitch and a note-off (or a note-on of velocity 0) closes it; a note never closed does not sound. A note
 * sounds in frames ⌊start/step + ½⌋ to ⌊end/step + ½⌋ − 1; frame 0 is then dropped, and the length is
 * ⌊last end/step + ½⌋ − 1. Notes outside the 88 keys (MIDI 21 to 108) are left out of the frames, as a roll
 * has no place for them, but do count for the length. Tempo, velocity and pedals play no part.
 *
 * @param bytes the whole file, of at most `MAX_MIDI_BYTES`
 * @param file its name for messages
 * @throws BadFile for SMPTE time, division 0, format 2, no tracks, no notes, fewer than 2 frames (nothing to
 *   predict), more than 1 000 000 frames, and anything that breaks the format
 */
export function readMidiRoll(bytes: Uint8Array, file: string): MidiReading {
  const header = readHeader(bytes, file);
  const tracks = readTracks(bytes, header, file).map((track) => trackNotes(track, file));
  const notes = tracks.flatMap((track) => track.notes);
  if (notes.length === 0) throw new BadFile(file, `${header.tracks} tracks`, 'no notes');
  const unclosed = tracks.reduce((sum, track) => sum + track.unclosed, 0);
  const outside = notes.filter(({ pitch }) => !isKey(pitch)).length;
  const remarks = [
    ...(unclosed > 0 ? [`${unclosed} notes that never end are left out`] : []),
    ...(outside > 0 ? [`${outside} notes outside the 88 keys (MIDI 21 to 108) are left out`] : []),
  ];
  return { roll: rollOfNotes(notes, header.ticksPerQuarter, file), remarks };
}

function readHeader(bytes: Uint8Array, file: string): Header {
  const refuse = (at: number, what: string) => new BadFile(file, `byte ${at}`, what);
  if (bytes.length < HEADER_BYTES || chunkName(bytes, 0) !== 'MThd') {
    throw refuse(0, 'no MIDI header "MThd": not a MIDI file');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(4);
  if (size < 6 || 8 + size > bytes.length) {
    throw refuse(4, `a header of ${size} bytes in a file of ${bytes.length}; 6 are due`);
  }
  const format = view.getUint16(8);
  const tracks = view.getUint16(10);
  const division = view.getUint16(12);
  if (format > 1) throw refuse(8, `format ${format}; only formats 0 and 1 are one piece of music`);
  if (tracks === 0) throw refuse(10, 'no tracks');
  if (format === 0 && tracks !== 1) throw refuse(10, `${tracks} tracks in format 0, which has one`);
  if (division === 0) throw refuse(12, 'a time division of 0 ticks a quarter note');
  if (division & 0x8000) throw refuse(12, 'SMPTE time; export with ticks a quarter note');
  return { tracks, ticksPerQuarter: division, end: 8 + size };
}

function chunkName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** The announced tracks; chunks of other names between them are passed over, as the format asks. */
function readTracks(bytes: Uint8Array, header: Header, file: string): Track[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tracks: Track[] = [];
  for (let at = header.end; tracks.length < header.tracks; ) {
    if (at + 8 > bytes.length) {
      const what = `ends after ${tracks.length} of ${header.tracks} tracks: cut short`;
      throw new BadFile(file, `byte ${bytes.length}`, what);
    }
    const size = view.getUint32(at + 4);
    const end = at + 8 + size;
    if (end > bytes.length) {
      const what = `a chunk of ${size} bytes where only ${bytes.length - at - 8} are left`;
      throw new BadFile(file, `byte ${at + 4}`, what);
    }
    if (chunkName(bytes, at) === 'MTrk') {
      tracks.push({ where: `track ${tracks.length + 1} at byte ${at}`, chunk: bytes.subarray(at, end) });
    }
    at = end;
  }
  return tracks;
}

/** Bytes that refuse to be read past their end or backwards: midi-file takes every announced length through here. */
class CheckedBytes extends Uint8Array {
  override slice(from = 0, to = this.length): CheckedBytes {
    if (to < from || to > this.length) {
      const left = Math.max(this.length - from, 0);
      throw new RangeError(
        `an event at byte ${from} of the track that is longer than the ${left} bytes left`,
      );
    }
    return super.slice(from, to) as CheckedBytes;
  }
}

/** Events of one track up to its end-of-track event, which must be there. */
function trackEvents({ where, chunk }: Track, file: string): MidiEvent[] {
  const single = new CheckedBytes(HEADER_BYTES + chunk.length);
  single.set([0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 1]);
  single.set(chunk, HEADER_BYTES);
  let events: MidiEvent[];
  try {
    events = parseMidi(single).tracks[0];
  } catch (error) {
    throw new BadFile(file, where, parserComplaint(error));
  }
  const end = events.findIndex((event) => event.type === 'endOfTrack');
  if (end < 0) throw new BadFile(file, where, 'no end-of-track event: cut short');
  return events.slice(0, end);
}

/** midi-file throws strings, and runs out of stack on a text of more than some 100 000 bytes. */
function parserComplaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.includes('call stack') ? 'a text event that is too long to read' : error.message;
}

function trackNotes(track: Track, file: string): { notes: Note[]; unclosed: number } {
  const notes: Note[] = [];
  const open = new Map<number, number>();
  let tick = 0;
  for (const [index, event] of trackEvents(track, file).entries()) {
    const refuse = (what: string) => new BadFile(file, `${track.where}, event ${index + 1}`, what);
    if (!isWhole(event.deltaTime, MAX_DELTA_TICKS)) throw refuse(`a delta time of ${event.deltaTime} ticks`);
    tick += event.deltaTime;
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue;
    const pitch = event.noteNumber;
    if (!isWhole(pitch, MAX_MIDI_NOTE)) throw refuse(`a note number of ${pitch}`);
    if (event.type === 'noteOn') {
      open.set(pitch, tick);
      continue;
    }
    const start = open.get(pitch);
    if (start !== undefined) notes.push({ pitch, start, end: tick });
    open.delete(pitch);
  }
  return { notes, unclosed: open.size };
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

function isKey(pitch: number): boolean {
  return pitch >= LOWEST_NOTE && pitch < LOWEST_NOTE + PIANO_KEYS;
}

function rollOfNotes(notes: readonly Note[], ticksPerQuarter: number, file: string): PianoRoll {
  // ⌊tick / (ticksPerQuarter / 2) + ½⌋ without a rounding step before the floor, less the dropped frame 0.
  const frameAt = (tick: number) => Math.floor((4 * tick + ticksPerQuarter) / (2 * ticksPerQuarter)) - 1;
  const lastEnd = notes.reduce((latest, { end }) => Math.max(latest, end), 0);
  const frames = frameAt(lastEnd);
  if (frames < 2) {
    throw new BadFile(
      file,
      `last note end, tick ${lastEnd}`,
      `${Math.max(frames, 0)} frames; 2 are needed to predict one`,
    );
  }
  if (frames > MAX_ROLL_FRAMES) {
    throw new BadFile(
      file,
      `last note end, tick ${lastEnd}`,
      `${frames} frames; more than ${MAX_ROLL_FRAMES}`,
    );
  }
  const spans = notes.flatMap(({ pitch, start, end }): KeySpan[] => {
    return isKey(pitch) ? [{ key: pitch - LOWEST_NOTE, from: frameAt(start), until: frameAt(end) }] : [];
  });
  return rollFromSpans(frames, spans);
}
