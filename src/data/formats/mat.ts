import { inflateSync } from 'node:zlib';
import { BadFile } from '../../platform/failure.js';
import { MAX_ROLL_FRAMES } from '../piano-roll.js';
import { PIANO_KEYS, type PianoRoll, type Split } from '../sequence.js';
import type { FileFormat } from './file-format.js';

/*
 * MAT-file format, level 5 ("MAT-File Format", The MathWorks, chapter 1): a header of 128 bytes, then data
 * elements. An element is a tag (type, number of bytes) and its data, padded to 8 bytes; a tag whose upper
 * half is not 0 is a small element with up to 4 bytes of data inside the tag. A compressed element holds one
 * other element as a zlib stream and has no padding.
 */

const HEADER_BYTES = 128;
const MATRIX = 14;
const COMPRESSED = 15;
const UINT32 = 6;
const INT32 = 5;
const INT8 = 1;
const CELL_CLASS = 1;
const NUMERIC_CLASSES = { first: 6, last: 15 };
const COMPLEX_FLAG = 0x0800;

/** All compressed elements of a file together may inflate to this; the largest published set needs 30 MB. */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024;

export const mat = {
  extensions: ['.mat'],
  /** The published files have 1 MB. */
  limit: 64 * 1024 * 1024,
  mark: /^MATLAB 5\.0 MAT-file/,
  read: readMatRolls,
} satisfies FileFormat<Record<Split, PianoRoll[]>>;

const VARIABLES: Readonly<Record<string, Split>> = {
  traindata: 'train',
  validdata: 'valid',
  testdata: 'test',
};

/** How the numbers of a numeric array are stored (table 1-1 of the format), by element type. */
const STORAGE: Readonly<
  Record<number, { bytes: number; read: (view: DataView, at: number, little: boolean) => number }>
> = {
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  4: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  5: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  6: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  7: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  9: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  12: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  13: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/** A stretch of bytes that elements are read from: the file, or what one compressed element inflates to. */
interface Region {
  readonly file: string;
  /** Prefix of a position in messages: empty, or which compressed element the bytes came out of. */
  readonly inside: string;
  readonly view: DataView;
  readonly little: boolean;
}

interface Element {
  readonly type: number;
  /** Offset of the tag, of the data, and the data's length, in bytes. */
  readonly tag: number;
  readonly start: number;
  readonly bytes: number;
  /** Offset of the next element. */
  readonly next: number;
}

interface Matrix {
  readonly class: number;
  readonly complex: boolean;
  readonly dimensions: readonly number[];
  readonly name: string;
  /** Offset of the first element after the name, and of the matrix's end. */
  readonly start: number;
  readonly end: number;
  readonly tag: number;
}

/**
 * Reads the published piano-rolls: a MAT-file of level 5 in which `traindata`, `validdata` and `testdata` are
 * 1×n (or n×1) cells of numeric T×88 arrays of 0 and 1; column 0 is MIDI note 21. Any numeric class and
 * storage, either byte order, compressed or not. Other variables are passed over.
 *
 * @param bytes the whole file
 * @param file its name for messages
 * @returns the rolls of the three splits, in the file's order
 * @throws BadFile for anything else: sizes that lie, zlib streams that are broken or inflate to more than
 *   512 MiB in all, wrong types, wrong widths, values other than 0 and 1, rolls of fewer than 2 frames
 *   (nothing to predict) or more than 1 000 000
 */
export function readMatRolls(bytes: Uint8Array, file: string): Record<Split, PianoRoll[]> {
  const found: Partial<Record<Split, PianoRoll[]>> = {};
  for (const { region, element } of topElements(bytes, file)) {
    if (element.type !== MATRIX) continue;
    const matrix = readMatrix(region, element);
    const split = Object.hasOwn(VARIABLES, matrix.name) ? VARIABLES[matrix.name] : undefined;
    if (!split) continue;
    if (found[split]) throw bad(region, element.tag, `a second variable ${matrix.name}`);
    found[split] = readCell(region, matrix);
  }
  const missing = Object.keys(VARIABLES).filter((name) => !found[VARIABLES[name]]);
  if (missing.length > 0) {
    throw new BadFile(
      file,
      'variables',
      `${missing.join(', ')} missing; a file of piano-rolls has all three`,
    );
  }
  return found as Record<Split, PianoRoll[]>;
}

function bad(region: Region, at: number, what: string): BadFile {
  return new BadFile(region.file, `${region.inside}byte ${at}`, what);
}

/** The file's elements one after another, compressed ones inflated. */
function* topElements(bytes: Uint8Array, file: string): Generator<{ region: Region; element: Element }> {
  const region = readHeader(bytes, file);
  let allowance = MAX_INFLATED_BYTES;
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const element = readElement(region, at, bytes.length);
    at = element.next;
    if (element.type !== COMPRESSED) {
      yield { region, element };
      continue;
    }
    const inner = inflate(region, element, allowance);
    allowance -= inner.view.byteLength;
    yield { region: inner, element: readElement(inner, 0, inner.view.byteLength) };
  }
}

