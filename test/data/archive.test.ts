import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readArchive } from '../../src/data/archive.js';
import { BadFile } from '../../src/platform/failure.js';
import { temporaryFolder, type ZipEntry, zipFile } from './files.js';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

type TarEntry = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };

async function tarFile(entries: readonly TarEntry[]): Promise<Buffer> {
  const packing = pack();
  for (const { content, ...header } of entries) packing.entry(header, content ?? '');
  packing.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of packing) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

function written(content: Uint8Array): string {
  const path = join(folder, 'archive');
  writeFileSync(path, content);
  return path;
}

const wavs = (path: string) => path.endsWith('.wav');

async function contents(archive: Uint8Array): Promise<Record<string, string>> {
  const files = await readArchive(written(archive), wavs);
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
}

const GOOD: TarEntry[] = [
  { name: './', type: 'directory' },
  { name: './a/', type: 'directory' },
  { name: './a/b.wav', content: 'one' },
  { name: 'c.wav', content: 'two' },
  { name: 'README', content: 'not taken' },
];
const TAKEN = { 'a/b.wav': 'one', 'c.wav': 'two' };

describe('reads what is asked for, and nothing else', () => {
  test('tar', async () => {
    expect(await contents(await tarFile(GOOD))).toEqual(TAKEN);
  });

  test('tar.gz', async () => {
    expect(await contents(gzipSync(await tarFile(GOOD)))).toEqual(TAKEN);
  });

  test('zip', async () => {
    const entries = GOOD.map(({ name, content = '' }) => ({
      name: name.replace('./', '') || 'd/',
      content: Buffer.from(content),
    }));
    expect(await contents(zipFile(entries))).toEqual(TAKEN);
  });

  test('several megabytes, in many parts', async () => {
    const large = Buffer.alloc(5_000_000, 'x');
    const archive = gzipSync(
      await tarFile([
        { name: 'skip.bin', content: large },
        { name: 'a.wav', content: large },
      ]),
    );
    const files = await readArchive(written(archive), wavs);
    expect(files.get('a.wav')?.length).toBe(5_000_000);
  });
});

const HOSTILE_NAMES: [string, RegExp][] = [
  ['../up.wav', /leads out of its folder/],
  ['a/../../up.wav', /leads out of its folder/],
  ['a//b.wav', /leads out of its folder/],
  ['/etc/a.wav', /an absolute path/],
  ['C:/a.wav', /an absolute path/],
  ['a\\..\\b.wav', /a backslash/],
  ['a\nb.wav', /a control character/],
  ['../not-asked-for.txt', /leads out of its folder/],
];

describe('refuses the whole archive for one entry', () => {
  test.each(HOSTILE_NAMES)('%s in a tar', async (name, message) => {
    const archive = await tarFile([...GOOD, { name, content: 'x' }]);
    await expect(contents(archive)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['archive']);
  });

  test.each(HOSTILE_NAMES)('%s in a zip', async (name, message) => {
    const archive = zipFile([
      { name: 'a.wav', content: Buffer.from('one') },
      { name, content: Buffer.from('x') },
    ]);
    await expect(contents(archive)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['archive']);
  });

  test.each(['symlink', 'link', 'character-device', 'fifo'] as const)('a %s', async (type) => {
    const archive = await tarFile([...GOOD, { name: 'l.wav', type, linkname: '/etc/passwd' }]);
    await expect(contents(archive)).rejects.toThrow(/"l\.wav": a link or a device/);
  });

  test('a link in a zip', async () => {
    const entry: ZipEntry = { name: 'l.wav', content: Buffer.from('/etc/passwd'), mode: 0o120777 };
    await expect(contents(zipFile([entry]))).rejects.toThrow(/a link or a device/);
  });

  test('a path that comes twice', async () => {
    await expect(contents(await tarFile([...GOOD, { name: 'c.wav', content: 'three' }]))).rejects.toThrow(
      /comes twice/,
    );
  });
});

describe('keeps its bounds', () => {
  const small = { bytes: 100_000, entries: 10 };

  test('a bomb of zeros, also in what is not taken', async () => {
    const archive = gzipSync(await tarFile([{ name: 'zeros', content: Buffer.alloc(10_000_000) }]));
    expect(archive.length).toBeLessThan(20_000);
    await expect(readArchive(written(archive), wavs, small)).rejects.toThrow(
      /unpacks to more than 100000 bytes/,
    );
    const zip = zipFile([{ name: 'zeros.wav', content: Buffer.alloc(10_000_000) }]);
    await expect(readArchive(written(zip), wavs, small)).rejects.toThrow(/unpacks to more than 100000 bytes/);
  });

  test('many entries', async () => {
    const archive = await tarFile(Array.from({ length: 11 }, (_, i) => ({ name: `${i}`, content: '' })));
    await expect(readArchive(written(archive), wavs, small)).rejects.toThrow(/more than 10 entries/);
  });

  test('a zip entry that is larger than it says', async () => {
    const zip = zipFile([{ name: 'a.wav', content: Buffer.alloc(1000), announced: 10 }]);
    await expect(contents(zip)).rejects.toThrow(BadFile);
  });
});

describe('broken', () => {
  test('cut short', async () => {
    const tar = await tarFile([{ name: 'a.wav', content: Buffer.alloc(5000, 'x') }]);
    for (const archive of [
      tar.subarray(0, 3000),
      gzipSync(tar).subarray(0, 60),
      zipFile([{ name: 'a.wav', content: tar }]).subarray(0, 80),
    ]) {
      await expect(contents(archive)).rejects.toThrow(BadFile);
    }
  });

  test('no archive at all', async () => {
    await expect(contents(Buffer.from('text'))).rejects.toThrow(/no \.zip, \.tar, \.tar\.gz or \.deb/);
  });

  test('mutated archives give files or a BadFile', async () => {
    const tar = await tarFile(GOOD);
    const zip = zipFile([
      { name: 'a.wav', content: Buffer.from('one') },
      { name: 'b.wav', content: Buffer.from('two') },
    ]);
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(tar, gzipSync(tar), zip), changes, async (source, places) => {
        const archive = Buffer.from(source);
        for (const [at, to] of places) archive[at % archive.length] = to;
        const outcome = await contents(archive).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BadFile);
      }),
      { numRuns: 300 },
    );
  });
});
