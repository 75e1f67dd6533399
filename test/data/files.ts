import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync, deflateSync } from 'node:zlib';

/** Files that the tests of this folder write: MIDI, WAV and MAT by the byte, so that each field can lie. */

/** A fresh folder below the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gru-bench-test-'));
}

/** Writes files into a folder, making folders on the way. */
export function writeFiles(folder: string, files: Record<string, Uint8Array | string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function bytes(...parts: (string | number | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string'
        ? Buffer.from(part, 'latin1')
        : typeof part === 'number'
          ? Buffer.of(part)
          : part,
    ),
  );
}

function u16be(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16BE(value);
  return out;
}

function u32be(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

/** A variable-length quantity. */
export function vlq(value: number): Buffer {
  const digits = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest & 0x7f) | 0x80);
  }
  return Buffer.from(digits);
}

export interface MidiNote {
  readonly pitch: number;
  readonly start: number;
  readonly end: number;
}

/** Delta time and note-on (velocity 64) or note-off (a note-on of velocity 0 if `running`). */
export function midiEvent(delta: number, status: number, pitch: number, velocity: number): Buffer {
  return bytes(vlq(delta), status, pitch, velocity);
}

const END_OF_TRACK = Buffer.of(0, 0xff, 0x2f, 0);

export function midiTrack(events: Uint8Array, end: Uint8Array = END_OF_TRACK): Buffer {
  return bytes('MTrk', u32be(events.length + end.length), events, end);
}

/** A track of notes that do not overlap in pitch; ticks absolute. */
export function noteTrack(notes: readonly MidiNote[]): Buffer {
  const changes = notes.flatMap(({ pitch, start, end }) => [
    { tick: start, pitch, velocity: 64 },
    { tick: end, pitch, velocity: 0 },
  ]);
  // At one tick the old note ends before the next begins.
  changes.sort((a, b) => a.tick - b.tick || a.velocity - b.velocity);
  let tick = 0;
  return midiTrack(
    Buffer.concat(
      changes.map((change) => {
        const event = midiEvent(change.tick - tick, 0x90, change.pitch, change.velocity);
        tick = change.tick;
        return event;
      }),
    ),
  );
}

export function midiFile(
  tracks: readonly Uint8Array[],
  { format = 1, announced = tracks.length, division = 480 } = {},
): Buffer {
  return bytes('MThd', u32be(6), u16be(format), u16be(announced), u16be(division), ...tracks);
}

/** A short piece of two bars, for folders in which the music itself does not matter. */
export function smallPiece(lowest = 60): Buffer {
  const notes = Array.from({ length: 8 }, (_, i) => ({
    pitch: lowest + i,
    start: 240 * (i + 1),
    end: 240 * (i + 2),
  }));
  return midiFile([noteTrack(notes)]);
}

export interface WavFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly blockBytes?: number;
  readonly extensible?: boolean;
  readonly dataBytes?: number;
  readonly riffBytes?: number;
  readonly before?: Uint8Array;
}

/** A WAV file around raw sample bytes. */
export function wavFile(data: Uint8Array, fields: WavFields = {}): Buffer {
  const { tag = 1, channels = 1, sampleRate = 8000, bits = 16, extensible = false } = fields;
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  const blockBytes = fields.blockBytes ?? (channels * bits) / 8;
  format.writeUInt32LE((sampleRate * blockBytes) >>> 0, 8);
  format.writeUInt16LE(blockBytes, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt16LE(tag, 24);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(format, 26);
  }
  const pad = data.length % 2 === 1 ? Buffer.of(0) : Buffer.alloc(0);
  const chunks = bytes(
    'WAVE',
    fields.before ?? Buffer.alloc(0),
    'fmt ',
    u32le(format.length),
    format,
    'data',
    u32le(fields.dataBytes ?? data.length),
    data,
    pad,
  );
  return bytes('RIFF', u32le(fields.riffBytes ?? chunks.length), chunks);
}

