import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMatRolls } from '../../src/data/formats/mat.js';
import type { PianoRoll } from '../../src/data/sequence.js';
import { BadFile } from '../../src/platform/failure.js';
import { cpuMilliseconds } from '../cpu-time.js';
import {
  compressedElement,
  type DenseRoll,
  type MatFields,
  matElement,
  matFile,
  matMatrix,
  word,
} from './files.js';

const HEADER = matFile({}).subarray(0, 128);

function dense(frames: number, on: readonly (readonly [frame: number, key: number])[] = []): number[][] {
  const roll = Array.from({ length: frames }, () => new Array<number>(88).fill(0));
  for (const [frame, key] of on) roll[frame][key] = 1;
  return roll;
}

function denseAgain(roll: PianoRoll): number[][] {
  const on = Array.from({ length: roll.frames }, (_, frame) =>
    Array.from(
      roll.keys.subarray(roll.starts[frame], roll.starts[frame + 1]),
      (key) => [frame, key] as const,
    ),
  );
  return dense(roll.frames, on.flat());
}

const PIECES: Record<string, DenseRoll[]> = {
  traindata: [
    dense(3, [
      [0, 0],
      [0, 87],
      [2, 39],
    ]),
    dense(2, [[1, 5]]),
  ],
  validdata: [dense(2)],
  testdata: [
    dense(4, [
      [3, 40],
      [3, 41],
    ]),
  ],
};

function read(file: Uint8Array) {
  return readMatRolls(file, 'rolls.mat');
}

/** A file whose traindata is one element built by hand. */
function withTrain(element: Uint8Array): Buffer {
  const { validdata, testdata } = PIECES;
  return Buffer.concat([HEADER, element, matFile({ validdata, testdata }).subarray(128)]);
}

/** traindata as a cell of one piece built by hand. */
function withPiece(piece: Uint8Array): Buffer {
  return withTrain(matMatrix(true, 1, [1, 1], 'traindata', piece));
}

const numbers = (frames: number, storage = 2) => matElement(storage, Buffer.alloc(frames * 88), true);

