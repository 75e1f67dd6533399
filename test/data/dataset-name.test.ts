import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanName, shortName } from '../../src/data/dataset-name.js';

test.each([
  ['nottingham', 'nottingham'],
  ['my midi', 'my midi'],
  ['Lieder für Klavier', 'Lieder für Klavier'],
  ['my,midi', 'my-midi'],
  ['=1+1', '1+1'],
  ['a"b\nc', 'a-b-c'],
  ['.hidden', 'hidden'],
  ['..', 'data'],
  ['con', 'data-con'],
  ['NUL.txt', 'data-NUL.txt'],
  ['plan.json', 'data-plan.json'],
  ['a/b\\c:d', 'a-b-c-d'],
  ['__proto__', 'proto__'],
  ['ends in dots...', 'ends in dots'],
  ['🎹', 'data'],
])('%j becomes %j', (name, clean) => {
  expect(cleanName(name)).toBe(clean);
});

test('any name becomes one that a table and every file system bear, and that stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const clean = cleanName(name);
      expect(clean).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.+-]*$/u);
      expect(clean).not.toMatch(/[. ]$/);
      expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(105);
      expect(cleanName(clean)).toBe(clean);
    }),
  );
});

test('a folder gives its own name, however it is written', () => {
  const here = shortName(process.cwd());
  for (const path of ['.', './', 'x/..', `../${here}`]) expect(shortName(path)).toBe(here);
  expect(shortName('..')).not.toBe('..');
});
