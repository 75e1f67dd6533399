import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { downloadDataset } from '../../src/data/acquire.js';
import { findManifest, loadDataset } from '../../src/data/catalogue.js';
import { hashOfFiles } from '../../src/data/content-hash.js';
import { importFile } from '../../src/data/import-file.js';
import { Failure } from '../../src/platform/failure.js';
import { takeLock } from '../../src/platform/lock.js';
import { smallPiece, temporaryFolder, tone, wavFile, writeFiles, zipFile } from './files.js';
import { testOnRealData } from './real-data.js';

let folder: string;

/** The user's cache; GRU_BENCH_DATA leads elsewhere, so that nothing is found but what a test puts there. */
let cache: string;

beforeEach(() => {
  folder = temporaryFolder();
  cache = join(folder, 'cache', 'datasets');
  vi.stubEnv('GRU_BENCH_CACHE', join(folder, 'cache'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function withoutData(): void {
  vi.stubEnv('GRU_BENCH_DATA', join(folder, 'nothing'));
}

const offline: typeof fetch = () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));

const serving =
  (content: Uint8Array): typeof fetch =>
  async () =>
    new Response(new Uint8Array(content), { headers: { 'content-length': String(content.length) } });

async function tarOf(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const packing = pack();
  for (const [name, content] of files) packing.entry({ name }, Buffer.from(content));
  packing.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of packing) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

describe('download', () => {
  test('damaged files in a folder beside the cache, of a like name, are their owner’s', async () => {
    const beside = `${cache}-of-mine`;
    writeFiles(beside, { 'nottingham/Nottingham.mat': 'damaged' });
    vi.stubEnv('GRU_BENCH_DATA', beside);
    await expect(downloadDataset(findManifest('nottingham'), { fetch: offline })).rejects.toThrow(
      /datasets-of-mine.*SHA-256 .* remove it/,
    );
  });

  test('offline: one line with what each place answered and the ways out', async () => {
    withoutData();
    const failed = downloadDataset(findManifest('nottingham'), { fetch: offline });
    await expect(failed).rejects.toThrow(
      /^nottingham could not be fetched \([^)]*ENOTFOUND\): [^\n]*import FILE[^\n]*GRU_BENCH_DATA[^\n]*demo-music[^\n]*$/,
    );
    await expect(failed).rejects.toBeInstanceOf(Failure);
    expect(existsSync(join(cache, 'nottingham', 'Nottingham.mat'))).toBe(false);
  });

  test('recordings: without apt-get and offline, one line too', async () => {
    withoutData();
    vi.stubEnv('PATH', join(folder, 'no-programs'));
    await expect(downloadDataset(findManifest('speech-a'), { fetch: offline })).rejects.toThrow(
      /^speech-a could not be fetched \(no apt-get here; [^\n]*ENOTFOUND\): [^\n]*demo-speech[^\n]*$/,
    );
  });

  testOnRealData('puts the file into the cache, once; and again where it was damaged', async (data) => {
    const content = readFileSync(join(data, 'jsb-chorales', 'JSB_Chorales.mat'));
    withoutData();
    const manifest = findManifest('jsb-chorales');
    const path = join(cache, 'jsb-chorales', 'JSB_Chorales.mat');
    expect(await downloadDataset(manifest, { fetch: serving(content) })).toEqual({ path, fetched: true });
    expect(await downloadDataset(manifest, { fetch: offline })).toEqual({ path, fetched: false });
    writeFileSync(path, 'damaged');
    expect(await downloadDataset(manifest, { fetch: serving(content) })).toEqual({ path, fetched: true });
    expect((await loadDataset('jsb-chorales')).splits.train).toHaveLength(229);
  });

  test('a set that another process fetches is waited for, and then not fetched again', async () => {
    withoutData();
    const lines: string[] = [];
    const other = takeLock(join(cache, 'nottingham.lock'), 'nottingham');
    const waiting = downloadDataset(findManifest('nottingham'), {
      fetch: offline,
      says: (line) => {
        lines.push(line);
        other.release();
      },
    });
    // The other one gave up, so this one tries.
    await expect(waiting).rejects.toThrow(/^nottingham could not be fetched/);
    expect(lines[0]).toMatch(/^nottingham is in use by process \d+ /);
  });

  testOnRealData('two that fetch one set at once fetch it once', async (data) => {
    const content = readFileSync(join(data, 'jsb-chorales', 'JSB_Chorales.mat'));
    withoutData();
    let fetches = 0;
    const fetch: typeof globalThis.fetch = (...request) => {
      fetches++;
      return serving(content)(...request);
    };
    const both = [1, 2].map(() => downloadDataset(findManifest('jsb-chorales'), { fetch }));
    expect((await Promise.all(both)).map(({ fetched }) => fetched).sort()).toEqual([false, true]);
    expect(fetches).toBe(1);
    expect(readdirSync(cache)).toEqual(['jsb-chorales']);
  });

  testOnRealData(
    'recordings through a package of apt-get, of which only the right one is taken',
    async (data) => {
      withoutData();
      // Stands in for apt-get and dpkg-deb: leaves a package, whose tar file is `$TAR`.
      const programs = join(folder, 'programs');
      writeFiles(programs, {
        'apt-get': '#!/bin/sh\nprintf \'!<arch>\\nrest\' > "$3.deb"\n',
        'dpkg-deb': '#!/bin/sh\n/bin/cat "$TAR"\n',
      });
      for (const program of readdirSync(programs)) chmodSync(join(programs, program), 0o755);
      vi.stubEnv('PATH', programs);
      vi.stubEnv('TAR', join(folder, 'package.tar'));
      const files = new Map(
        readdirSync(join(data, 'asterisk-en', 'wav'), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.wav'))
          .map(
            (file) =>
              [`./usr/share/sounds/${file}`, readFileSync(join(data, 'asterisk-en', 'wav', file))] as const,
          ),
      );
      const changed = new Map([...files].slice(1));
      writeFileSync(join(folder, 'package.tar'), await tarOf(changed));
      const options = { fetch: offline };
      await expect(downloadDataset(findManifest('speech-b'), options)).rejects.toThrow(
        /its 567 \.wav files are not those/,
      );
      expect(existsSync(join(cache, 'asterisk-en'))).toBe(false);
      writeFileSync(join(folder, 'package.tar'), await tarOf(files));
      const path = join(cache, 'asterisk-en', 'wav');
      expect(await downloadDataset(findManifest('speech-b'), options)).toEqual({ path, fetched: true });
      expect(await downloadDataset(findManifest('speech-a'), options)).toEqual({ path, fetched: false });
      expect(readdirSync(join(cache, 'asterisk-en'))).toEqual(['wav']);
      expect((await loadDataset('speech-b')).splits.train).toHaveLength(640);
    },
  );
});

describe('import', () => {
  testOnRealData('a .mat under any name, a folder and an archive of recordings', async (data) => {
    cpSync(join(data, 'jsb-chorales', 'JSB_Chorales.mat'), join(folder, 'anything.bin'));
    withoutData();
    expect(await importFile(join(folder, 'anything.bin'))).toEqual({
      names: ['jsb-chorales'],
      path: join(cache, 'jsb-chorales', 'JSB_Chorales.mat'),
    });
    expect((await loadDataset('jsb-chorales')).splits.test).toHaveLength(77);
    const { names, path } = await importFile(join(data, 'asterisk-en'));
    expect(names).toEqual(['speech-a', 'speech-b']);
    expect(path).toBe(join(cache, 'asterisk-en', 'wav'));
    expect((await loadDataset('speech-a')).splits.valid).toHaveLength(723);
  });

  test.each([
    [
      'a file of another kind',
      'text',
      /file: not the \.mat file of jsb-chorales, musedata, nottingham, piano-midi/,
    ],
    ['an empty file', '', /file: not the \.mat file of/],
    [
      'other recordings',
      zipFile([{ name: 'a.wav', content: wavFile(tone(100)) }]),
      /file: its 1 \.wav files are not the recordings of speech-a, speech-b .*no import: unpack it, and name the folder/,
    ],
    [
      'other recordings in capitals, beside hidden ones',
      zipFile(['A.WAV', 'b.wav', '__MACOSX/._b.wav'].map((name) => ({ name, content: wavFile(tone(100)) }))),
      /file: its 2 \.wav files are not the recordings of speech-a, speech-b/,
    ],
    [
      'a hostile archive',
      zipFile([{ name: '../../a.wav', content: wavFile(tone(100)) }]),
      /leads out of its folder/,
    ],
  ])('%s', async (_, content, message) => {
    writeFiles(folder, { file: content });
    await expect(importFile(join(folder, 'file'))).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  describe('what needs no import, or something else before', () => {
    const wav = wavFile(tone(100));
    const mat = Buffer.from('MATLAB 5.0 MAT-file, Platform: GLNXA64');
    const cases: [string, string, Uint8Array | string, RegExp][] = [
      ['a MIDI file', 'a.mid', smallPiece(), /a\.mid: one MIDI file; put it with others into a folder/],
      [
        'MIDI within RIFF',
        'a.mid',
        Buffer.from('RIFF\n\n\0\0RMIDdata'),
        /a\.mid: one MIDI file; put it with others/,
      ],
      ['a recording', 'a.wav', wav, /a\.wav: one recording; put it with others into a folder/],
      [
        'a zip of MIDI',
        'a.zip',
        zipFile(['train/1.mid', 'train/2.MID', 'README'].map((name) => ({ name, content: smallPiece() }))),
        /a\.zip: 2 MIDI files, which need no import; unpack it, and name the folder that comes out: --dataset FOLDER$/,
      ],
      [
        'a zip of rolls',
        'a.zip',
        zipFile([{ name: 'a.mat', content: mat }]),
        /holds a \.mat file; unpack it, and import that/,
      ],
      [
        'a zip of something',
        'a.zip',
        zipFile([{ name: 'a.txt', content: mat }]),
        /a\.zip: no \.wav file in it, nor any/,
      ],
      [
        'a pickle of protocol 2',
        'a.dat',
        Buffer.from([0x80, 2, 0x7d, 0x2e]),
        /a\.dat: a pickle, .* python3 -c .*json\.dump/,
      ],
      [
        'a pickle of protocol 0',
        'a b.pickle',
        '(dp0\n.',
        /a pickle, .* '\S*\/a b\.pickle' rolls\.json, and name that: --dataset/,
      ],
      [
        'rolls in JSON',
        'a.json',
        '{}',
        /in JSON need no import; name the file itself: --dataset \S+a\.json$/,
      ],
      [
        'a packed MAT-file',
        'a.bin',
        gzipSync(mat),
        /a packed MAT-file; unpack it with gunzip --keep \S+, then import/,
      ],
      ['a packed file', 'a.gz', gzipSync('text'), /a packed file, and no \.tar\.gz; unpack it with gunzip/],
      ['a broken packed MAT-file', 'a.mat.gz', Buffer.from([0x1f, 0x8b, 1]), /a packed MAT-file/],
      ['another archive', 'a.rar', 'Rar!....', /a packed file that is not read; unpack it first/],
    ];
    test.each(cases)('%s', async (_, name, content, message) => {
      writeFiles(folder, { [name]: content });
      await expect(importFile(join(folder, name))).rejects.toThrow(message);
      await expect(importFile(join(folder, name))).rejects.toThrow(/^\P{Cc}*$/u);
      expect(readdirSync(folder)).toEqual([name]);
    });

    test('a folder of MIDI, and one of rolls', async () => {
      writeFiles(folder, { 'midi/train/a.mid': smallPiece(), 'rolls/Nottingham.mat': mat });
      await expect(importFile(join(folder, 'midi'))).rejects.toThrow(
        /midi: one MIDI file, which needs no import; name the folder itself: --dataset \S+midi$/,
      );
      await expect(importFile(join(folder, 'rolls'))).rejects.toThrow(
        /holds a \.mat file; import that file itself/,
      );
    });

    test('a folder of recordings in capitals is what an archive of them is', async () => {
      writeFiles(folder, { 'A.WAV': wav, 'b.wav': wav, '._b.wav': wav });
      await expect(importFile(folder)).rejects.toThrow(
        /: its 2 \.wav files are not the recordings of .*: name the folder itself: --dataset \S+$/,
      );
    });

    test('a folder of more recordings than any named set has', async () => {
      writeFiles(folder, { 'a.wav': wav, 'b.wav': wav });
      truncateSync(join(folder, 'b.wav'), 2 ** 29);
      await expect(importFile(folder)).rejects.toThrow(
        /2 \.wav files of more than 256 MiB, which no named data set has; recordings of your own need no import/,
      );
    });

    test('the same as a data set', async () => {
      writeFiles(folder, { 'a.mid': smallPiece(), 'a.pkl': 'x' });
      await expect(loadDataset(join(folder, 'a.mid'))).rejects.toThrow(/one MIDI file; put it with others/);
      await expect(loadDataset(join(folder, 'a.pkl'))).rejects.toThrow(/a pickle, which only Python reads/);
      await expect(loadDataset(join(folder, 'a.json'))).rejects.toThrow(/^no file /);
    });
  });

  test('nothing there, or a folder without recordings', async () => {
    await expect(importFile(join(folder, 'nowhere'))).rejects.toThrow(/nowhere: no such file/);
    await expect(importFile(folder)).rejects.toThrow(/no \.wav file in it, nor any other/);
  });
});

test('the common hash of files is that of sha256sum, whatever the order', () => {
  const a = ['a.wav', Buffer.from('one')] as const;
  const b = ['b/c.wav', Buffer.from('two')] as const;
  // printf one > a.wav; mkdir b; printf two > b/c.wav; sha256sum a.wav b/c.wav | sha256sum
  const expected = 'c25957de38bb08bf4c8600c8b2563a5fe38603ad4f5872bf33ffe70b34bd664d';
  expect(hashOfFiles(new Map([a, b]))).toBe(expected);
  expect(hashOfFiles(new Map([b, a]))).toBe(expected);
});