describe('reads', () => {
  const layouts: [string, MatFields][] = [
    ['as published: uint8, compressed', {}],
    ['uncompressed', { compressed: false }],
    ['big endian', { little: false }],
    ['double', { arrayClass: 6, storage: 9 }],
    ['double stored as uint8', { arrayClass: 6, storage: 2 }],
    ['logical', { flags: 0x0200 }],
    ['int16, big endian, uncompressed', { arrayClass: 10, storage: 3, little: false, compressed: false }],
  ];
  test.each(layouts)('%s', (_, fields) => {
    const rolls = read(matFile({ ...PIECES, dataset_name: [dense(2)] }, fields));
    expect(rolls.train.map(denseAgain)).toEqual(PIECES.traindata);
    expect(rolls.valid.map(denseAgain)).toEqual(PIECES.validdata);
    expect(rolls.test.map(denseAgain)).toEqual(PIECES.testdata);
  });

  test('small elements, in which tag and data share eight bytes', () => {
    const flags = matElement(6, Buffer.concat([word(9, true), word(0, true)]), true);
    const sizes = matElement(5, Buffer.concat([word(2, true), word(88, true)]), true);
    const emptyName = Buffer.concat([word(1, true), word(0, true)]);
    const piece = matElement(14, Buffer.concat([flags, sizes, emptyName, numbers(2)]), true);
    const name = Buffer.concat([word(0x0004_0001, true), Buffer.from('test')]);
    const other = matElement(14, Buffer.concat([flags, sizes, name, numbers(2)]), true);
    expect(read(Buffer.concat([withPiece(piece), other])).train).toHaveLength(1);
  });

  test('any roll that is written', () => {
    const roll = fc
      .array(fc.array(fc.nat(87), { maxLength: 6 }), { minLength: 2, maxLength: 12 })
      .map((frames) =>
        dense(
          frames.length,
          frames.flatMap((keys, frame) => keys.map((key) => [frame, key] as const)),
        ),
      );
    fc.assert(
      fc.property(
        fc.array(roll, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.boolean(),
        (train, little, compressed) => {
          const rolls = read(matFile({ ...PIECES, traindata: train }, { little, compressed }));
          expect(rolls.train.map(denseAgain)).toEqual(train);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('refused', () => {
  const good = matFile(PIECES);
  const patched = (at: number, ...bytes: number[]) => {
    const file = Buffer.from(good);
    file.set(bytes, at);
    return file;
  };
  const uncompressed = matFile(PIECES, { compressed: false });
  const bomb = compressedElement(Buffer.alloc(600 * 1024 * 1024));
  const { validdata, testdata, traindata } = PIECES;
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', Buffer.alloc(0), /byte 0: ends inside the header/],
    ['another format', Buffer.alloc(200), /byte 126: no byte-order mark/],
    ['version 7.3', patched(124, 0, 2), /byte 124: version 0x200/],
    [
      'an element that runs over the end',
      good.subarray(0, good.length - 3),
      /an element of \d+ bytes where only/,
    ],
    ['a cut tag', good.subarray(0, 133), /byte 128: ends inside the tag/],
    ['a size of 4 GB', patched(132, 255, 255, 255, 255), /byte 132: an element of 4294967295 bytes/],
    ['a zlib bomb', Buffer.concat([HEADER, bomb]), /byte 136: inflates to more than 512 MiB/],
    ['a broken zlib stream', patched(150, 0, 0, 0, 0), /byte 136: a broken zlib stream/],
    ['a missing variable', matFile({ validdata, testdata }), /traindata missing/],
    [
      'a variable twice',
      Buffer.concat([good, matFile({ traindata }).subarray(128)]),
      /a second variable traindata/,
    ],
    [
      'a variable that is no cell',
      withTrain(matMatrix(true, 9, [2, 88], 'traindata', numbers(2))),
      /traindata is not a 1×n cell/,
    ],
    [
      'a cell of n×m',
      withTrain(matMatrix(true, 1, [2, 2], 'traindata', Buffer.alloc(0))),
      /traindata is not a 1×n cell/,
    ],
    [
      'a cell with fewer pieces than it says',
      withTrain(matMatrix(true, 1, [1, 2_000_000_000], 'traindata', Buffer.alloc(0))),
      /ends inside the tag/,
    ],
    [
      'a negative size',
      withTrain(matMatrix(true, 1, [1, -4], 'traindata', Buffer.alloc(0))),
      /a negative dimension/,
    ],
    [
      'a piece of text',
      withPiece(matMatrix(true, 4, [2, 88], '', numbers(2))),
      /piece 1 is not an array of real numbers/,
    ],
    [
      'a complex piece',
      withPiece(matMatrix(true, 0x0806, [2, 88], '', numbers(2))),
      /not an array of real numbers/,
    ],
    [
      'a width other than 88',
      matFile({
        ...PIECES,
        traindata: [
          [
            [0, 1],
            [1, 0],
          ],
        ],
      }),
      /piece 1 is 2×2, not frames × 88/,
    ],
    ['three dimensions', withPiece(matMatrix(true, 9, [2, 88, 1], '', numbers(2))), /2×88×1/],
    [
      'a piece of one frame',
      matFile({ ...PIECES, validdata: [dense(1)] }),
      /validdata, piece 1 has 1 frames/,
    ],
    [
      'too many frames',
      withPiece(matMatrix(true, 9, [2_000_000, 88], '', numbers(2))),
      /2000000 frames; more than/,
    ],
    [
      'fewer numbers than its size says',
      withPiece(matMatrix(true, 9, [3, 88], '', numbers(2))),
      /holds 176 bytes; 3×88 numbers take 264/,
    ],
    [
      'numbers stored as text',
      withPiece(matMatrix(true, 9, [2, 88], '', numbers(2, 16))),
      /element type 16, which holds no numbers/,
    ],
    [
      'a value of 2',
      matFile({ ...PIECES, testdata: [[new Array(88).fill(2), new Array(88).fill(0)]] }),
      /testdata, piece 1 holds 2/,
    ],
    [
      'a value of ½',
      matFile(
        { ...PIECES, testdata: [[new Array(88).fill(0.5), new Array(88).fill(0)]] },
        { arrayClass: 6, storage: 9 },
      ),
      /holds 0\.5/,
    ],
    ['a piece that is no array', withPiece(matElement(9, Buffer.alloc(8), true)), /piece 1 is not an array/],
    [
      'a small element of more than 4 bytes',
      (() => {
        const file = Buffer.from(uncompressed);
        file.set([1, 0, 9, 0], 128);
        return file;
      })(),
      /byte 128: a small element of 9 bytes/,
    ],
  ];
  test.each(cases)('%s', (_, file, message) => {
    expect(() => read(file)).toThrow(BadFile);
    expect(() => read(file)).toThrow(message);
    expect(() => read(file)).toThrow(/^rolls\.mat: [^\n]*$/);
  });
});

test('a mutated file gives rolls or a BadFile, soon', () => {
  const sources = [matFile(PIECES), matFile(PIECES, { compressed: false })];
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
      fc.nat(),
      (source, changes, cut) => {
        const file = Buffer.from(source);
        // Half of the changes go to the tags at the front, where they hurt most.
        for (const [at, to] of changes) file[at % 2 === 0 ? at % file.length : (at % 400) % file.length] = to;
        const begun = cpuMilliseconds();
        try {
          const rolls = read(cut % 4 === 0 ? file.subarray(0, cut % file.length) : file);
          for (const roll of rolls.train) expect(roll.keys).toHaveLength(roll.starts[roll.frames]);
        } catch (error) {
          if (!(error instanceof BadFile)) throw error;
        }
        expect(cpuMilliseconds() - begun).toBeLessThan(2000);
      },
    ),
    { numRuns: 1500 },
  );
});
