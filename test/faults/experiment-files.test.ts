import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readChecksums } from '../../src/experiment/checksums.js';
import { Failure } from '../../src/platform/failure.js';
import { readPublishedFiles } from '../../src/report/check/published.js';
import { reproduced, SMALL } from '../cli/experiment.js';

/** Finished results without their trials, so that nothing can be published anew. */
const top = mkdtempSync(join(tmpdir(), 'gru-bench-faults-'));
const folder = join(top, 'results');
beforeAll(async () => {
  const from = await reproduced(SMALL, top);
  cpSync(from, folder, { recursive: true, filter: (path) => !path.endsWith('trials') });
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** Damages a file of the results until the test ends. @returns its path */
function harmed(name: string, harm: Harm): string {
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8');
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, text);
  });
  harm(path, text);
  return path;
}

/** All that a report and `check` are made of. */
function readAll(): void {
  readPublishedFiles(folder);
  readChecksums(folder);
}

type Harm = (path: string, text: string) => void;

const linesOf = (text: string) => text.trimEnd().split('\n');
const rewrite =
  (change: (lines: string[]) => string[]): Harm =>
  (path, text) =>
    writeFileSync(path, `${change(linesOf(text)).join('\n')}\n`);

const HARMS: Record<string, Harm> = {
  'is emptied': (path) => writeFileSync(path, ''),
  'is cut in a line': (path, text) => {
    const half = text.slice(0, text.length / 2);
    writeFileSync(path, half.slice(0, half.lastIndexOf('\n') + 4));
  },
  'has zeros in place of its bytes': (path, text) => writeFileSync(path, Buffer.alloc(text.length)),
  'has a line twice': rewrite(([first, second, ...others]) => [first, second, second, ...others]),
  'is a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'is a link to nothing': (path) => {
    rmSync(path);
    symlinkSync('gone', path);
  },
  'is a link to itself': (path) => {
    rmSync(path);
    symlinkSync(path, path);
  },
};

const TABLES = [
  'results.csv',
  'short-runs.csv',
  'sequence-nll.csv',
  'curves/demo-music-gru.csv',
  'curves/demo-music-gru@seed-2.csv',
];
const FILES = ['experiment.json', 'checksums.sha256', ...TABLES];

describe.each(FILES)('%s', (name) => {
  it.each(Object.keys(HARMS))('is refused in one line where it %s', (what) => {
    expectRefused(harmed(name, HARMS[what]));
  });
});

describe.each(TABLES)('%s', (name) => {
  it.each([
    ['a column less', rewrite((lines) => lines.map((line) => line.slice(0, line.lastIndexOf(','))))],
    ['a cell too much', rewrite(([first, second, ...others]) => [first, `${second},1`, ...others])],
    [
      'a word for a number',
      rewrite((lines) => [...lines.slice(0, -1), lines[lines.length - 1].replace(/\d+\.\d+/, 'low')]),
    ],
  ])('is refused in one line where it has %s', (_, harm) => {
    expectRefused(harmed(name, harm));
  });
});

function expectRefused(path: string): void {
  let error: unknown;
  try {
    readAll();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(Failure);
  const { message, exitCode } = error as Failure;
  expect(message).toContain(path);
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(exitCode).toBe(1);
}

it.each([
  ['experiment.json', 'results.csv'],
  ['results.csv', 'experiment.json'],
])('results without %s are no empty results', (missing, there) => {
  const path = harmed(missing, (file) => rmSync(file));
  expect(readAll).toThrow(`${path} is missing, which belongs to ${join(folder, there)}: put it back`);
});

it('files that an editor has saved with a mark before them are read', () => {
  for (const name of FILES)
    harmed(name, (path, text) => writeFileSync(path, `\uFEFF${text.replaceAll('\n', '\r\n')}`));
  expect(readAll).not.toThrow();
});
