import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UnreadableFile } from '../../src/platform/failure.js';
import { readBounded } from '../../src/platform/read-file.js';
import { run } from '../cli/command.js';
import { skipWhere } from '../skip.js';

const folder = mkdtempSync(join(tmpdir(), 'gru-bench-read-'));
const onUnix = skipWhere(process.platform === 'win32' ? 'Windows has no such files' : undefined);

it('a file is read whole, but not one that is longer than any good one', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'abc');
  expect(readBounded(path, 3).toString()).toBe('abc');
  truncateSync(path, 2 ** 21);
  expect(() => readBounded(path, 2 ** 20)).toThrow(
    `${path}: 2097152 bytes; files of this kind may have 1 MiB`,
  );
  expect(() => readBounded(join(folder, 'none'), 3)).toThrow(UnreadableFile);
  expect(() => readBounded(folder, 2 ** 20)).toThrow('EISDIR');
});

it('a device without an end is refused', onUnix, () => {
  expect(() => readBounded('/dev/zero', { bytes: 2 ** 20, advice: 'take another' })).toThrow(
    '/dev/zero: has more bytes; files of this kind may have 1 MiB; take another',
  );
  expect(readBounded('/dev/null', 3).length).toBe(0);
});

it('a command ends where it is to read a device without an end', onUnix, async () => {
  for (const words of [
    ['reproduce', '/dev/zero'],
    ['train', '--config', '/dev/zero'],
  ]) {
    const { code, stderr } = await run(words);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^gru-bench: \/dev\/zero: [^\n]+\n$/)]);
  }
});
