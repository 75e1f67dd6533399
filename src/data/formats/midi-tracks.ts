import { BadFile } from '../../platform/failure.js';

/*
 * Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001): a header chunk "MThd" (format, number of
 * tracks, time division), then track chunks "MTrk" of events with delta times in ticks. Big endian.
 *
 * Files in the wild break it where no note depends on it, and every player takes them: the sizes of chunks, the
 * number of tracks, meta events and the end of a track are therefore taken from what is there. What decides notes
 * is not guessed: behind a byte that was lost, in whatever event, all that follows may be another event.
 */

const LETTER_M = 0x4d;
const HEADER_BYTES = 14;
const CHUNK_HEAD_BYTES = 8;
const MAX_TRACKS = 0xffff;
const MAX_DELTA_TICKS = 0x0fffffff;

const NOTE_OFF = 0x8;
const NOTE_ON = 0x9;
const SYSTEM_EXCLUSIVE = 0xf0;
const ESCAPE = 0xf7;
const META = 0xff;
const END_OF_TRACK = 0x2f;

/** Data bytes of a channel message, by the upper half of its status. */
const CHANNEL_DATA_BYTES: Readonly<Record<number, 1 | 2>> = {
  [NOTE_OFF]: 2,
  [NOTE_ON]: 2,
  10: 2,
  11: 2,
  12: 1,
  13: 1,
  14: 2,
};

/** Data bytes of the system common messages that have a meaning; recorders leave them in files. */
const SYSTEM_DATA_BYTES: Readonly<Record<number, number>> = { 241: 1, 242: 2, 243: 1, 246: 0 };

/** The Macintosh kept 128 bytes about a file before it (MacBinary); they begin with 0. */
const MACBINARY_BYTES = 128;

/** What decides the notes of a file. */
export interface MidiTracks {
  readonly ticksPerQuarter: number;
  /** One file, format 1, of note-on and note-off events alone, each with its status, in sound chunks. */
  readonly notesAlone: Uint8Array;
  readonly tracks: number;
  /** What was passed over, a phrase each. */
  readonly remarks: readonly string[];
}

interface Header {
  readonly announcedTracks: number;
  readonly ticksPerQuarter: number;
  /** Offset of the first chunk after the header. */
  readonly end: number;
}

interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly file: string;
  /** The MIDI file within the bytes: all of them, but for RMID and MacBinary. */
  readonly start: number;
  readonly end: number;
  /** From here to the end there are zeros alone. */
  readonly zerosFrom: number;
}

/** A track chunk that was read. */
interface Track {
  readonly events: readonly number[];
  /** Offset behind its last event. */
  readonly end: number;
}

/**
 * The note events of a MIDI file, without all that no note depends on. Chunks of other names are passed over, as
 * the format asks.
 *
 * @throws BadFile for what is no MIDI file, SMPTE time, division 0, format 2, no track, an event or a track that is
 *   cut short, undefined events, data bytes and delta times out of range
 */
export function readMidiTracks(bytes: Uint8Array, file: string): MidiTracks {
  const source = unwrap(bytes, file);
  const header = readHeader(source);
  const remarks: string[] = [];
  const tracks: Track[] = [];
  for (let at = nextTrack(source, header.end, 0, header, remarks); at !== undefined; ) {
    const track = readTrack(source, at, tracks.length + 1);
    if (tracks.push(track) > MAX_TRACKS)
      throw new BadFile(file, `byte ${at}`, `more than ${MAX_TRACKS} tracks`);
    const next = behindTrack(source, at, track.end, tracks.length, remarks);
    at = nextTrack(source, next, tracks.length, header, remarks);
  }
  const missing = header.announcedTracks - tracks.length;
  if (tracks.length === 0) throw new BadFile(file, `byte ${header.end}`, 'no tracks');
  if (missing > 0) remarks.push(`${missing} of the ${header.announcedTracks} tracks announced are not there`);
  return {
    ticksPerQuarter: header.ticksPerQuarter,
    notesAlone: soundFile(tracks, header.ticksPerQuarter),
    tracks: tracks.length,
    remarks,
  };
}

