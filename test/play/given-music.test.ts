import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadFolder } from '../../src/data/folder.js';
import { type GivenFile, type Music, readGivenMusic } from '../../src/play/given-music.js';
import { emptyFolder } from '../cli/command.js';

const DEMO = fileURLToPath(new URL('../../datasets/demo-music', import.meta.url));
const PIECES = readdirSync(join(DEMO, 'train')).map((name) => readFileSync(join(DEMO, 'train', name)));

/** Files of the demo music under other names, or with other content. */
function files(contents: Record<string, number | Uint8Array>): GivenFile[] {
  return Object.entries(contents).map(([path, content]) => ({
    path,
    bytes: Uint8Array.from(typeof content === 'number' ? PIECES[content] : content),
  }));
}

const TEXT = new TextEncoder().encode('no music');

/** The same files in a folder, as the command line reads them. */
function asFolder(given: readonly GivenFile[], splitSeed?: number) {
  const folder = emptyFolder();
  for (const { path, bytes } of given) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return loadFolder(folder, 'given', { splitSeed, skipBroken: true });
}

async function expectTheSame(given: readonly GivenFile[], splitSeed?: number) {
  const read = (await readGivenMusic('given', given)) as Music;
  const { splits, remarks, folder } = asFolder(given, splitSeed);
  expect(read.splits).toEqual(splits);
  expect(read.folder).toEqual(folder);
  const sorted = (all: readonly object[]) => all.map((one) => JSON.stringify(one)).sort();
  expect(sorted(read.remarks)).toEqual(sorted(remarks));
  return read;
}

describe('files that are given to the page', () => {
  it('are split and read as a folder is by the command line, whatever else is among them', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`opus ${i}/étude.mid`, i]));
    const read = await expectTheSame(
      files({ ...many, 'opus 3/notes.txt': TEXT, '._a.mid': TEXT, 'opus 4/bad.MID': TEXT, 'copy.midi': 7 }),
    );
    expect(read.folder.broken.map(({ file }) => file)).toEqual(['opus 4/bad.MID']);
  });

  it('keep the splits of their own folders', async () => {
    const read = await expectTheSame(
      files({ 'train/a.mid': 0, 'train/b.mid': 1, 'val/c.mid': 2, 'test/d.mid': 3, 'test/e.mid': 4 }),
    );
    expect(read.folder.splitBy).toBe('folders');
  });

  it('take another --split-seed where few would leave a split empty', async () => {
    const few = files({ 'a.mid': 0, 'b.mid': 1, 'c.mid': 2, 'd.mid': 3 });
    expect(() => asFolder(few)).toThrow('falls to');
    const read = (await readGivenMusic('given', few)) as Music;
    const { seed } = read.folder.splitBy as { seed: number };
    expect(seed).toBeGreaterThan(0);
    await expectTheSame(few, seed);
    for (let other = 1; other < seed; other++) expect(() => asFolder(few, other)).toThrow('falls to');
  });

  it('are pieces alone where they are fewer than the splits', async () => {
    const read = await readGivenMusic('given', files({ 'a.mid': 0, 'b.mid': TEXT, 'c.txt': TEXT }));
    expect(read).toMatchObject({
      pieces: [{ name: 'a.mid', roll: { frames: expect.any(Number) } }],
      remarks: [{ file: 'c.txt', what: 'not a .mid or .midi file' }],
      broken: [{ file: 'b.mid' }],
    });
  });

  it.each([
    [{ 'a.mid': TEXT }, /^a\.mid: byte 0: /],
    [{ 'a.mid': TEXT, 'b.mid': TEXT }, /^none of 2 files can be read; a\.mid: byte 0: /],
    [{ 'a.txt': TEXT }, /^a\.txt is no \.mid or \.midi file$/],
    [
      { 'a.wav': TEXT, 'b.wav': TEXT },
      /^given: none of 2 files is a .*; recordings train on the command line/,
    ],
    [{ 'train/a.mid': 0, 'train/b.mid': 1, 'test/c.mid': 2 }, /^given: has train, test but not valid; /],
  ])('are refused in one line: %#', async (contents, message) => {
    await expect(readGivenMusic('given', files(contents as Record<string, number>))).rejects.toThrow(message);
  });
});
