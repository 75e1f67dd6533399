import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { datasetsCommand } from '../../src/cli/datasets.js';
import { Failure, Misuse } from '../../src/platform/failure.js';
import { smallPiece, writeFiles } from '../data/files.js';
import { testOnRealData } from '../data/real-data.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gru-bench-test-'));
  vi.stubEnv('GRU_BENCH_CACHE', join(folder, 'cache'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** What `gru-bench datasets WORDS` prints. */
async function datasets(...words: string[]): Promise<string> {
  let printed = '';
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  try {
    await datasetsCommand().parseAsync(words, { from: 'user' });
  } finally {
    output.mockRestore();
  }
  return printed.trimEnd();
}

test('list: every set with its terms and place; --quiet the names, --json all of it', async () => {
  vi.stubEnv('GRU_BENCH_DATA', folder);
  const text = await datasets('list');
  expect(text).toMatch(/^nottingham {2}\(music, not on this machine\)$/m);
  expect(text).toMatch(/^demo-music {2}\(music, here: .*demo-music\)$/m);
  expect(text).toMatch(/terms: CC BY-SA 3\.0, Allison Smith/);
  const names = (await datasets('list', '--quiet')).split('\n');
  expect(names).toHaveLength(8);
  const rows = JSON.parse(await datasets('list', '--json'));
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(names);
  expect(rows.find(({ name }: { name: string }) => name === 'speech-a')).toMatchObject({
    kind: 'speech',
    path: null,
    synthetic: false,
  });
});

testOnRealData('info: the counts of the paper, and the notes a frame', async () => {
  const columns = async (name: string) => {
    const lines = (await datasets('info', name, '--quiet'))
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    expect(lines[0]).toEqual([
      'split',
      'sequences',
      'frames',
      'mean',
      'shortest',
      'longest',
      'notes/frame',
      'MIDI notes',
    ]);
    return lines.slice(1);
  };
  expect((await columns('nottingham'))[0].slice(0, 7)).toEqual([
    'train',
    '694',
    '176561',
    '254.4',
    '40',
    '1788',
    '3.961',
  ]);
  expect((await columns('jsb-chorales'))[0].slice(0, 7)).toEqual([
    'train',
    '229',
    '13807',
    '60.3',
    '25',
    '129',
    '3.898',
  ]);
  expect((await columns('musedata'))[0].slice(0, 7)).toEqual([
    'train',
    '524',
    '245202',
    '467.9',
    '9',
    '3457',
    '3.493',
  ]);
  const piano = await columns('piano-midi');
  expect(piano[0].slice(0, 7)).toEqual(['train', '87', '75911', '872.5', '111', '3857', '3.044']);
  expect(piano[2]).toEqual(['test', '25', '19036', '761.4', '65', '2645', '2.945', '21-108 (A0-C8)']);
});

test('info --json: the same as numbers, for speech with its rate and scale', async () => {
  const { kind, sampleRate, deviation, sha256, splits } = JSON.parse(
    await datasets('info', 'demo-speech', '--json', '--window-samples', '400'),
  );
  expect(kind).toBe('speech');
  expect(sampleRate).toBe(8000);
  expect(deviation).toBeGreaterThan(0);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(splits.train).toMatchObject({ shortest: 38, longest: 38, speech: { samplesPerSequence: 400 } });
  expect(splits.train.speech.seconds).toBeCloseTo((splits.train.sequences * 400) / 8000, 9);
});

test('verify: what is here, and a failure for one that was named and is not', async () => {
  vi.stubEnv('GRU_BENCH_DATA', folder);
  const verdicts = JSON.parse(await datasets('verify', '--json'));
  expect(
    Object.fromEntries(verdicts.map(({ name, state }: { name: string; state: string }) => [name, state])),
  ).toMatchObject({
    'demo-music': 'right',
    nottingham: 'not here',
  });
  await expect(datasets('verify', 'nottingham')).rejects.toThrow(/^nottingham: [^\n]*is in none of/);
  expect(await datasets('verify', '--quiet')).toBe('');
});

testOnRealData('verify: hashes and counts of the published sets are right', async () => {
  expect(await datasets('verify', 'jsb-chorales')).toBe('jsb-chorales  right  hash and counts');
});

testOnRealData('import, then download: it is already there', async (data) => {
  vi.stubEnv('GRU_BENCH_DATA', folder);
  const path = join(folder, 'cache', 'datasets', 'jsb-chorales', 'JSB_Chorales.mat');
  const printed = await datasets('import', join(data, 'jsb-chorales', 'JSB_Chorales.mat'));
  expect(printed).toBe(`jsb-chorales: now in ${path}`);
  expect(await datasets('download', 'jsb-chorales')).toBe(`jsb-chorales: already in ${path}`);
  expect(JSON.parse(await datasets('download', 'jsb-chorales', '--json'))).toEqual([
    { name: 'jsb-chorales', path, fetched: false },
  ]);
});

test('what makes no sense is refused in one line', async () => {
  await expect(datasets('info', 'notingham')).rejects.toThrow(/did you mean nottingham\?/);
  await expect(datasets('download', 'notingham')).rejects.toBeInstanceOf(Misuse);
  await expect(datasets('verify', 'notingham')).rejects.toBeInstanceOf(Misuse);
  await expect(datasets('info', 'demo-music', '--split-seed', '1')).rejects.toBeInstanceOf(Misuse);
  await expect(datasets('import', join(folder, 'nothing'))).rejects.toBeInstanceOf(Failure);
});

test.each(['info', 'import'])(
  '%s: a name longer than the system takes is none that is there',
  async (command) => {
    await expect(datasets(command, 'x'.repeat(5000))).rejects.toThrow(Failure);
  },
);

test('info of a folder: what is left out, whose split it is, and with --files where each file went', async () => {
  const set = join(folder, 'set');
  writeFiles(set, {
    'Train/a.mid': smallPiece(),
    'Train/b\n.mid': smallPiece(),
    'Train/c.mid': 'bad',
    'val/d.mid': smallPiece(),
    'test/e.mid': smallPiece(),
    'cover.jpg': '',
    'notes.mp3': '',
  });
  await expect(datasets('info', set)).rejects.toThrow(/c\.mid: byte 0: .*; --skip-broken/);
  const text = await datasets('info', set, '--files', '--skip-broken');
  expect(text).toMatch(/^split as the folders say$/m);
  expect(text).toMatch(/^2 files \(cover\.jpg, notes\.mp3\): not a \.mid or \.midi file$/m);
  expect(text).toMatch(
    /^2 files have the same content as a file of another split: val\/d\.mid as Train\/a\.mid, /m,
  );
  expect(text).toMatch(/^1 file, broken and skipped \(Train\/c\.mid: byte 0: /m);
  expect(text.split('\n').slice(-4)).toEqual([
    'train  Train/a.mid',
    'train  Train/b\\u000a.mid',
    'valid  val/d.mid',
    'test   test/e.mid',
  ]);
  const json = JSON.parse(await datasets('info', set, '--json', '--files', '--skip-broken'));
  expect(json).toMatchObject({
    splitBy: 'folders',
    remarks: [
      { file: 'cover.jpg' },
      { file: 'notes.mp3', what: 'not a .mid or .midi file' },
      {
        what: expect.stringMatching(
          /^2 files have the same content as a file of another split: val\/d\.mid as /,
        ),
      },
    ],
    broken: [{ file: 'Train/c.mid' }],
    files: { train: ['Train/a.mid', 'Train/b\n.mid'], valid: ['val/d.mid'], test: ['test/e.mid'] },
  });
});

test('info splits a folder by another seed and other shares', async () => {
  const set = join(folder, 'set');
  writeFiles(set, Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}.mid`, smallPiece()])));
  const text = await datasets('info', set, '--split-seed', '2', '--split-shares', '50,25,25');
  expect(text).toMatch(/^split by a hash of the names, seed 2, shares 50, 25, 25$/m);
  const { splits, splitBy } = JSON.parse(
    await datasets('info', set, '--split-seed', '2', '--split-shares', '50,25,25', '--json'),
  );
  expect(splitBy).toEqual({ seed: 2, shares: [50, 25, 25] });
  expect(splits.train.sequences).toBeLessThan(40);
});

test('info describes own piano-rolls as such, though they are called as a named data set', async () => {
  const rolls = join(folder, 'nottingham.json');
  const splits = { train: [[[60], [62]]], valid: [[[60], [62]]], test: [[[60], [62]]] };
  writeFileSync(rolls, JSON.stringify(splits));
  const text = await datasets('info', rolls);
  expect(text).not.toContain('terms:');
  expect(text).toMatch(/^own data, not the named data set nottingham,/m);
});
