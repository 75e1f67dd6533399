import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isFolder } from '../../src/platform/file-status.js';
import { isFile, nearestPath } from '../../src/platform/nearest-path.js';
import { emptyFolder } from '../cli/command.js';

it('of a path that is not there, the one beside it that is most likely meant', () => {
  const folder = emptyFolder();
  for (const name of ['tunes', 'results/my']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['my.yaml', 'tunez.json', '.tune']) writeFileSync(join(folder, name), '');
  const near = (path: string, canBeMeant = isFolder) => {
    const found = nearestPath(join(folder, path), canBeMeant);
    return found?.slice(folder.length + 1);
  };
  expect(near('tuness')).toBe('tunes');
  expect(near('tuness/')).toBe('tunes');
  expect(near('results/mmy')).toBe('results/my');
  expect(near('reslts/my')).toBe('results/my');
  expect(near('reslts/other')).toBeUndefined();
  expect(near('nowhere')).toBeUndefined();
  expect(near('my3.yaml', isFile)).toBe('my.yaml');
  expect(near('my', isFile)).toBe('my.yaml');
  expect(near('no/such/folder', isFile)).toBeUndefined();
});

it('is written as the path is', () => {
  expect(nearestPath('./srcc', isFolder)).toBe('./src');
  expect(nearestPath('srcc', isFolder)).toBe('src');
});
