import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDataset } from '../../src/data/catalogue.js';
import { nameOfPath } from '../../src/data/dataset-name.js';
import { jsonRolls, readJsonRolls } from '../../src/data/formats/json-rolls.js';
import { type Dataset, LOWEST_NOTE, type PianoRoll, SPLITS } from '../../src/data/sequence.js';
import { BadFile, Misuse } from '../../src/platform/failure.js';
import { temporaryFolder } from './files.js';
import { testOnRealData } from './real-data.js';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const PIECE = [[60, 64, 67], [], [60]];

function read(content: unknown, maxSequences?: number) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return readJsonRolls(Buffer.from(text), 'rolls.json', maxSequences);
}

/** A whole file around the training split. */
function around(train: unknown, rest: object = {}) {
  return { train, valid: [PIECE], test: [PIECE], ...rest };
}

/** A whole file with its training split again by another name. */
function twice(name: string): string {
  return `{"train": [[[60], [60]]], ${name}: [[[60], [61]]], "valid": [[[60], [60]]], "test": [[[60], [60]]]}`;
}

/** MIDI notes by frame: the form itself. */
function notesOf(roll: PianoRoll): number[][] {
  return Array.from({ length: roll.frames }, (_, t) =>
    Array.from(roll.keys.subarray(roll.starts[t], roll.starts[t + 1]), (key) => key + LOWEST_NOTE),
  );
}

function jsonOf(dataset: Dataset): string {
  return JSON.stringify(
    Object.fromEntries(SPLITS.map((split) => [split, (dataset.splits[split] as PianoRoll[]).map(notesOf)])),
  );
}

test('what is written is read', () => {
  const step = fc.uniqueArray(fc.integer({ min: 21, max: 108 }), { maxLength: 5 });
  const sequence = fc.array(step, { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(sequence, { minLength: 1, maxLength: 4 }), (train) => {
      const { splits, remarks } = read(around(train));
      const sorted = train.map((piece) => piece.map((notes) => [...notes].sort((a, b) => a - b)));
      expect(splits.train.map(notesOf)).toEqual(sorted);
      expect(remarks.filter((what) => !what.startsWith('no key sounds'))).toEqual([]);
    }),
  );
});

describe('copies as they are passed around', () => {
  const cases: [string, string, number[][], string[]][] = [
    ['floats, repeats, any order', '[[67.0, 6.0e1, 60, 67], [108]]', [[60, 67], [108]], []],
    [
      'rests of fixed voices',
      '[[60, -1, 0, 64], [NaN, null, NaN, 62.0]]',
      [[60, 64], [62]],
      ['0, -1, null or NaN is read as a rest (5 in all)'],
    ],
    [
      'notes outside the keys',
      '[[20, 21, 127], [109, 108]]',
      [[21], [108]],
      ['notes outside the 88 keys (MIDI 21 to 108) are left out: 3'],
    ],
    [
      'a sequence of rests',
      '[[], [-1]]',
      [[], []],
      ['0, -1, null or NaN is read as a rest (1 in all)', 'no key sounds in 1 of its sequences'],
    ],
  ];
  test.each(cases)('%s', (_, sequence, notes, remarks) => {
    const reading = read(`\ufeff{"train": [${sequence}], "valid": [[[60], [60]]], "test": [[[60], [60]]]}`);
    expect(notesOf(reading.splits.train[0])).toEqual(notes);
    expect(reading.remarks).toEqual(remarks);
  });

  test('what else is in a file is said', () => {
    expect(read(around([PIECE], { source: 'x', years: { from: [1] } })).remarks).toEqual([
      '2 entries beside train, valid and test are left out',
    ]);
  });
});

