import { BadFile } from '../../platform/failure.js';
import { MAX_ROLL_FRAMES, outsideKeys } from '../piano-roll.js';
import { bySplit, LOWEST_NOTE, PIANO_KEYS, type PianoRoll, SPLITS, type Split } from '../sequence.js';
import type { FileFormat } from './file-format.js';

/*
 * The form in which JSB Chorales and other sets are passed around, of the pickles of Boulanger-Lewandowski (2012) in
 * JSON: an object of "train", "valid" and "test", each a list of sequences, a sequence a list of time steps, a step a
 * list of the MIDI notes that sound. Copies with a fixed number of voices mark a voice that rests by −1, 0, null or
 * Python's NaN.
 */

export const jsonRolls = {
  extensions: ['.json'],
  limit: { bytes: 32 * 1024 * 1024, advice: 'take fewer sequences, or a folder of MIDI files' },
  read: readJsonRolls,
} satisfies FileFormat<JsonReading>;

const MAX_MIDI_NOTE = 127;
/** Lists and objects cost far more in memory than the two bytes that they have in a file. */
const MOST_LISTS = 8_000_000;
const MOST_MEMBERS = 100_000;
/** Four are due; what else a file holds beside its splits may need some more. */
const DEEPEST = 64;

/** What a file of piano-rolls gave. */
export interface JsonReading {
  readonly splits: Readonly<Record<Split, readonly PianoRoll[]>>;
  /** What was passed over, a phrase each. */
  readonly remarks: readonly string[];
}

/** What is no note of the 88 keys, counted over a file. */
interface Counts {
  rests: number;
  outside: number;
  silentSequences: number;
}

/**
 * Reads piano-rolls from JSON, `{"train": [[[60, 64, 67], [60], …], …], "valid": …, "test": …}`. Notes may be written
 * as 60 or 60.0, in any order and repeated; what marks a rest is no note; notes outside the 88 keys are left out.
 * A step of 88 or more entries is taken for a row of a matrix, which is another form, and refused.
 *
 * @param bytes the whole file, of at most `jsonRolls.limit`
 * @param file its name for messages
 * @param maxSequences at most so many of each split, the first; no more are looked at
 * @throws BadFile naming split, sequence and step for anything else
 */
export function readJsonRolls(bytes: Uint8Array, file: string, maxSequences?: number): JsonReading {
  const content = parse(bytes, file);
  if (!isObject(content)) throw new BadFile(file, 'the whole', `${kindOf(content)} where ${FORM} is due`);
  const missing = SPLITS.filter((split) => !Object.hasOwn(content, split));
  if (missing.length > 0) {
    const found = Object.keys(content)
      .slice(0, 5)
      .map((key) => JSON.stringify(key.slice(0, 40)));
    const has = found.length > 0 ? `; it has ${found.join(', ')}` : '';
    throw new BadFile(file, 'splits', `no ${missing.map((split) => `"${split}"`).join(', ')}${has}`);
  }
  const counts: Counts = { rests: 0, outside: 0, silentSequences: 0 };
  const splits = bySplit((split) => readSplit(content[split], split, file, maxSequences, counts));
  return { splits, remarks: remarksOn(counts, content) };
}

const FORM = 'an object of "train", "valid" and "test"';

function parse(bytes: Uint8Array, file: string): unknown {
  checkStructure(bytes, file);
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      // Python writes a rest that is not a number so, which is no JSON.
      return JSON.parse(text.replace(/\bNaN\b/g, 'null'));
    } catch {
      throw new BadFile(file, 'the whole', `no JSON: ${(error as Error).message}`);
    }
  }
}

/** Before anything is parsed: nesting, lists and named entries, strings passed over; and names that come twice. */
function checkStructure(bytes: Uint8Array, file: string): void {
  const [quote, backslash, openList, openObject, closeList, closeObject, colon] = Buffer.from('"\\[{]}:');
  const names = new Set<string>();
  let [depth, lists, members, isInside] = [0, 0, 0, false];
  let string = { start: 0, end: 0 };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      string = isInside ? { ...string, end: at + 1 } : { start: at, end: at };
      isInside = !isInside;
    } else if (isInside) at += byte === backslash ? 1 : 0;
    else if (byte === openList || byte === openObject) {
      if (++depth > DEEPEST)
        throw new BadFile(file, `byte ${at}`, `more than ${DEEPEST} lists within another`);
      if (++lists > MOST_LISTS) throw new BadFile(file, `byte ${at}`, `more than ${MOST_LISTS} lists`);
    } else if (byte === closeList || byte === closeObject) depth--;
    else if (byte === colon) {
      if (++members > MOST_MEMBERS)
        throw new BadFile(file, `byte ${at}`, `more than ${MOST_MEMBERS} named entries`);
      if (depth === 1) addName(names, bytes.subarray(string.start, string.end), file, string.start);
    }
  }
}

