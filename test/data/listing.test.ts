import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDataset } from '../../src/data/catalogue.js';
import { groupRemarks } from '../../src/data/remarks.js';
import type { Dataset } from '../../src/data/sequence.js';
import { skipWhere } from '../skip.js';
import { smallPiece, temporaryFolder, writeFiles } from './files.js';

let folder: string;

beforeEach(() => {
  folder = join(temporaryFolder(), 'set');
  writeFiles(folder, {
    'train/a.mid': smallPiece(40),
    'valid/b.mid': smallPiece(41),
    'test/c.mid': smallPiece(42),
  });
});

afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

const filesOf = ({ folder: reading }: Dataset) => reading?.files;
const remarksOf = ({ remarks }: Dataset) => Object.fromEntries(remarks.map(({ file, what }) => [file, what]));

/** A path below the folder whose last name is bytes. */
function bytePath(inner: string, name: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(join(folder, inner, '/')), Buffer.from(name)]);
}

test(
  'names that are not UTF-8 are read, and shown byte by byte',
  skipWhere(process.platform === 'linux' ? undefined : 'file names here are always Unicode'),
  async () => {
    writeFileSync(bytePath('train', [0x63, 0x61, 0x66, 0xe9, ...Buffer.from('.mid')]), smallPiece(50));
    writeFileSync(bytePath('train', [...Buffer.from('é'), 0xe9, ...Buffer.from('.mid')]), smallPiece(51));
    // テスト in Shift-JIS.
    const shiftJis = bytePath('train', [0x83, 0x65, 0x83, 0x58, 0x83, 0x67]);
    mkdirSync(shiftJis);
    writeFileSync(Buffer.concat([shiftJis, Buffer.from('/d.mid')]), smallPiece(52));
    const dataset = await loadDataset(folder);
    expect(filesOf(dataset)?.train).toEqual([
      'train/\\x83e\\x83X\\x83g/d.mid',
      'train/a.mid',
      'train/caf\\xE9.mid',
      'train/é\\xE9.mid',
    ]);
    const lowest = dataset.kind === 'music' ? dataset.splits.train.map(({ keys }) => keys[0] + 21) : [];
    expect(lowest).toEqual([52, 40, 50, 51]);

    writeFileSync(join(folder, 'train', 'caf\\xE9.mid'), smallPiece());
    await expect(loadDataset(folder)).rejects.toThrow(/two files read as train\/caf\\xE9\.mid/);
  },
);

test('links to folders and files are followed, each file is taken once, and circles end', async () => {
  const elsewhere = join(folder, '..', 'elsewhere');
  writeFiles(elsewhere, { 'd.mid': smallPiece(50), 'deep/e.mid': smallPiece(51) });
  symlinkSync(elsewhere, join(folder, 'train', 'more'));
  symlinkSync(join(elsewhere, 'd.mid'), join(folder, 'train', 'again.mid'));
  symlinkSync(folder, join(folder, 'train', 'circle'));
  symlinkSync(join(folder, '..'), join(folder, 'train', 'around'));
  symlinkSync('itself.mid', join(folder, 'train', 'itself.mid'));
  symlinkSync('nowhere', join(folder, 'train', 'lost.mid'));
  symlinkSync(elsewhere, join(elsewhere, 'deep', 'back'));
  const dataset = await loadDataset(folder);
  expect(filesOf(dataset)?.train).toEqual(['train/a.mid', 'train/again.mid', 'train/more/deep/e.mid']);
  expect(remarksOf(dataset)).toEqual({
    'train/around': 'a link to a folder around it',
    'train/circle': 'a link to a folder around it',
    'train/itself.mid': 'a link to itself',
    'train/lost.mid': 'a link to nothing',
    'train/more/d.mid': 'a second path to a file that is taken',
    'train/more/deep/back': 'a link to a folder around it',
  });
});

