import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findManifest, type LoadOptions, loadDataset } from '../../src/data/catalogue.js';
import { OWN_DATA } from '../../src/data/dataset-name.js';
import { datasetNames } from '../../src/data/dataset-names.js';
import { jsonRolls, MUSIC_FORMATS, SPEECH_FORMATS } from '../../src/data/formats/registry.js';
import { readManifests, readRecordingsSource } from '../../src/data/manifest.js';
import { type Dataset, SPLITS, type Split } from '../../src/data/sequence.js';
import { datasetStatistics, differences, noteName } from '../../src/data/statistics.js';
import { Failure, Misuse } from '../../src/platform/failure.js';
import {
  midiEvent,
  midiFile,
  midiTrack,
  smallPiece,
  temporaryFolder,
  tone,
  wavFile,
  writeFiles,
} from './files.js';
import { testOnRealData } from './real-data.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function sizes(dataset: Dataset): number[] {
  return SPLITS.map((split) => dataset.splits[split].length);
}

/** The one line of a load that must fail. */
async function complaint(name: string, options = {}): Promise<string> {
  const error = await loadDataset(name, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  const { message } = error as Failure;
  expect(message).not.toContain('\n');
  return message;
}

describe('the published sets', () => {
  for (const name of ['nottingham', 'jsb-chorales', 'musedata', 'piano-midi', 'speech-a', 'speech-b']) {
    testOnRealData(`${name} has the counts of its manifest, and the SHA-256 of the results`, async () => {
      const { expected } = findManifest(name);
      const dataset = await loadDataset(name);
      expect(differences(datasetStatistics(dataset), expected as NonNullable<typeof expected>)).toEqual([]);
      const record = JSON.parse(readFileSync(join(ROOT, 'results/paper/experiment.json'), 'utf8'));
      const { sha256 } = record.datasets.find((one: { plan: { name: string } }) => one.plan.name === name);
      expect(dataset.sha256).toBe(sha256);
    });
  }

  test('the manifests hold the table of the paper', () => {
    const counts = ['nottingham', 'jsb-chorales', 'musedata', 'piano-midi'].map((name) => {
      const { train, valid, test } = findManifest(name).expected as NonNullable<
        ReturnType<typeof findManifest>['expected']
      >;
      return [
        [train.sequences, train.frames, train.shortest, train.longest, train.notesPerFrame],
        [valid.sequences, valid.frames],
        [test.sequences, test.frames],
      ];
    });
    expect(counts).toEqual([
      [
        [694, 176561, 40, 1788, 3.961],
        [173, 45513],
        [170, 44463],
      ],
      [
        [229, 13807, 25, 129, 3.898],
        [76, 4602],
        [77, 4725],
      ],
      [
        [524, 245202, 9, 3457, 3.493],
        [135, 82755],
        [124, 64339],
      ],
      [
        [87, 75911, 111, 3857, 3.044],
        [12, 8540],
        [25, 19036],
      ],
    ]);
    const total = (name: string) =>
      Object.values(findManifest(name).expected ?? {}).reduce((sum, split) => sum + split.sequences, 0);
    expect([total('speech-a'), total('speech-b')]).toEqual([7230, 800]);
  });

  testOnRealData(
    'a bound on the sequences takes the first, and leaves the scale of speech as it is',
    async () => {
      const whole = await loadDataset('speech-b');
      const bounded = await loadDataset('speech-b', { maxSequences: 3 });
      expect(sizes(bounded)).toEqual([3, 3, 3]);
      expect(bounded.splits.test).toEqual(whole.splits.test.slice(0, 3));
      expect(bounded.sha256).not.toBe(whole.sha256);
      expect(sizes(await loadDataset('jsb-chorales', { maxSequences: 100 }))).toEqual([100, 76, 77]);
    },
  );

  testOnRealData('a recording that was changed or is missing is told', async (data) => {
    const { folder: place } = readRecordingsSource('asterisk-en');
    cpSync(join(data, place), join(folder, place), { recursive: true });
    vi.stubEnv('GRU_BENCH_DATA', folder);
    expect(sizes(await loadDataset('speech-b'))).toEqual([640, 80, 80]);
    const changed = join(folder, place, 'vm-no.wav');
    const bytes = readFileSync(changed);
    bytes[100] ^= 1;
    writeFileSync(changed, bytes);
    expect(await complaint('speech-a')).toMatch(/a recording was changed/);
    rmSync(changed);
    expect(await complaint('speech-a')).toMatch(/567 \.wav files instead of 568/);
  });

  testOnRealData('a damaged file is told by its SHA-256', async (data) => {
    cpSync(join(data, 'jsb-chorales'), join(folder, 'jsb-chorales'), { recursive: true });
    vi.stubEnv('GRU_BENCH_DATA', folder);
    rmSync(join(folder, 'jsb-chorales', 'JSB_Chorales.mat'));
    writeFileSync(join(folder, 'jsb-chorales', 'JSB_Chorales.mat'), 'no rolls');
    expect(await complaint('jsb-chorales')).toMatch(
      /JSB_Chorales\.mat: SHA-256 .* instead of ac0e6085.*download jsb-chorales/,
    );
  });

  test('missing files: one line with the ways out', async () => {
    vi.stubEnv('GRU_BENCH_DATA', folder);
    vi.stubEnv('GRU_BENCH_CACHE', join(folder, 'cache'));
    const message = await complaint('nottingham');
    for (const way of [
      'datasets download nottingham',
      'datasets import FILE',
      'GRU_BENCH_DATA',
      '--dataset demo-music',
    ]) {
      expect(message).toContain(way);
    }
    expect(await complaint('speech-a')).toContain('--dataset demo-speech');
  });
});

describe('the embedded sets', () => {
  test('demo-music and demo-speech load from the package and say that they are synthetic', async () => {
    vi.stubEnv('GRU_BENCH_DATA', folder);
    for (const name of ['demo-music', 'demo-speech']) {
      const dataset = await loadDataset(name);
      expect(Math.min(...sizes(dataset))).toBeGreaterThanOrEqual(10);
      expect(findManifest(name).synthetic).toBe(true);
      expect(findManifest(name).what).toMatch(/^synthetic/);
      expect(dataset.remarks.filter(({ file }) => file !== undefined)).toEqual([]);
    }
  });

  test('demo-speech in windows of another length', async () => {
    const dataset = await loadDataset('demo-speech', { windowSamples: 1000, maxSequences: 2 });
    expect(dataset.kind === 'speech' && dataset.splits.train[0].samples.length).toBe(1000);
  });
});

describe('names', () => {
  test('are those of the manifests, each of its own file', () => {
    expect(readManifests().map(({ name }) => name)).toEqual(datasetNames());
    expect(datasetNames()).toEqual([
      'demo-music',
      'demo-speech',
      'jsb-chorales',
      'musedata',
      'nottingham',
      'piano-midi',
      'speech-a',
      'speech-b',
    ]);
  });

  test('unknown ones are met with the likeliest', async () => {
    expect(await complaint('notingham')).toMatch(/did you mean nottingham\?/);
    expect(await complaint('JSB-chorals')).toMatch(/did you mean jsb-chorales\?/);
    expect(await complaint('imagenet')).toMatch(/there are demo-music, /);
    await expect(loadDataset('notingham')).rejects.toBeInstanceOf(Misuse);
  });

  test('a path that is no folder', async () => {
    expect(await complaint('./nowhere')).toBe('no folder ./nowhere');
    writeFiles(folder, { 'tunes/a.mid': smallPiece(), 'my.yaml': 'seeds: 1' });
    expect(await complaint(join(folder, 'tuness'))).toMatch(/^no folder .*; did you mean \S+tunes\?$/);
    expect(await complaint(join(folder, 'my.yaml'))).toMatch(/my\.yaml is a file; a data set is [^;]*$/);
    writeFiles(folder, { 'a.mat': 'MATLAB 5.0 MAT-file' });
    expect(await complaint(join(folder, 'a.mat'))).toMatch(/is a file; a data set is a folder/);
    for (const start of ['PK\x03\x04', '!<arch>\n', `${'\0'.repeat(257)}ustar`]) {
      writeFiles(folder, { packed: start });
      expect(await complaint(join(folder, 'packed'))).toMatch(
        /packed: an archive; unpack it, and name the folder that comes out: --dataset FOLDER; .* "gru-bench datasets import \S+packed"$/,
      );
    }
  });

  test('options that make no sense', async () => {
    expect(await complaint('demo-music', { maxSequences: 0 })).toMatch(/at most 0 sequences/);
    expect(await complaint('demo-music', { windowSamples: 500 })).toMatch(/has no windows/);
    expect(await complaint('speech-a', { windowSamples: 800 })).toMatch(/fixed length|is in none of/);
    expect(await complaint('demo-speech', { windowSamples: 29 })).toMatch(/at least 30/);
    for (const name of ['demo-music', 'speech-a']) {
      expect(await complaint(name, { splitSeed: 1 })).toMatch(/has splits of its own; --split-seed/);
      expect(await complaint(name, { skipBroken: true })).toMatch(/--skip-broken is for folders/);
    }
    expect(await complaint('.', { splitSeed: 0.5 })).toMatch(/split seed of 0\.5/);
    expect(await complaint('.', { splitShares: [1, 0, 1] })).toMatch(/split shares of 1,0,1/);
  });
});

describe('a folder of music', () => {
  const splitUp = {
    'train/b.mid': smallPiece(50),
    'train/a.MIDI': smallPiece(40),
    'valid/c.mid': smallPiece(),
    'test/d/e.mid': smallPiece(),
  };

  test('with train, valid and test inside, in the order of the paths', async () => {
    writeFiles(folder, { ...splitUp, 'train/._b.mid': 'of another system', 'README.md': 'text' });
    const dataset = await loadDataset(folder);
    expect(sizes(dataset)).toEqual([2, 1, 1]);
    expect(dataset.name).toBe(folder);
    const lowest = dataset.kind === 'music' ? dataset.splits.train.map(({ keys }) => keys[0] + 21) : [];
    expect(lowest).toEqual([40, 50]);
    expect(sizes(await loadDataset(folder, { maxSequences: 1 }))).toEqual([1, 1, 1]);
  });

  test('the hash follows the content and the order, not the folder', async () => {
    writeFiles(folder, splitUp);
    const { sha256 } = await loadDataset(folder);
    const other = join(folder, 'other');
    writeFiles(other, splitUp);
    expect((await loadDataset(other)).sha256).toBe(sha256);
    writeFiles(other, { 'train/b.mid': smallPiece(51) });
    expect((await loadDataset(other)).sha256).not.toBe(sha256);
  });

  test('split by the hash of the names, which stays when files come', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.mid`, smallPiece(30 + i)]));
    writeFiles(folder, files);
    const before = await loadDataset(folder);
    expect(sizes(before).reduce((a, b) => a + b)).toBe(40);
    expect(Math.min(...sizes(before))).toBeGreaterThan(0);
    writeFiles(folder, { 'zz/41.mid': smallPiece() });
    const after = await loadDataset(folder);
    const firsts = (dataset: Dataset) =>
      dataset.kind === 'music' ? dataset.splits.test.map(({ keys }) => keys[0]) : [];
    expect(firsts(after).slice(0, firsts(before).length)).toEqual(firsts(before));
  });

  test.each([
    ['an empty folder', {}, /no \.mid, \.midi or \.wav file in it$/],
    [
      'files of other kinds',
      { 'a.mp3': '', 'b/c.flac': '' },
      /no \.mid, \.midi or \.wav file in it, but 2 of other kinds, such as a\.mp3; convert music to MIDI/,
    ],
    [
      'rolls in JSON',
      { 'README.md': '', 'b c.json': '{}' },
      /piano-rolls in JSON are named themselves: --dataset '\S+\/b c\.json'$/,
    ],
    [
      'no valid',
      { 'train/a.mid': smallPiece(), 'test/a.mid': smallPiece() },
      /has train, test but not valid/,
    ],
    [
      'an empty split',
      { 'train/a.mid': smallPiece(), 'test/a.mid': smallPiece(), 'valid/x.txt': '' },
      /no file in valid/,
    ],
    [
      'a file outside',
      { ...splitUp, 'lost.mid': smallPiece() },
      /lost\.mid lies outside of train, valid and test/,
    ],
    [
      'too few files to split',
      { 'a.mid': smallPiece() },
      /: 1 file is too few: train, valid and test need one each$/,
    ],
    [
      'few files to split',
      { 'a.mid': smallPiece(), 'b.mid': smallPiece(), 'c.mid': smallPiece() },
      /none of 3 files falls to (train|valid|test); .* --split-seed, with more even --split-shares such as/,
    ],
    [
      'two kinds',
      { ...splitUp, 'train/a.wav': wavFile(tone(100)) },
      /holds both \S+ and train\/a\.wav; .*: move the others/,
    ],
    ['a broken file', { ...splitUp, 'valid/c.mid': 'MThd' }, /valid.c\.mid: byte 4: ends inside the header/],
  ])('%s', async (_, files: Record<string, Uint8Array | string>, message) => {
    writeFiles(folder, files);
    expect(await complaint(folder)).toMatch(message);
  });

  test('a file too long is not even read, and a link in a circle is not followed', async () => {
    writeFiles(folder, splitUp);
    symlinkSync(folder, join(folder, 'train', 'again'));
    expect(sizes(await loadDataset(folder))).toEqual([2, 1, 1]);
    truncateSync(join(folder, 'train', 'b.mid'), 2 ** 33);
    expect(await complaint(folder)).toMatch(/b\.mid: 8589934592 bytes; files of this kind may have 4 MiB/);
  });
});

describe('a folder that is split by the hash of its names', () => {
  /** Paths pieces/0.mid to pieces/59.mid. */
  async function pieces(): Promise<void> {
    const files = Array.from({ length: 60 }, (_, i) => [`pieces/${i}.mid`, smallPiece(30 + (i % 30))]);
    writeFiles(folder, Object.fromEntries(files));
  }
  const numbersOf = ({ folder: reading }: Dataset, split: Split) =>
    reading?.files[split].map((path) => Number(/\d+/.exec(path)?.[0])).sort((a, b) => a - b);

  test('keeps the split that it has had, file by file; seed 0 and shares 80,10,10 are that', async () => {
    await pieces();
    for (const options of [{}, { splitSeed: 0 }, { splitShares: [80, 10, 10] }, { splitShares: [8, 1, 1] }]) {
      const dataset = await loadDataset(folder, options as LoadOptions);
      expect(numbersOf(dataset, 'valid')).toEqual(VALID_OF_60);
      expect(numbersOf(dataset, 'test')).toEqual(TEST_OF_60);
    }
  });

  test('gets another one from each seed, and shares about as asked', async () => {
    await pieces();
    const tests = await Promise.all(
      [1, 2, 3].map(async (splitSeed) => numbersOf(await loadDataset(folder, { splitSeed }), 'test')),
    );
    expect(new Set([TEST_OF_60, ...tests].map(String)).size).toBe(4);
    const dataset = await loadDataset(folder, { splitShares: [40, 20, 40] });
    expect(dataset.folder?.splitBy).toEqual({ seed: 0, shares: [40, 20, 40] });
    const [train, valid, heldOut] = sizes(dataset);
    expect(train + valid + heldOut).toBe(60);
    expect(Math.abs(train - 24)).toBeLessThan(12);
    expect(Math.abs(heldOut - 24)).toBeLessThan(12);
  });

  test('has none of that where folders are the splits', async () => {
    writeFiles(folder, {
      'Train/a.mid': smallPiece(),
      'val/b.mid': smallPiece(),
      'test/c.mid': smallPiece(),
    });
    expect((await loadDataset(folder)).folder?.splitBy).toBe('folders');
    expect(await complaint(folder, { splitSeed: 0 })).toMatch(/has splits of its own; --split-seed/);
    expect(await complaint(folder, { splitShares: [1, 1, 1] })).toMatch(/has splits of its own/);
  });
});

const VALID_OF_60 = [6, 39, 51, 58];
const TEST_OF_60 = [18, 28, 33, 38, 43];

describe('broken files', () => {
  const splitUp = (good: Uint8Array, broken: number) => ({
    ...Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`train/${i}.x`, i < broken ? 'MThd' : good])),
    'valid/a.x': good,
    'test/a.x': good,
  });
  const kinds = [
    ['.mid', smallPiece()],
    ['.wav', wavFile(tone(600))],
  ] as const;

  test.each(kinds)('%s: all are counted, and the first named', async (extension, good) => {
    const files = Object.entries(splitUp(good, 5)).map(([path, content]) => [
      path.replace('.x', extension),
      content,
    ]);
    writeFiles(folder, Object.fromEntries(files));
    const message = await complaint(folder);
    expect(message).toMatch(
      /: 5 broken files \(train\/0\.\S+ byte \d: .*train\/2\..*; and 2 more\); --skip-broken/,
    );
    expect(message).not.toContain('train/3');
    const dataset = await loadDataset(folder, { skipBroken: true });
    expect(sizes(dataset)).toEqual([1, 1, 1]);
    expect(dataset.folder?.broken.map(({ file }) => file)).toEqual(
      [0, 1, 2, 3, 4].map((i) => `train/${i}${extension}`),
    );
    expect(dataset.folder?.files.train).toEqual([`train/5${extension}`]);
    const bounded = await loadDataset(folder, { skipBroken: true, maxSequences: 1 });
    expect(sizes(bounded)).toEqual([1, 1, 1]);
  });

  test.each(kinds)(
    '%s: skipped, the others are the data set that they are alone',
    async (extension, good) => {
      const write = (place: string, broken: number) =>
        writeFiles(
          place,
          Object.fromEntries(
            Object.entries(splitUp(good, broken)).map(([path, content]) => [
              path.replace('.x', extension),
              content,
            ]),
          ),
        );
      write(folder, 2);
      const { sha256 } = await loadDataset(folder, { skipBroken: true });
      const alone = join(folder, 'alone');
      write(alone, 0);
      for (const i of [0, 1]) rmSync(join(alone, 'train', `${i}${extension}`));
      expect((await loadDataset(alone)).sha256).toBe(sha256);
    },
  );

  test('a split of nothing else is refused even so', async () => {
    writeFiles(folder, { 'train/a.mid': smallPiece(), 'valid/b.mid': smallPiece(), 'test/c.mid': 'bad' });
    expect(await complaint(folder, { skipBroken: true })).toMatch(
      /1 broken file \(test\/c\.mid: .*\); without them test is empty/,
    );
    expect(await complaint(folder)).toMatch(/c\.mid: byte 0: .*; --skip-broken goes on without it/);
  });
});

test('what the files of a folder of music held and was left out is said, and counts are numbers or null', async () => {
  const drum = [midiEvent(240, 0x99, 35, 1), midiEvent(240, 0x89, 35, 1)];
  const open = [midiEvent(240, 0x90, 61, 1), midiEvent(0, 0x90, 62, 1)];
  const quick = [midiEvent(1000, 0x90, 60, 1), midiEvent(1, 0x80, 60, 1)];
  const piece = smallPiece();
  writeFiles(folder, {
    'train/a.mid': midiFile([piece.subarray(14), midiTrack(Buffer.concat([...drum, ...open]))]),
    'valid/b.mid': midiFile([midiTrack(Buffer.concat(quick))]),
    'test/c.mid': piece,
  });
  const dataset = await loadDataset(folder);
  expect(dataset.remarks).toEqual([
    { file: 'train/a.mid', what: 'notes that never end are left out: 2' },
    { file: 'train/a.mid', what: 'drum notes (channel 10) are left out: 1' },
    {
      file: 'valid/b.mid',
      what: 'no key sounds in any of its 3 frames: the one note is too short for a frame of half a quarter note',
    },
    { what: '1 of 17 notes are heard in no frame, which come every half quarter note' },
  ]);
  const { valid } = datasetStatistics(dataset);
  expect(valid.music).toEqual({ notesPerFrame: 0, lowestNote: null, highestNote: null });
  expect(JSON.parse(JSON.stringify(valid))).toEqual(valid);
});

describe('a folder of recordings', () => {
  const splitUp = (bytes: (i: number) => Uint8Array) => ({
    'train/a.wav': bytes(0),
    'train/b.wav': bytes(1),
    'valid/c.wav': bytes(2),
    'test/d.wav': bytes(3),
  });

  test('is cut, standardised, and tells its rate', async () => {
    writeFiles(
      folder,
      splitUp((i) => wavFile(tone(1100, 0.5, 20 + i), { sampleRate: 16000 })),
    );
    const dataset = await loadDataset(folder);
    if (dataset.kind !== 'speech') throw new Error('not speech');
    expect(sizes(dataset)).toEqual([4, 2, 2]);
    expect(dataset.sampleRate).toBe(16000);
    const { samples } = dataset.splits.train[0];
    expect(samples).toHaveLength(500);
    expect(Math.max(...samples)).toBeCloseTo(Math.SQRT2, 1);
    expect(sizes(await loadDataset(folder, { windowSamples: 300 }))).toEqual([6, 3, 3]);
    writeFiles(folder, {
      'train/short.wav': wavFile(tone(499), { sampleRate: 16000 }),
      'train/still.wav': wavFile(tone(600, 0.005), { sampleRate: 16000 }),
      'train/a.mp3': '',
    });
    const { remarks, sha256 } = await loadDataset(folder);
    expect(sha256).toBe(dataset.sha256);
    expect(remarks).toEqual([
      { file: 'train/a.mp3', what: 'not a .wav file' },
      { file: 'train/short.wav', what: 'shorter than a window of 500 samples' },
      { file: 'train/still.wav', what: 'near-silent in all windows' },
      {
        what: '1 of 9 windows are left out as silent (root mean square below 0.01 of full scale)',
      },
    ]);
  });

  test('two rates', async () => {
    writeFiles(
      folder,
      splitUp((i) => wavFile(tone(600), { sampleRate: i === 3 ? 44100 : 8000 })),
    );
    expect(await complaint(folder)).toMatch(
      /test\/d\.wav is sampled at 44100 Hz and train\/a\.wav at 8000 Hz/,
    );
  });

  test('what of recordings was left out is said', async () => {
    const quietEnd = (i: number) => Buffer.concat([tone(500, 0.5, 37 + i), tone(500, 0.005), Buffer.of(7)]);
    writeFiles(
      folder,
      splitUp((i) => wavFile(i === 1 ? tone(499) : quietEnd(i))),
    );
    const { remarks } = await loadDataset(folder);
    const cut = 'the last sample frame is cut and left out';
    expect([...remarks].sort((a, b) => (String(a.file) < String(b.file) ? -1 : 1))).toEqual([
      { file: 'test/d.wav', what: cut },
      { file: 'train/a.wav', what: cut },
      { file: 'train/b.wav', what: 'shorter than a window of 500 samples' },
      {
        what: '3 of 6 windows are left out as silent (root mean square below 0.01 of full scale)',
      },
      { file: 'valid/c.wav', what: cut },
    ]);
  });

  test('a recording that is too long says what to do', async () => {
    writeFiles(
      folder,
      splitUp(() => wavFile(tone(600))),
    );
    truncateSync(join(folder, 'train', 'b.wav'), 2 ** 29);
    expect(await complaint(folder)).toMatch(
      /b\.wav: 536870912 bytes; files of this kind may have 256 MiB; cut the recording into several files/,
    );
  });

  test('a split of silence, or of files shorter than a window', async () => {
    writeFiles(
      folder,
      splitUp((i) => wavFile(tone(600, i === 2 ? 0.005 : 0.5))),
    );
    expect(await complaint(folder)).toMatch(
      /split valid has no window: all 1 windows of 500 samples are left out as silent .* below 0\.01 .* valid\/c\.wav#0 \(16-bit integers\), with 0\.0035; make the recordings louder/,
    );
    writeFiles(
      folder,
      splitUp((i) => wavFile(tone(i === 2 ? 499 : 600))),
    );
    expect(await complaint(folder)).toMatch(/split valid has no window: no recording \(of 1\) is as long/);
  });
});

test('every format that own data may have is named where a data set is asked for', () => {
  for (const { extensions } of [...MUSIC_FORMATS, ...SPEECH_FORMATS, jsonRolls])
    expect(OWN_DATA.split(' ')).toContain(extensions[0]);
});

test('manifests say what is wrong with them', () => {
  const manifest = JSON.parse(JSON.stringify(findManifest('nottingham')));
  const complaintOn = (change: object) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'x.json'), JSON.stringify({ ...manifest, ...change }));
    return () => readManifests(folder);
  };
  expect(complaintOn({})).not.toThrow();
  expect(complaintOn({ sha256: 'abc' })).toThrow(/x\.json: sha256: /);
  expect(complaintOn({ file: '../../etc/passwd' })).toThrow(/x\.json: file: a relative path/);
  expect(complaintOn({ places: [{ url: 'http://example.org/a.mat', tried: true }] })).toThrow(
    /x\.json: places\.0\.url: /,
  );
  expect(complaintOn({ licens: 'MIT' })).toThrow(/x\.json: .*licens/);
  writeFileSync(join(folder, 'x.json'), '{');
  expect(() => readManifests(folder)).toThrow(/x\.json: .*JSON/);
});

test('counts that differ are named, and notes are called by their names', async () => {
  const found = datasetStatistics(await loadDataset('demo-music'));
  const right = { sequences: found.train.sequences, frames: found.train.frames };
  const expected = {
    train: right,
    valid: { sequences: 1 },
    test: { sequences: found.test.sequences, notesPerFrame: 0.5 },
  };
  expect(differences(found, expected)).toEqual([
    `valid: sequences is ${found.valid.sequences} instead of 1`,
    `test: notesPerFrame is ${Math.round((found.test.music?.notesPerFrame ?? 0) * 1000) / 1000} instead of 0.5`,
  ]);
  expect([21, 60, 61, 108].map(noteName)).toEqual(['A0', 'C4', 'C#4', 'C8']);
});