/** Of entries of one name a parser would take the last and drop the others in silence. */
function addName(names: Set<string>, quoted: Uint8Array, file: string, at: number): void {
  const name = unescaped(new TextDecoder().decode(quoted));
  if (names.has(name))
    throw new BadFile(file, `byte ${at}`, `${name.slice(0, 40)} for the second time; keep one of the two`);
  names.add(name);
}

/** The same string without escapes that it does not need, as `"tr\u0061in"`; on one line even if it is no JSON. */
function unescaped(quoted: string): string {
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return JSON.stringify(quoted);
  }
}

function readSplit(
  value: unknown,
  split: Split,
  file: string,
  maxSequences: number | undefined,
  counts: Counts,
): PianoRoll[] {
  if (!Array.isArray(value))
    throw new BadFile(file, split, `${kindOf(value)} where a list of sequences is due`);
  if (value.length === 0) throw new BadFile(file, split, 'no sequence');
  return value
    .slice(0, maxSequences)
    .map((sequence, i) => readSequence(sequence, file, `${split}, sequence ${i + 1}`, counts));
}

function readSequence(sequence: unknown, file: string, where: string, counts: Counts): PianoRoll {
  if (!Array.isArray(sequence))
    throw new BadFile(file, where, `${kindOf(sequence)} where a list of steps is due`);
  const frames = sequence.length;
  if (frames < 2) throw new BadFile(file, where, `${frames} steps; 2 are needed to predict one`);
  if (frames > MAX_ROLL_FRAMES)
    throw new BadFile(file, where, `${frames} steps; more than ${MAX_ROLL_FRAMES}`);
  const starts = new Int32Array(frames + 1);
  const keys: number[] = [];
  for (const [t, step] of sequence.entries()) {
    for (const key of readStep(step, file, `${where}, step ${t + 1}`, counts)) keys.push(key);
    starts[t + 1] = keys.length;
  }
  if (keys.length === 0) counts.silentSequences++;
  return { frames, starts, keys: Uint8Array.from(keys) };
}

/** The keys of one step, ascending and without repeats. */
function readStep(step: unknown, file: string, where: string, counts: Counts): number[] {
  if (!Array.isArray(step)) {
    throw new BadFile(file, where, `${kindOf(step)} where a list of notes such as [60, 64, 67] is due`);
  }
  if (step.length >= PIANO_KEYS) {
    const what = `${step.length} entries; a step is no row of a matrix but a list of the MIDI note numbers that sound, at most ${PIANO_KEYS - 1}`;
    throw new BadFile(file, where, what);
  }
  const keys = new Set<number>();
  for (const note of step) {
    if (note === null || note === -1 || note === 0) counts.rests++;
    else if (!(Number.isInteger(note) && note > 0 && note <= MAX_MIDI_NOTE)) {
      const found = typeof note === 'number' ? `a note of ${note}` : `${kindOf(note)} where a note is due`;
      throw new BadFile(file, where, `${found}; MIDI notes are whole numbers, 0 to ${MAX_MIDI_NOTE}`);
    } else if (note < LOWEST_NOTE || note >= LOWEST_NOTE + PIANO_KEYS) counts.outside++;
    else keys.add(note - LOWEST_NOTE);
  }
  return [...keys].sort((a, b) => a - b);
}

function remarksOn({ rests, outside, silentSequences }: Counts, content: object): string[] {
  const others = Object.keys(content).filter((key) => !(SPLITS as readonly string[]).includes(key));
  return [
    ...(rests > 0 ? [`0, -1, null or NaN is read as a rest (${rests} in all)`] : []),
    ...outsideKeys(outside),
    ...(silentSequences > 0 ? [`no key sounds in ${silentSequences} of its sequences`] : []),
    ...(others.length > 0 ? [`${others.length} entries beside train, valid and test are left out`] : []),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for messages. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