export function u32le(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

/** 16-bit samples of a tone, full scale = 1. */
export function tone(samples: number, loudness = 0.5, period = 37): Buffer {
  const out = Buffer.alloc(2 * samples);
  for (let i = 0; i < samples; i++)
    out.writeInt16LE(Math.round(32767 * loudness * Math.sin((2 * Math.PI * i) / period)), 2 * i);
  return out;
}

/** How a MAT-file is to be written; the defaults are those of the published rolls. */
export interface MatFields {
  readonly little?: boolean;
  readonly compressed?: boolean;
  /** Class of the arrays: 9 uint8, 6 double. */
  readonly arrayClass?: number;
  /** Storage of the numbers: 2 uint8, 9 double, 3 int16. */
  readonly storage?: 2 | 3 | 9;
  readonly flags?: number;
}

/** A dense roll, frames × columns, by rows. */
export type DenseRoll = readonly (readonly number[])[];

export function matFile(variables: Record<string, readonly DenseRoll[]>, fields: MatFields = {}): Buffer {
  const { little = true, compressed = true } = fields;
  const head = Buffer.alloc(128, ' ');
  head.write('MATLAB 5.0 MAT-file');
  head.fill(0, 116, 124);
  head.writeUInt16LE(0x0100, 124);
  head.write('IM', 126);
  if (!little) head.subarray(124, 128).set([1, 0, 0x4d, 0x49]);
  const elements = Object.entries(variables).map(([name, rolls]) => {
    const cell = cellElement(name, rolls, fields);
    return compressed ? compressedElement(cell, little) : cell;
  });
  return Buffer.concat([head, ...elements]);
}

export function compressedElement(element: Uint8Array, little = true): Buffer {
  const deflated = deflateSync(element);
  return Buffer.concat([word(15, little), word(deflated.length, little), deflated]);
}

export function word(value: number, little: boolean): Buffer {
  const out = Buffer.alloc(4);
  if (little) out.writeUInt32LE(value >>> 0);
  else out.writeUInt32BE(value >>> 0);
  return out;
}

export function matElement(type: number, data: Uint8Array, little: boolean): Buffer {
  const padding = Buffer.alloc((8 - (data.length % 8)) % 8);
  return Buffer.concat([word(type, little), word(data.length, little), data, padding]);
}

/** A matrix element: flags, dimensions, name, and whatever follows. */
export function matMatrix(
  little: boolean,
  arrayClass: number,
  dimensions: readonly number[],
  name: string,
  content: Uint8Array,
): Buffer {
  return matElement(
    14,
    Buffer.concat([
      matElement(6, Buffer.concat([word(arrayClass, little), word(0, little)]), little),
      matElement(5, Buffer.concat(dimensions.map((size) => word(size, little))), little),
      matElement(1, Buffer.from(name, 'latin1'), little),
      content,
    ]),
    little,
  );
}

function cellElement(name: string, rolls: readonly DenseRoll[], fields: MatFields): Buffer {
  const { little = true } = fields;
  const pieces = Buffer.concat(rolls.map((roll) => rollElement(roll, fields)));
  return matMatrix(little, 1, [1, rolls.length], name, pieces);
}

function rollElement(roll: DenseRoll, fields: MatFields): Buffer {
  const { little = true, arrayClass = 9, storage = 2, flags = 0 } = fields;
  const width = roll[0]?.length ?? 88;
  const size = { 2: 1, 3: 2, 9: 8 }[storage];
  const data = Buffer.alloc(roll.length * width * size);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let key = 0; key < width; key++) {
    for (let frame = 0; frame < roll.length; frame++) {
      const at = (key * roll.length + frame) * size;
      if (storage === 2) view.setUint8(at, roll[frame][key]);
      else if (storage === 3) view.setInt16(at, roll[frame][key], little);
      else view.setFloat64(at, roll[frame][key], little);
    }
  }
  return matMatrix(little, arrayClass | flags, [roll.length, width], '', matElement(storage, data, little));
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** Unix file type and mode; 0 as of a system that has none. */
  readonly mode?: number;
  /** What the entry says its unpacked size is, if it lies. */
  readonly announced?: number;
}

/** A zip file of deflated entries (APPNOTE.TXT 4.3). */
export function zipFile(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0, announced = content.length } of entries) {
    const deflated = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(deflated.length, 14);
    common.writeUInt32LE(announced, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    centrals.push(bytes(u32le(0x02014b50), Buffer.of(20, 3), common, rest, Buffer.from(name)));
    locals.push(bytes(u32le(0x04034b50), common, Buffer.from(name), deflated));
    offset += locals.at(-1)?.length ?? 0;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, u32le(0x06054b50), end]);
}

/** The checksum of ISO 3309 that zip entries carry. */
function crc32(content: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of content) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}