function unwrap(bytes: Uint8Array, file: string): Source {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zerosFrom = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const whole = { bytes, view, file, start: 0, end: bytes.length, zerosFrom };
  if (chunkName(whole, 0) === 'RIFF' && chunkName(whole, 8) === 'RMID') return unwrapRiff(whole);
  if (bytes[0] === 0 && chunkName(whole, MACBINARY_BYTES) === 'MThd')
    return { ...whole, start: MACBINARY_BYTES };
  if (chunkName(whole, 0) === 'MThd') return whole;
  throw new BadFile(file, 'byte 0', 'no MIDI header "MThd": not a MIDI file');
}

/** RMID: a RIFF file (chunks with little-endian sizes) whose chunk "data" is a MIDI file. */
function unwrapRiff(whole: Source): Source {
  for (let at = 12; at + CHUNK_HEAD_BYTES <= whole.end; ) {
    const size = whole.view.getUint32(at + 4, true);
    const start = at + CHUNK_HEAD_BYTES;
    if (chunkName(whole, at) === 'data' && chunkName(whole, start) === 'MThd') {
      const end = size >= HEADER_BYTES && start + size <= whole.end ? start + size : whole.end;
      return { ...whole, start, end };
    }
    at = start + size + (size % 2);
  }
  throw new BadFile(whole.file, 'byte 12', 'a RIFF file (RMID) without a MIDI file in its chunk "data"');
}

