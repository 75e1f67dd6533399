import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expand } from '../../src/data/formats/g711.js';
import { readWav } from '../../src/data/formats/wav.js';
import { BadFile } from '../../src/platform/failure.js';
import { cpuMilliseconds } from '../cpu-time.js';
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

function doubles(values: readonly number[]): Buffer {
  const out = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) out.writeDoubleLE(value, 8 * i);
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

  test('floats of 64 bit are rounded to 32', () => {
    const values = [-1, -0.1, 0, 1e-8, 1 / 3, 1, 1.5];
    const { samples, encoding } = read(wavFile(doubles(values), { tag: 3, bits: 64, extensible }));
    expect(Array.from(samples)).toEqual(values.map(Math.fround));
    expect(encoding).toBe('64-bit floats');
  });

  test.each([
    [12, 16],
    [20, 24],
    [4, 8],
    [25, 32],
  ])('%i significant bits are the upper ones of %i', (bits, stored) => {
    const full = 2 ** (bits - 1);
    const values = [-full, -1, 0, 1, full - 1];
    const shifted = values.map((value) => value * 2 ** (stored - bits));
    const file = wavFile(codes(stored, shifted), { bits, blockBytes: stored / 8, extensible });
    expect(Array.from(read(file).samples)).toEqual(values.map((value) => Math.fround(value / full)));
  });

  test.each([
    [7, 'mu-law', [0x00, 0x80, 0x7f, 0xff, 0x2a], [-32124, 32124, 0, 0, -5372]],
    [6, 'A-law', [0x2a, 0xaa, 0x55, 0xd5, 0x00], [-32256, 32256, -8, 8, -5504]],
  ])('codec %i, %s', (tag, encoding, values, integers) => {
    const recording = read(wavFile(Buffer.from(values), { tag, bits: 8, extensible }));
    expect(Array.from(recording.samples)).toEqual(integers.map((value) => value / 32768));
    expect(recording.encoding).toBe(encoding);
  });
});

test.each([
  // SHA-256 of the 256 codes, 16 bit little endian, by audioop of Python 3.11.
  ['mu-law' as const, '3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827'],
  ['A-law' as const, 'e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174'],
])('every code of %s', (law, sha256) => {
  const expanded = expand(
    Uint8Array.from({ length: 256 }, (_, code) => code),
    law,
  );
  expect(createHash('sha256').update(expanded).digest('hex')).toBe(sha256);
});

