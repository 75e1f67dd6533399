import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadDataset } from '../../src/data/catalogue.js';
import type { Dataset } from '../../src/data/sequence.js';
import { datasetStatistics } from '../../src/data/statistics.js';
import { Failure } from '../../src/platform/failure.js';
import { temporaryFolder, writeFiles } from './files.js';

/*
 * Files as real programs write them, `midi/*.mid` and `wav/*.wav`, and what a set whose train split is one of them
 * has (`expected.json`). `00-good`, the same without the fault, is its validation and test split.
 */
const FOLDER =
  process.env.GRU_BENCH_CASES ?? fileURLToPath(new URL('../../../shared/cases', import.meta.url));

interface MidiCase {
  readonly frames: number;
  readonly cells: number;
  readonly low: number | null;
  readonly high: number | null;
}

interface WavCase {
  readonly windows: number;
  readonly sampleRate: number;
  readonly mean: number;
  readonly deviation: number;
}

interface Expected {
  readonly midi: Record<string, MidiCase>;
  /** One outcome, several that are all right, or a sentence. */
  readonly wav: Record<string, WavCase | readonly WavCase[] | string>;
}

const expected: Expected = existsSync(join(FOLDER, 'expected.json'))
  ? JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8'))
  : { midi: {}, wav: {} };

test('the cases are here', ({ skip }) => {
  skip(Object.keys(expected.midi).length === 0, `no expected.json in ${FOLDER}: set GRU_BENCH_CASES`);
});

async function loadCase(kind: 'midi' | 'wav', name: string): Promise<Dataset> {
  const folder = temporaryFolder();
  const extension = kind === 'midi' ? 'mid' : 'wav';
  const file = (one: string) => readFileSync(join(FOLDER, kind, `${one}.${extension}`));
  writeFiles(folder, {
    [`train/a.${extension}`]: file(name),
    [`valid/b.${extension}`]: file('00-good'),
    [`test/c.${extension}`]: file('00-good'),
  });
  return loadDataset(folder);
}

/** What a set has, in the terms of `expected.json`. */
function summary(dataset: Dataset): MidiCase | WavCase {
  if (dataset.kind === 'speech') {
    const { sampleRate, mean, deviation } = dataset;
    return { windows: dataset.splits.train.length, sampleRate, mean, deviation };
  }
  const [{ frames, keys }] = dataset.splits.train;
  const { music } = datasetStatistics(dataset).train;
  return { frames, cells: keys.length, low: music?.lowestNote ?? null, high: music?.highestNote ?? null };
}

describe.each(Object.entries(expected.midi))('%s.mid', (name, wanted) => {
  test('the roll', async () => {
    expect(summary(await loadCase('midi', name))).toEqual(wanted);
  });
});

describe.each(Object.entries(expected.wav))('%s.wav', (name, wanted) => {
  test('the windows', async () => {
    if (typeof wanted === 'string') return expectOneLineOrWindows(name, wanted);
    const found = summary(await loadCase('wav', name));
    // Samples are float32: what is expected in float64 is met to half a unit in their last place.
    const outcomes = [wanted].flat().map((outcome) => ({
      ...outcome,
      mean: expect.closeTo(outcome.mean, 8),
      deviation: expect.closeTo(outcome.deviation, 8),
    }));
    expect(outcomes).toContainEqual(found);
  });
});

/** "One line that names the codec (mu-law), or read". */
async function expectOneLineOrWindows(name: string, sentence: string): Promise<void> {
  const codec = /\((\S+)\)/.exec(sentence)?.[1];
  const outcome = await loadCase('wav', name).catch((error: unknown) => error);
  if (!(outcome instanceof Failure)) expect(summary(outcome as Dataset)).toMatchObject({ windows: 6 });
  else expect(outcome.message).toMatch(new RegExp(`^[^\\n]*${codec}[^\\n]*$`));
}
