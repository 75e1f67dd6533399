import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isBelow } from '../../src/platform/folders.js';

const folder = resolve('some', 'data');

it.each([
  [join(folder, 'piece.mid'), true],
  [join(folder, 'train', 'piece.mid'), true],
  [join(folder, '..hidden'), true],
  [join(folder, 'train', '..', 'piece.mid'), true],
  [folder, false],
  [`${folder}-2`, false],
  [join(`${folder}-2`, 'piece.mid'), false],
  [join(folder, '..'), false],
  [join(folder, '..', '..', 'piece.mid'), false],
  [join(folder, '..', 'data-2', 'piece.mid'), false],
])('%s lies below the folder: %j', (path, expected) => {
  expect(isBelow(path, folder)).toBe(expected);
});

it('takes relative paths from one folder on', () => {
  expect(isBelow(join('data', 'piece.mid'), 'data')).toBe(true);
  expect(isBelow('data-2', 'data')).toBe(false);
});