describe('what no sample depends on changes no sample', () => {
  const data = codes(16, [1, -2, 3, -4]);
  const odd = codes(8, [1, -2, 3]);
  const chunk = (name: string, content: Uint8Array, pad = content.length % 2) =>
    Buffer.concat([Buffer.from(name), u32le(content.length), content, Buffer.alloc(pad)]);
  const list = chunk('LIST', Buffer.from('INFOICMT\x04\0\0\0abc\0'));
  const before = Buffer.concat([
    chunk('JUNK', Buffer.alloc(28)),
    chunk('bext', Buffer.alloc(603)),
    chunk('LIST', Buffer.from('abc')),
    chunk('fact', u32le(4)),
  ]);
  /** The sizes of RF64, of 64 bit each. */
  const ds64 = (bytes: number, rest = 0) =>
    chunk('ds64', Buffer.concat([u32le(99), u32le(rest), u32le(bytes), u32le(rest), Buffer.alloc(12)]));
  const rf64 = (name: string, sizes: Buffer, dataBytes = 0xffffffff) => {
    const file = wavFile(data, { before: sizes, dataBytes, riffBytes: 0xffffffff });
    file.write(name, 0, 'latin1');
    return file;
  };
  const open = [0, 0x7ffff000, 0x7fffffff, 0x80000000, 0xffffffdb, 0xffffffff];
  const whole: [string, Uint8Array][] = [
    ...open.flatMap((bytes): [string, Uint8Array][] => [
      [`sizes left open as ${bytes}`, wavFile(data, { dataBytes: bytes, riffBytes: bytes })],
      [`a data size left open as ${bytes}`, wavFile(data, { dataBytes: bytes, before })],
      [`a RIFF size left open as ${bytes}`, wavFile(data, { riffBytes: bytes })],
    ]),
    ...[-40, -8, -1, 1, 8, 4000].map((by): [string, Uint8Array] => [
      `a RIFF size off by ${by}`,
      wavFile(data, { riffBytes: 44 + by }),
    ]),
    ['foreign chunks before', wavFile(data, { before })],
    ['an odd chunk before without padding', wavFile(data, { before: chunk('LIST', Buffer.from('abc'), 0) })],
    ['a chunk behind', Buffer.concat([wavFile(data), list])],
    ['a chunk behind that is cut', Buffer.concat([wavFile(data), list.subarray(0, -5)])],
    ['bytes behind that are no chunk', Buffer.concat([wavFile(data), Buffer.from([0, 255, 3])])],
    [
      'bytes behind, within the RIFF size',
      Buffer.concat([wavFile(data, { riffBytes: 47 }), Buffer.alloc(3)]),
    ],
    ['RF64', rf64('RF64', ds64(8))],
    ['BW64', rf64('BW64', ds64(8))],
    ['RF64 of a size left open', rf64('RF64', ds64(0xffffffff, 0xffffffff))],
    ['RF64 of size 0', rf64('RF64', ds64(0))],
    ['RF64 without its sizes', rf64('RF64', Buffer.alloc(0))],
    ['RF64 with an ordinary size', rf64('RF64', ds64(8), 8)],
  ];
  test.each(whole)('%s', (_, file) => {
    const { samples, remarks } = read(file);
    expect(Array.from(samples, (sample) => sample * 32768)).toEqual([1, -2, 3, -4]);
    expect(remarks).toEqual([]);
  });

  test('samples of an odd size without padding, then a chunk', () => {
    const file = Buffer.concat([wavFile(odd, { bits: 8 }).subarray(0, -1), list]);
    expect(Array.from(read(file).samples, (sample) => sample * 128)).toEqual([1, -2, 3]);
  });

  test.each([
    ['by the announced size', wavFile(data.subarray(0, 7))],
    ['where the size was left open', wavFile(data.subarray(0, 7), { dataBytes: 0 }).subarray(0, -1)],
    ['of two channels', wavFile(codes(16, [1, 1, -2, -2, 3, 3, 9]), { channels: 2 })],
  ])('a last frame that is cut, %s', (_, file) => {
    const { samples, remarks } = read(file);
    expect(Array.from(samples, (sample) => sample * 32768)).toEqual([1, -2, 3]);
    expect(remarks).toEqual(['the last sample frame is cut and left out']);
  });

  test('a second chunk of samples', () => {
    const { samples, remarks } = read(Buffer.concat([wavFile(data), chunk('data', data)]));
    expect(samples).toHaveLength(4);
    expect(remarks).toEqual(['samples behind the first chunk "data" are left out']);
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
    [
      'a file cut short',
      good.subarray(0, 100),
      /byte 40: 200 bytes of samples are announced where only 56 are left: cut short/,
    ],
    [
      'a data size that lies',
      wavFile(tone(4), { dataBytes: 4000 }),
      /byte 40: 4000 bytes of samples are announced where only 8/,
    ],
    ['a data size of 3 GB', wavFile(tone(4), { dataBytes: 3e9 }), /byte 40: 3000000000 bytes of samples/],
    [
      'a chunk before the samples that lies',
      wavFile(tone(4), { before: Buffer.concat([Buffer.from('LIST'), u32le(4000), Buffer.alloc(8)]) }),
      /byte 16: a chunk of 4000 bytes where only/,
    ],
    [
      'an empty chunk of samples, then another',
      Buffer.concat([wavFile(Buffer.alloc(0)), Buffer.from('LIST'), u32le(4), tone(2)]),
      /no samples/,
    ],
    [
      'another byte order',
      Buffer.concat([Buffer.from('RIFX'), good.subarray(4)]),
      /a RIFX file, .* convert it/,
    ],
    [
      'SPHERE',
      Buffer.from('NIST_1A\n   1024\n'),
      /a NIST SPHERE file, as those of TIMIT, not WAV; convert it/,
    ],
    [
      'chunks without end',
      wavFile(tone(4), { before: Buffer.alloc(96_000, 'JUNK\0\0\0\0', 'latin1') }),
      /more than 10000 chunks before/,
    ],
    ['FLAC', Buffer.from('fLaC\0\0\0\x22........'), /a FLAC file/],
    ['AIFF', Buffer.from('FORM....AIFFCOMM'), /an AIFF file/],
    ['no format', wavFile(tone(4)).fill('x', 12, 16), /no chunk "fmt "/],
    ['a short format', short, /byte 20: a format of 8 bytes|a chunk of/],
    ['no samples', wavFile(Buffer.alloc(0)), /no samples/],
    ['no channel', wavFile(tone(4), { channels: 0 }), /byte 22: no channel/],
    ['a rate of 0', wavFile(tone(4), { sampleRate: 0 }), /byte 24: a sampling rate of 0/],
    ['half a sample and no other', wavFile(Buffer.of(1)), /no samples/],
    ['a block size that lies', wavFile(tone(4), { blockBytes: 1 }), /byte 32: 1 bytes a sample frame/],
    ['a block size of 0', wavFile(tone(4), { blockBytes: 0 }), /byte 32: 0 bytes a sample frame/],
    [
      '12 bit of no whole number of bytes',
      wavFile(tone(4), { bits: 12 }),
      /byte 32: 1 bytes a sample frame where 1 × 12 bit take 2/,
    ],
    ['40 bit', wavFile(tone(4), { bits: 40 }), /byte 20: format 0x1 with 40 bit is not read; convert/],
    ['floats of 16 bit', wavFile(tone(4), { tag: 3 }), /byte 20: format 0x3 with 16 bit is not read/],
    [
      'a double beyond 32 bit',
      wavFile(doubles([1e300]), { tag: 3, bits: 64 }),
      /byte 44: a sample that is not/,
    ],
    ['0 bit', wavFile(tone(4), { bits: 0 }), /byte 20: format 0x1 with 0 bit/],
    [
      'ADPCM',
      wavFile(tone(4), { tag: 17, bits: 4 }),
      /byte 20: IMA ADPCM \(format 0x11\) with 4 bit is not read/,
    ],
    ['MP3', wavFile(tone(4), { tag: 85, bits: 0 }), /byte 20: MP3 \(format 0x55\)/],
    ['mu-law of 16 bit', wavFile(tone(4), { tag: 7 }), /byte 20: mu-law \(format 0x7\) with 16 bit/],
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
        const begun = cpuMilliseconds();
        try {
          const { samples, sampleRate } = read(cut % 4 === 0 ? file.subarray(0, cut % file.length) : file);
          expect(samples.length).toBeGreaterThan(0);
          expect(samples.every(Number.isFinite)).toBe(true);
          expect(sampleRate).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof BadFile)) throw error;
        }
        expect(cpuMilliseconds() - begun).toBeLessThan(2000);
      },
    ),
    { numRuns: 2000 },
  );
});