test('splits made of links: to whole folders, and to files that lie beside them', async () => {
  const plain = await loadDataset(folder);
  const links = join(folder, '..', 'links');
  mkdirSync(links);
  for (const split of ['train', 'valid', 'test']) symlinkSync(join(folder, split), join(links, split));
  expect((await loadDataset(links)).sha256).toBe(plain.sha256);

  const chosen = join(folder, '..', 'chosen');
  writeFiles(chosen, {
    'all/a.mid': smallPiece(40),
    'all/b.mid': smallPiece(41),
    'all/c.mid': smallPiece(42),
  });
  for (const [split, file] of Object.entries({ train: 'a', valid: 'b', test: 'c' })) {
    mkdirSync(join(chosen, split));
    symlinkSync(`../all/${file}.mid`, join(chosen, split, `${file}.mid`));
  }
  const dataset = await loadDataset(chosen);
  expect(dataset.sha256).toBe(plain.sha256);
  expect(Object.keys(remarksOf(dataset))).toEqual(['all/a.mid', 'all/b.mid', 'all/c.mid']);
});

test('a link that brings a file of one split into another is refused', async () => {
  symlinkSync('../train/a.mid', join(folder, 'test', 'x.mid'));
  await expect(loadDataset(folder)).rejects.toThrow(/test\/x\.mid and train\/a\.mid are one file/);
});

test('it is refused as well where a path of neither split comes first, and for hard links', async () => {
  writeFiles(folder, { 'all/a.mid': smallPiece(50) });
  for (const split of ['train', 'test']) symlinkSync('../all/a.mid', join(folder, split, 'x.mid'));
  await expect(loadDataset(folder)).rejects.toThrow(/test\/x\.mid and train\/x\.mid are one file; remove/);
  for (const split of ['train', 'test']) {
    rmSync(join(folder, split, 'x.mid'));
    linkSync(join(folder, 'all/a.mid'), join(folder, split, 'x.mid'));
  }
  await expect(loadDataset(folder)).rejects.toThrow(/test\/x\.mid and train\/x\.mid are one file; remove/);
});

test('a file is taken once, however many hard links it has', async () => {
  linkSync(join(folder, 'train/a.mid'), join(folder, 'train/b.mid'));
  linkSync(join(folder, 'test/c.mid'), join(folder, 'again.mid'));
  const dataset = await loadDataset(folder);
  expect(filesOf(dataset)).toEqual({ train: ['train/a.mid'], valid: ['valid/b.mid'], test: ['test/c.mid'] });
  const second = 'a second path to a file that is taken';
  expect(remarksOf(dataset)).toEqual({ 'again.mid': second, 'train/b.mid': second });
});

test('copies of a file in two splits are taken, and counted in a remark', async () => {
  writeFiles(folder, { 'train/b.mid': smallPiece(40) });
  expect((await loadDataset(folder)).remarks).toEqual([]);
  writeFiles(folder, { 'valid/a.mid': smallPiece(40) });
  expect((await loadDataset(folder)).remarks).toEqual([
    {
      what: '1 file has the same content as a file of another split: valid/a.mid as train/a.mid',
    },
  ]);
  for (const name of 'defg') writeFiles(folder, { [`test/${name}.mid`]: smallPiece(40) });
  const dataset = await loadDataset(folder);
  expect(dataset.splits.test).toHaveLength(5);
  expect(dataset.remarks).toEqual([
    {
      what: expect.stringMatching(
        /^5 files have the same content .*: valid\/a\.mid as .*, test\/d\.mid as .*, test\/e\.mid as train\/a\.mid, and 2 more$/,
      ),
    },
  ]);
});

test('what else lies in the folder is named: other files, hidden names, pipes', async () => {
  writeFiles(folder, { 'README.md': '', 'train/a.mp3': '', 'train/._a.mid': '', '.git/x.mid': '' });
  execFileSync('mkfifo', [join(folder, 'pipe.mid')]);
  const { remarks } = await loadDataset(folder);
  expect(groupRemarks(remarks)).toEqual([
    { what: 'a name that begins with a dot', files: ['.git', 'train/._a.mid'] },
    { what: 'not a .mid or .midi file', files: ['README.md', 'train/a.mp3'] },
    { what: 'neither a file nor a folder', files: ['pipe.mid'] },
  ]);
});
