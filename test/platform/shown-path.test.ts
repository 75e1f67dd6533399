import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { lastParts, shownPath } from '../../src/platform/shown-path.js';

it('a path is shown from the working folder where that is shorter, and a name as it is', () => {
  expect(shownPath(resolve('my', 'tunes'))).toBe(join('my', 'tunes'));
  expect(shownPath('/tunes')).toBe('/tunes');
  expect(shownPath(process.cwd())).toBe(process.cwd());
  expect(shownPath('nottingham')).toBe('nottingham');
});

it('in a table, by as many of its last parts as tell it from the others', () => {
  const show = lastParts(['nottingham', '/a/b/tunes', '/a/c/tunes', '/a/b/voices', resolve('folk'), 'folk']);
  expect(show('nottingham')).toBe('nottingham');
  expect(show('/a/b/tunes')).toBe('b/tunes');
  expect(show('/a/c/tunes')).toBe('c/tunes');
  expect(show('/a/b/voices')).toBe('voices');
  expect(show(resolve('folk'))).toBe('folk');
  const nested = lastParts(['tunes', '/a/tunes']);
  expect([nested('tunes'), nested('/a/tunes')]).toEqual(['tunes', 'a/tunes']);
});
