import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findManifest, loadDataset, locate, shadowedBeside } from '../../src/data/catalogue.js';
import { shadowedText } from '../../src/data/namesakes.js';
import { remarkLines } from '../../src/data/remarks-text.js';
import { smallPiece, temporaryFolder, writeFiles } from './files.js';

const PIECES = { 'train/a.mid': smallPiece(), 'valid/b.mid': smallPiece(), 'test/c.mid': smallPiece() };
const PLACE = locate(findManifest('demo-music')) as string;
const ROLLS = JSON.stringify({ train: [[[60], [62]]], valid: [[[60], [62]]], test: [[[60], [62]]] });

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a folder of data that a name hides is named, with how it is called', () => {
  const own = join(folder, 'demo-music');
  expect(shadowedText('demo-music', PLACE, folder)).toBeUndefined();
  writeFiles(own, { 'config.json': '{}' });
  expect(shadowedText('demo-music', PLACE, folder)).toBeUndefined();
  writeFiles(own, PIECES);
  expect(shadowedText('demo-music', PLACE, folder)).toBe(
    `the named data set demo-music is taken, not the folder ${own}; that is called ./demo-music`,
  );
  expect(shadowedBeside('demo-music', join(folder, 'experiment.yaml'))).toContain(own);
  expect(shadowedBeside('./demo-music', join(folder, 'experiment.yaml'))).toBeUndefined();
});

test('a link to where the named data set lies hides nothing', () => {
  symlinkSync(PLACE, join(folder, 'demo-music'), 'junction');
  expect(shadowedText('demo-music', PLACE, folder)).toBeUndefined();
});

test('own data that are called as a named data set say so before all else that they leave out', async () => {
  const own = join(folder, 'demo-music');
  writeFiles(own, { ...PIECES, 'notes.txt': '' });
  expect(remarkLines(await loadDataset(own))[0]).toBe(
    'own data, not the named data set demo-music, although they are called the same',
  );
  const rolls = join(folder, 'nottingham.json');
  writeFileSync(rolls, ROLLS);
  expect(remarkLines(await loadDataset(rolls))[0]).toMatch(/^own data, not the named data set nottingham,/);
  expect(remarkLines(await loadDataset(PLACE)).join()).not.toContain('own data');
  cpSync(own, join(folder, 'mine'), { recursive: true });
  expect(remarkLines(await loadDataset(join(folder, 'mine'))).join()).not.toContain('own data');
});
