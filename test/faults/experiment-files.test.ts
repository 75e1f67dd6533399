import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readChecksums } from '../../src/experiment/checksums.js';
import { Failure } from '../../src/platform/failure.js';
import { readPublishedFiles } from '../../src/report/check/published.js';
import { runHere } from '../cli/command.js';
import { reproduced, resultsOf, rowsOf, SMALL } from '../cli/experiment.js';

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
  const bytes = readFileSync(path);
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, bytes);
  });
  harm(path, bytes.toString('utf8'));
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

const withoutLast = rewrite((lines) => lines.slice(0, -1));

it.each([
  ['results.csv', 'without its last row', withoutLast, 'has no row of demo-music lstm, draw 3, seed 1'],
  [
    'results.csv',
    'without any row',
    rewrite((lines) => lines.slice(0, 1)),
    'has no row of demo-music gru, draw 1',
  ],
  [
    'curves/demo-music-gru.csv',
    'without its last epoch',
    withoutLast,
    'has 5 epochs, and results.csv tells of 6',
  ],
  ['curves/demo-music-lstm@seed-2.csv', 'without its last epoch', withoutLast, 'has 5 epochs'],
  [
    'curves/demo-music-gru.csv',
    'removed',
    (path: string) => rmSync(path),
    'is missing, but checksums.sha256 has it',
  ],
  ['curves/demo-music-lstm@seed-2.csv', 'removed', (path: string) => rmSync(path), 'is missing'],
  [
    'checkpoints/demo-music-gru.safetensors',
    'with one bit changed',
    (path: string) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 5] ^= 1;
      writeFileSync(path, bytes);
    },
    'is not as it was written',
  ],
] as const)('a report is not made over %s %s', async (name, _, harm, message) => {
  const path = harmed(name, harm);
  const before = contents();
  const { code, stderr } = await runHere(['report', folder]);
  expect(stderr).toContain(`gru-bench: ${path} ${message}`);
  expect([code, stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
  expect(contents()).toEqual(before);
});

/** Of all files of the results. */
function contents(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String);
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

/** The trial of a unit's best learning rate. */
function bestTrial(experiment: string, unit: string): string {
  const rows = rowsOf(join(experiment, 'results.csv'));
  const draw = rows.find((row) => row.unit === unit && row.seed === '2')?.draw as string;
  const trials = join(experiment, 'trials', 'demo-music', unit);
  const name = readdirSync(trials).find((one) => one.startsWith(`draw-${draw.padStart(2, '0')}-seed-2`));
  return join(trials, name as string);
}

it.each([
  ['best.safetensors', (bytes: Buffer) => bytes.length - 5],
  ['curve.csv', (bytes: Buffer) => bytes.lastIndexOf('.') + 1],
])('results are not published over good ones from a trial with a damaged %s', async (name, placeIn) => {
  const experiment = await reproduced();
  const path = join(bestTrial(experiment, 'gru'), name);
  const bytes = readFileSync(path);
  bytes[placeIn(bytes)] ^= 1;
  writeFileSync(path, bytes);
  const before = resultsOf(experiment);
  for (const words of [
    ['report', experiment],
    ['reproduce', join(experiment, '..', 'experiment.yaml'), '--out', experiment, '--quiet'],
  ]) {
    const { code, stderr } = await runHere(words);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^gru-bench: [^\n]+ is not as the run wrote it; put it back; [^\n]+\n$/),
    ]);
    expect(stderr).toContain(path);
  }
  expect(resultsOf(experiment)).toEqual(before);
});