function readHeader(bytes: Uint8Array, file: string): Region {
  if (bytes.length < HEADER_BYTES) {
    throw new BadFile(
      file,
      `byte ${bytes.length}`,
      'ends inside the header of 128 bytes: not a MAT-file, or cut short',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = String.fromCharCode(bytes[126], bytes[127]);
  if (mark !== 'IM' && mark !== 'MI') {
    throw new BadFile(
      file,
      'byte 126',
      'no byte-order mark: not a MAT-file of level 5 (save it with -v6 or -v7)',
    );
  }
  const little = mark === 'IM';
  const version = view.getUint16(124, little);
  if (version !== 0x0100) {
    throw new BadFile(
      file,
      'byte 124',
      `version 0x${version.toString(16)} instead of 0x100 (save it with -v6 or -v7)`,
    );
  }
  return { file, inside: '', view, little };
}

function readElement(region: Region, at: number, end: number): Element {
  const { view, little } = region;
  if (at + 8 > end) throw bad(region, at, 'ends inside the tag of an element');
  const first = view.getUint32(at, little);
  if (first >>> 16 !== 0) {
    const bytes = first >>> 16;
    if (bytes > 4) throw bad(region, at, `a small element of ${bytes} bytes; at most 4 fit`);
    return { type: first & 0xffff, tag: at, start: at + 4, bytes, next: at + 8 };
  }
  const bytes = view.getUint32(at + 4, little);
  if (at + 8 + bytes > end) {
    throw bad(region, at + 4, `an element of ${bytes} bytes where only ${end - at - 8} are left`);
  }
  const padded = first === COMPRESSED ? bytes : Math.ceil(bytes / 8) * 8;
  return { type: first, tag: at, start: at + 8, bytes, next: Math.min(at + 8 + padded, end) };
}

function inflate(region: Region, element: Element, allowance: number): Region {
  const { view, file, little } = region;
  const deflated = new Uint8Array(view.buffer, view.byteOffset + element.start, element.bytes);
  let bytes: Buffer;
  try {
    bytes = inflateSync(deflated, { maxOutputLength: Math.max(allowance, 1) });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const limit = `${MAX_INFLATED_BYTES / 1024 / 1024} MiB`;
    const what = tooLarge ? `inflates to more than ${limit}` : 'a broken zlib stream';
    throw bad(region, element.start, what);
  }
  const inner = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { file, inside: `compressed element at byte ${element.tag}, `, view: inner, little };
}

/** Array flags, dimensions and name: the subelements every array starts with. */
function readMatrix(region: Region, element: Element): Matrix {
  const end = element.start + element.bytes;
  const { view, little } = region;
  const flags = readElement(region, element.start, end);
  if (flags.type !== UINT32 || flags.bytes !== 8) throw bad(region, flags.tag, 'not the flags of an array');
  const dimensions = readElement(region, flags.next, end);
  if (dimensions.type !== INT32 || dimensions.bytes % 4 !== 0 || dimensions.bytes < 8) {
    throw bad(region, dimensions.tag, 'not the dimensions of an array');
  }
  const sizes = Array.from({ length: Math.min(dimensions.bytes / 4, 32) }, (_, i) =>
    view.getInt32(dimensions.start + 4 * i, little),
  );
  if (sizes.some((size) => size < 0)) throw bad(region, dimensions.start, 'a negative dimension');
  const name = readElement(region, dimensions.next, end);
  if (name.type !== INT8 || name.bytes > 63) throw bad(region, name.tag, 'not the name of an array');
  const letters = Array.from({ length: name.bytes }, (_, i) => view.getUint8(name.start + i));
  const word = view.getUint32(flags.start, little);
  return {
    class: word & 0xff,
    complex: (word & COMPLEX_FLAG) !== 0,
    dimensions: sizes,
    name: String.fromCharCode(...letters),
    start: name.next,
    end,
    tag: element.tag,
  };
}

function readCell(region: Region, cell: Matrix): PianoRoll[] {
  const [rows, columns] = cell.dimensions;
  if (cell.class !== CELL_CLASS || cell.dimensions.length !== 2 || Math.min(rows, columns) > 1) {
    throw bad(region, cell.tag, `${cell.name} is not a 1×n cell of arrays`);
  }
  const rolls: PianoRoll[] = [];
  let at = cell.start;
  for (let i = 0; i < rows * columns; i++) {
    const element = readElement(region, at, cell.end);
    if (element.type !== MATRIX)
      throw bad(region, element.tag, `${cell.name}, piece ${i + 1} is not an array`);
    rolls.push(readRoll(region, readMatrix(region, element), `${cell.name}, piece ${i + 1}`));
    at = element.next;
  }
  return rolls;
}

function readRoll(region: Region, matrix: Matrix, piece: string): PianoRoll {
  const [frames, width] = matrix.dimensions;
  if (matrix.class < NUMERIC_CLASSES.first || matrix.class > NUMERIC_CLASSES.last || matrix.complex) {
    throw bad(region, matrix.tag, `${piece} is not an array of real numbers`);
  }
  if (matrix.dimensions.length !== 2 || width !== PIANO_KEYS) {
    throw bad(region, matrix.tag, `${piece} is ${matrix.dimensions.join('×')}, not frames × ${PIANO_KEYS}`);
  }
  if (frames < 2) throw bad(region, matrix.tag, `${piece} has ${frames} frames; 2 are needed to predict one`);
  if (frames > MAX_ROLL_FRAMES) {
    throw bad(region, matrix.tag, `${piece} has ${frames} frames; more than ${MAX_ROLL_FRAMES}`);
  }
  return sparseRoll(region, readElement(region, matrix.start, matrix.end), frames, piece);
}

/** A dense array of 0 and 1, one column of `frames` numbers a key, to a sparse roll. */
function sparseRoll(region: Region, data: Element, frames: number, piece: string): PianoRoll {
  const storage = STORAGE[data.type];
  if (!storage)
    throw bad(region, data.tag, `${piece} is stored as element type ${data.type}, which holds no numbers`);
  if (data.bytes !== frames * PIANO_KEYS * storage.bytes) {
    throw bad(
      region,
      data.tag,
      `${piece} holds ${data.bytes} bytes; ${frames}×${PIANO_KEYS} numbers take ${frames * PIANO_KEYS * storage.bytes}`,
    );
  }
  const on = new Uint8Array(frames * PIANO_KEYS);
  const starts = new Int32Array(frames + 1);
  for (let cell = 0; cell < on.length; cell++) {
    const at = data.start + cell * storage.bytes;
    const value = storage.read(region.view, at, region.little);
    if (value === 0) continue;
    if (value !== 1) throw bad(region, at, `${piece} holds ${value}; a piano-roll holds 0 and 1`);
    on[cell] = 1;
    starts[(cell % frames) + 1]++;
  }
  return gather(on, starts, frames);
}

function gather(on: Uint8Array, starts: Int32Array, frames: number): PianoRoll {
  for (let frame = 0; frame < frames; frame++) starts[frame + 1] += starts[frame];
  const keys = new Uint8Array(starts[frames]);
  const next = starts.slice(0, frames);
  for (let cell = 0; cell < on.length; cell++) {
    if (on[cell] === 1) keys[next[cell % frames]++] = Math.floor(cell / frames);
  }
  return { frames, starts, keys };
}
