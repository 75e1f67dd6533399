import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWav } from '../../src/data/wav.js';
import { BadFile } from '../../src/platform/failure.js';
import { tone, u32le, wavFile } from './files.js';

function read(file: Uint8Array) {
  return readWav(file, 'voice.wav');
}

/** Codes as little-endian integers of `bits` bits; 8-bit codes are unsigned, with their zero at 128. */
function codes(bits: number, values: readonly number[]): Buffer {
  if (bits === 8) return Buffer.from(values.map((value) => value + 128));
  const out = Buffer.alloc((values.length * bits) / 8);
  for (const [i, value] of values.entries()) out.writeIntLE(value, (i * bits) / 8, bits / 8);
  return out;
}

function floats(values: readonly number[]): Buffer {
  const out = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) out.writeFloatLE(value, 4 * i);
  return out;
}

describe.each([false, true])('extensible: %s', (extensible) => {
  test.each([8, 16, 24, 32])('integers of %i bit are code / 2^(bits - 1)', (bits) => {
    const full = 2 ** (bits - 1);
    const values = [-full, -full + 1, -full / 2, -1, 0, 1, full / 4, full / 2, full - 1];
    const { samples, sampleRate } = read(
      wavFile(codes(bits, values), { bits, extensible, sampleRate: 11025 }),
    );
    expect(sampleRate).toBe(11025);
    expect(Array.from(samples)).toEqual(values.map((value) => Math.fround(value / full)));
  });

  test('floats of 32 bit are taken as they are', () => {
    const values = [-1, -0.25, 0, 1e-8, 0.5, 1, 1.5];
    const { samples } = read(wavFile(floats(values), { tag: 3, bits: 32, extensible }));
    expect(Array.from(samples)).toEqual(values.map(Math.fround));
  });
});

test.each([8, 16, 24, 32])('every code of %i bit that is drawn', (bits) => {
  const full = 2 ** (bits - 1);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -full, max: full - 1 }), { minLength: 1, maxLength: 50 }),
      (values) => {
        const { samples } = read(wavFile(codes(bits, values), { bits }));
        expect(Array.from(samples)).toEqual(values.map((value) => Math.fround(value / full)));
      },
    ),
  );
});

test('several channels become their mean', () => {
  const { samples } = read(wavFile(codes(16, [16384, 0, -16384, 8192, 8192, 8192]), { channels: 3 }));
  expect(Array.from(samples)).toEqual([0, 0.25]);
});

test('foreign chunks of even and odd size are passed over, and bytes after the RIFF chunk', () => {
  const list = Buffer.concat([Buffer.from('LIST'), u32le(3), Buffer.from('abc\0')]);
  const file = Buffer.concat([wavFile(codes(16, [1, 2]), { before: list }), Buffer.from('ID3 something')]);
  expect(read(file).samples).toHaveLength(2);
});

test('a file that is a part of a larger buffer', () => {
  const file = wavFile(codes(24, [-(2 ** 23), 2 ** 22]), { bits: 24 });
  const larger = Buffer.concat([Buffer.alloc(7, 1), file]);
  expect(Array.from(read(larger.subarray(7)).samples)).toEqual([-1, 0.5]);
});

describe('refused', () => {
  const good = wavFile(tone(100));
  const broken = Buffer.from(wavFile(tone(4), { extensible: true }));
  broken[12 + 8 + 30] = 9;
  const short = Buffer.from(good);
  short.writeUInt32LE(8, 16);
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', Buffer.alloc(0), /byte 0: no RIFF/],
    ['another format', Buffer.from('MThd............'), /byte 0: no RIFF/],
    ['a file cut short', good.subarray(0, 100), /byte 4: announces 244 bytes, the file has 100/],
    ['a RIFF size of 4 GB', wavFile(tone(4), { riffBytes: 0xffffffff }), /byte 4: announces/],
    [
      'a data size that lies',
      wavFile(tone(4), { dataBytes: 4000 }),
      /byte 40: a chunk of 4000 bytes where only 8/,
    ],
    ['a data size of 4 GB', wavFile(tone(4), { dataBytes: 0xffffffff }), /byte 40: a chunk of 4294967295/],
    ['no format', wavFile(tone(4)).fill('x', 12, 16), /no chunk "fmt "/],
    ['a short format', short, /byte 20: a format of 8 bytes|a chunk of/],
    ['no samples', wavFile(Buffer.alloc(0)), /no samples/],
    ['no channel', wavFile(tone(4), { channels: 0 }), /byte 22: no channel/],
    ['a rate of 0', wavFile(tone(4), { sampleRate: 0 }), /byte 24: a sampling rate of 0/],
    ['half a sample', wavFile(tone(4).subarray(0, 7)), /byte 40: 7 bytes of samples are no whole number/],
    ['half a sample frame', wavFile(tone(3), { channels: 2 }), /byte 40: 6 bytes/],
    ['a block size that lies', wavFile(tone(4), { blockBytes: 1 }), /byte 32: 1 bytes a sample frame/],
    ['a block size of 0', wavFile(tone(4), { blockBytes: 0 }), /byte 32: 0 bytes a sample frame/],
    ['12 bit', wavFile(tone(4), { bits: 12 }), /byte 20: format 0x1 with 12 bit/],
    ['0 bit', wavFile(tone(4), { bits: 0 }), /byte 20: format 0x1 with 0 bit/],
    ['µ-law', wavFile(tone(4), { tag: 7, bits: 8 }), /byte 20: format 0x7/],
    ['an unknown subformat', broken, /byte 44: an unknown subformat/],
    [
      'a sample that is not a number',
      wavFile(floats([0, Number.NaN]), { tag: 3, bits: 32 }),
      /byte 48: a sample that is not finite/,
    ],
    [
      'an infinite sample',
      wavFile(floats([Number.POSITIVE_INFINITY]), { tag: 3, bits: 32 }),
      /byte 44: a sample/,
    ],
  ];
  test.each(cases)('%s', (_, file, message) => {
    expect(() => read(file)).toThrow(BadFile);
    expect(() => read(file)).toThrow(message);
    expect(() => read(file)).toThrow(/^voice\.wav: [^\n]*$/);
  });
});

test('a mutated file gives samples or a BadFile, soon', () => {
  const sources = [
    wavFile(tone(60)),
    wavFile(tone(60), { channels: 2, extensible: true }),
    wavFile(floats([0, 1, -1]), { tag: 3, bits: 32 }),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { maxLength: 5 }),
      fc.nat(),
      (source, changes, cut) => {
        const file = Buffer.from(source);
        for (const [at, to] of changes) file[at % file.length] = to;
        const begun = performance.now();
        try {
          const { samples, sampleRate } = read(cut % 4 === 0 ? file.subarray(0, cut % file.length) : file);
          expect(samples.length).toBeGreaterThan(0);
          expect(samples.every(Number.isFinite)).toBe(true);
          expect(sampleRate).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof BadFile)) throw error;
        }
        expect(performance.now() - begun).toBeLessThan(2000);
      },
    ),
    { numRuns: 2000 },
  );
});