function chunkName({ bytes }: Pick<Source, 'bytes'>, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function readHeader(source: Source): Header {
  const { view, start, end, file } = source;
  const refuse = (at: number, what: string) => new BadFile(file, `byte ${start + at}`, what);
  if (start + HEADER_BYTES > end) throw refuse(end - start, 'ends inside the header: cut short');
  const size = view.getUint32(start + 4);
  const format = view.getUint16(start + 8);
  const division = view.getUint16(start + 12);
  if (format > 1) throw refuse(8, `format ${format}; only formats 0 and 1 are one piece of music`);
  if (division === 0) throw refuse(12, 'a time division of 0 ticks a quarter note');
  if (division & 0x8000) throw refuse(12, 'SMPTE time; export with ticks a quarter note');
  const ends = [start + CHUNK_HEAD_BYTES + size, start + HEADER_BYTES];
  const found = ends.find((at) => at >= start + HEADER_BYTES && isChunk(source, at));
  if (found === undefined && (size < 6 || ends[0] > end)) {
    throw refuse(4, `a header of ${size} bytes in a file of ${end - start}; 6 are due`);
  }
  return { announcedTracks: view.getUint16(start + 10), ticksPerQuarter: division, end: found ?? ends[0] };
}

/** Whether a chunk may begin here: a track, or four printable characters and a size that fits. */
function isChunk(source: Source, at: number): boolean {
  if (at + CHUNK_HEAD_BYTES > source.end) return false;
  const name = chunkName(source, at);
  if (name === 'MTrk') return true;
  return (
    /^[A-Za-z0-9 _-]{4}$/.test(name) && at + CHUNK_HEAD_BYTES + source.view.getUint32(at + 4) <= source.end
  );
}

/**
 * Where the next track begins, behind foreign chunks and, while tracks are owed, behind bytes that are no chunk.
 *
 * @returns nothing if there is none
 */
function nextTrack(
  source: Source,
  from: number,
  found: number,
  header: Header,
  remarks: string[],
): number | undefined {
  let at = from;
  while (isChunk(source, at) && chunkName(source, at) !== 'MTrk') {
    at += CHUNK_HEAD_BYTES + source.view.getUint32(at + 4);
  }
  if (isChunk(source, at)) return at;
  if (at < source.end && 'MTrk'.startsWith(chunkName(source, at))) {
    throw new BadFile(source.file, `byte ${at}`, `ends inside the head of track ${found + 1}: cut short`);
  }
  const track = found < header.announcedTracks ? findTrack(source, at) : undefined;
  remarkBytes(source, at, track ?? source.end, `behind track ${found}`, remarks);
  return track;
}

function findTrack(source: Source, from: number): number | undefined {
  for (let at = from; at + CHUNK_HEAD_BYTES <= source.end; at++)
    if (source.bytes[at] === LETTER_M && chunkName(source, at) === 'MTrk') return at;
  return undefined;
}

/** Zeros fill up blocks of a disk or a transfer; anything else that is passed over is said. */
function remarkBytes(source: Source, from: number, to: number, where: string, remarks: string[]): void {
  const isNothing = source.bytes.subarray(from, to).every((byte) => byte === 0);
  if (!isNothing) remarks.push(`${to - from} bytes ${where} are left out`);
}

/** Where the search for the next chunk goes on: as announced if a chunk or nothing is there, else behind the events. */
function behindTrack(source: Source, at: number, end: number, number: number, remarks: string[]): number {
  const announced = announcedEnd(source, at);
  const isWrong = announced > source.end || announced < end || isTrack(source, end);
  if (isWrong || !(announced === source.end || isChunk(source, announced))) return end;
  remarkBytes(source, end, announced, `behind the end of track ${number}`, remarks);
  return announced;
}

function isTrack(source: Source, at: number): boolean {
  return isChunk(source, at) && chunkName(source, at) === 'MTrk';
}

function announcedEnd({ view }: Source, at: number): number {
  return at + CHUNK_HEAD_BYTES + view.getUint32(at + 4);
}

/**
 * Reads a track to its end-of-track event; without one, to the announced end of the chunk, if that is behind a whole
 * event and before another chunk, zeros or the end of the file. A size that is too short or too long does no harm.
 */
function readTrack(source: Source, at: number, number: number): Track {
  const announced = announcedEnd(source, at);
  const isOnlyZeros = announced >= source.zerosFrom && announced < source.end;
  const isSound = announced === source.end || isOnlyZeros || isChunk(source, announced);
  const mayEnd = isSound ? announced : undefined;
  const walk = new TrackWalk(source, `track ${number} at byte ${at}`, at + CHUNK_HEAD_BYTES, mayEnd);
  const isOver = () => walk.isEnded || walk.at === mayEnd || (!isSound && isTrack(source, walk.at));
  while (!isOver()) walk.readEvent();
  return { events: walk.notes, end: walk.at };
}

/** Goes through a track's events and keeps those of notes. */
class TrackWalk {
  /** Note events: delta time, status, note number, velocity. */
  readonly notes: number[] = [];
  isEnded = false;
  private readonly end: number;
  private runningStatus: number | undefined;
  /** Ticks since the last note event. */
  private waiting = 0;

  /**
   * @param at offset of the first event; moves on behind each that is read
   * @param mayEnd where the track may end without an end-of-track event, and no event may reach beyond
   */
  constructor(
    private readonly source: Source,
    private readonly where: string,
    public at: number,
    mayEnd: number | undefined,
  ) {
    this.end = mayEnd ?? source.end;
  }

  readEvent(): void {
    const begin = this.at;
    if (begin >= this.end) throw this.refuse(begin, 'no end-of-track event: cut short');
    this.waiting += this.readQuantity('delta time');
    const status = this.readByte();
    if (status >= 0xf8 && status !== META) return; // Real time: clock, start, stop, active sensing.
    if (status >= 0xf0) this.readSystemEvent(begin, status);
    else this.readChannelEvent(begin, status);
  }

  private readSystemEvent(begin: number, status: number): void {
    if (status === META && this.readByte() === END_OF_TRACK) this.isEnded = true;
    // Its length, 0, is not missed where the file ends before it.
    if (this.isEnded) this.at += this.source.bytes[this.at] === 0 && this.at < this.end ? 1 : 0;
    else if (status === META || status === SYSTEM_EXCLUSIVE || status === ESCAPE) {
      this.skip(begin, this.readQuantity('length'));
    } else if (status in SYSTEM_DATA_BYTES) {
      for (let left = SYSTEM_DATA_BYTES[status]; left > 0; left--) this.readData(begin);
    } else throw this.refuse(begin, `an event of the undefined status ${status}`);
  }

  /** A first byte below 128 is data under the running status, which meta and system events leave as it was. */
  private readChannelEvent(begin: number, first: number): void {
    const isRunning = first < 0x80;
    const status = isRunning ? this.runningStatus : first;
    if (status === undefined) throw this.refuse(begin, 'a running status before any status');
    this.runningStatus = status;
    const one = isRunning ? first : this.readData(begin);
    const kind = status >> 4;
    const two = CHANNEL_DATA_BYTES[kind] === 2 ? this.readData(begin) : 0;
    if (kind !== NOTE_ON && kind !== NOTE_OFF) return;
    this.keep(status, one, two);
  }

  private keep(status: number, note: number, velocity: number): void {
    // An empty text bridges a wait that no single delta time can say.
    for (; this.waiting > MAX_DELTA_TICKS; this.waiting -= MAX_DELTA_TICKS) {
      this.notes.push(...quantity(MAX_DELTA_TICKS), META, 0x01, 0);
    }
    this.notes.push(...quantity(this.waiting), status, note, velocity);
    this.waiting = 0;
  }

  private readByte(): number {
    if (this.at >= this.end) throw this.refuse(this.at, 'ends inside an event: cut short');
    return this.source.bytes[this.at++];
  }

  /**
   * A data byte of the event at `begin`; real-time bytes before it are passed over, as on a MIDI cable. Any other of
   * 128 or more is the status of another event or of a delta time: a byte before it was lost.
   */
  private readData(begin: number): number {
    let byte = this.readByte();
    while (byte >= 0xf8 && byte !== META) byte = this.readByte();
    if (byte > 0x7f) throw this.refuse(begin, `an event with ${byte} where a data byte, 0 to 127, is due`);
    return byte;
  }

  private readQuantity(what: string): number {
    const begin = this.at;
    let value = 0;
    for (let digits = 0; digits < 4; digits++) {
      const byte = this.readByte();
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw this.refuse(begin, `a ${what} of more than four bytes`);
  }

  private skip(begin: number, bytes: number): void {
    const left = this.end - this.at;
    if (bytes > left) throw this.refuse(begin, `an event of ${bytes} bytes where only ${left} are left`);
    this.at += bytes;
  }

  private refuse(at: number, what: string): BadFile {
    return new BadFile(this.source.file, `${this.where}, byte ${at}`, what);
  }
}

/** A variable-length quantity below 2²⁸: seven bits a byte, the highest first. */
function quantity(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function soundFile(tracks: readonly Track[], ticksPerQuarter: number): Uint8Array {
  const endOfTrack = [0, META, END_OF_TRACK, 0];
  const header = [...bigEndian(1, 2), ...bigEndian(tracks.length, 2), ...bigEndian(ticksPerQuarter, 2)];
  return joined([
    ...chunk('MThd', [header]),
    ...tracks.flatMap(({ events }) => chunk('MTrk', [events, endOfTrack])),
  ]);
}

type Bytes = readonly number[];

function chunk(name: string, data: readonly Bytes[]): Bytes[] {
  const length = data.reduce((sum, part) => sum + part.length, 0);
  return [[...name].map((letter) => letter.charCodeAt(0)), bigEndian(length, 4), ...data];
}

function bigEndian(value: number, bytes: 2 | 4): Bytes {
  return bytes === 2
    ? [value >> 8, value & 0xff]
    : [...bigEndian(value >>> 16, 2), ...bigEndian(value & 0xffff, 2)];
}

function joined(parts: readonly Bytes[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