describe('refused, and where', () => {
  const cases: [string, unknown, RegExp][] = [
    ['an empty file', '', /no JSON: /],
    ['no JSON', '{"train": [[[60], [61]]', /no JSON: /],
    ['no JSON, of several lines', '{\n"train": [[[60\n], [61]]', /no JSON: /],
    ['a list', [[PIECE]], /the whole: a list where an object of "train", "valid" and "test" is due/],
    ['a number', '3', /the whole: a number where/],
    [
      'a missing split',
      { train: [PIECE], validation: [PIECE], test: [PIECE] },
      /splits: no "valid"; it has "train", "validation", "test"/,
    ],
    ['an empty object', {}, /splits: no "train", "valid", "test"$/],
    [
      'a split from the prototype',
      '{"train": [[[60], [61]]], "valid": [[[60], [61]]], "__proto__": {"test": []}}',
      /no "test"/,
    ],
    ['a split that is no list', around('x'), /train: a string where a list of sequences is due/],
    ['an empty split', around([PIECE], { test: [] }), /test: no sequence/],
    ['a sequence that is no list', around([PIECE, 60]), /train, sequence 2: a number where a list of steps/],
    ['one step', around([PIECE, [[60]]]), /train, sequence 2: 1 steps; 2 are needed/],
    [
      'steps that are no lists',
      around([[60, 62]]),
      /train, sequence 1, step 1: a number where a list of notes such as/,
    ],
    [
      'a note of 128',
      around([PIECE, [[60], [61, 128]]]),
      /train, sequence 2, step 2: a note of 128; MIDI notes are/,
    ],
    ['a note of -2', around([[[60], [-2]]]), /step 2: a note of -2/],
    ['half a note', around([[[60], [60.5]]]), /step 2: a note of 60\.5/],
    ['a note in letters', around([[[60], ['C4']]]), /step 2: a string where a note is due/],
    ['a note that is a list', around([[[60], [[60]]]]), /step 2: a list where a note is due/],
    [
      'a dense roll',
      around([[Array(88).fill(0), Array(88).fill(1)]]),
      /step 1: 88 entries; a step is no row of a matrix but a list of the MIDI note numbers/,
    ],
    [
      'a row of velocities',
      around([PIECE, [[60], Array.from({ length: 128 }, (_, note) => (note === 60 ? 80 : 0))]]),
      /train, sequence 2, step 2: 128 entries; a step is no row/,
    ],
    ['a split that comes twice', twice('"train"'), /byte 26: "train" for the second time; keep one/],
    ['a split that comes twice, in escapes', twice('"tr\\u0061in"'), /"train" for the second time/],
    ['a name of two lines that comes twice', twice('"a\n": 1, "a\n"'), /a.* for the second time/],
    ['another entry that comes twice', twice('"a": 1, "a"'), /"a" for the second time/],
    ['too deep', '['.repeat(1_000_000), /byte 64: more than 64 lists within another/],
    ['too many names', `[{${'"a":1,'.repeat(100_001)}`, /more than 100000 named entries/],
    ['too many lists', `[${'[],'.repeat(8_000_001)}`, /more than 8000000 lists/],
  ];
  test.each(cases)('%s', (_, content, message) => {
    expect(() => read(content)).toThrow(BadFile);
    expect(() => read(content)).toThrow(message);
    expect(() => read(content)).toThrow(/^rolls\.json: \P{Cc}*$/u);
  });

  test('names within other entries may come twice, and 87 notes sound together', () => {
    const file = twice('"a": {"b": 1, "b": [{"train": 1}, {"train": 2}]}, "c"');
    expect(read(file).splits.train).toHaveLength(1);
    const most = Array.from({ length: 87 }, (_, i) => 21 + i);
    expect(notesOf(read(around([[most, [60]]])).splits.train[0])).toEqual([most, [60]]);
  });

  test('brackets in strings count for nothing', () => {
    expect(read(around([PIECE], { note: `${'['.repeat(100)}"\\` })).splits.train).toHaveLength(1);
  });
});

describe('as a data set', () => {
  test('named by its file; no more sequences than wanted are looked at', async () => {
    const path = join(folder, 'My Rolls.JSON');
    writeFileSync(path, JSON.stringify(around([PIECE, PIECE, 'broken'])));
    const dataset = await loadDataset(path, { maxSequences: 2 });
    expect(dataset.name).toBe('My Rolls');
    expect(SPLITS.map((split) => dataset.splits[split].length)).toEqual([2, 1, 1]);
    await expect(loadDataset(path)).rejects.toThrow(/My Rolls\.JSON: train, sequence 3: a string/);
    await expect(loadDataset(path, { windowSamples: 500 })).rejects.toThrow(Misuse);
    expect(nameOfPath('a/b.json/')).toBe('b');
    expect(nameOfPath('a/b.c')).toBe('b.c');
  });

  test('the same sequences have the same hash, wherever they come from', async () => {
    const music = await loadDataset('demo-music');
    const path = join(folder, 'rolls.json');
    writeFileSync(path, jsonOf(music));
    const dataset = await loadDataset(path);
    expect(dataset.sha256).toBe(music.sha256);
    expect(dataset.remarks).toEqual([]);
  });

  test('a file too long', async () => {
    const path = join(folder, 'rolls.json');
    writeFileSync(path, Buffer.alloc(jsonRolls.limit.bytes + 1));
    await expect(loadDataset(path)).rejects.toThrow(
      /may have 32 MiB; take fewer sequences, or a folder of MIDI/,
    );
  });
});

testOnRealData('the published rolls in JSON are the published rolls', async () => {
  for (const name of ['jsb-chorales', 'musedata']) {
    const published = await loadDataset(name);
    const path = join(folder, `${name}.json`);
    writeFileSync(path, jsonOf(published));
    expect((await loadDataset(path)).sha256).toBe(published.sha256);
  }
});
