import { expect, test } from 'vitest';
import { bySplit } from '../../src/data/sequence.js';
import { hashFraction, splitOfFile } from '../../src/data/split-by-hash.js';
import {
  chooseWindows,
  cutWindows,
  moments,
  type NamedRecording,
  rms,
  silenceRemarks,
  standardise,
  type Window,
  whyNoWindow,
} from '../../src/data/waveform.js';

const RULE = { samples: 4, quietestRms: 0.1 };

function windowOf(name: string, ...samples: number[]): Window {
  return { name, samples: Float32Array.from(samples) };
}

function named(path: string, samples: Iterable<number>): NamedRecording {
  return { path, samples: Float32Array.from(samples), encoding: '16-bit integers' };
}

test('windows do not overlap, a rest and near-silent windows are left out', () => {
  const loud = [0.5, -0.5, 0.5, -0.5];
  const offset = [0.5, 0.5, 0.5, 0.5];
  const recording = Float32Array.from([...loud, ...offset, ...loud, 0.5, -0.5]);
  const { windows, ...rest } = cutWindows([named('a/b.wav', recording), named('c.wav', [0.5])], RULE);
  expect(windows.map(({ name }) => name)).toEqual(['a/b.wav#0', 'a/b.wav#2']);
  expect(windows.map(({ samples }) => Array.from(samples))).toEqual([loud, loud]);
  expect(rest).toEqual({
    silent: 1,
    loudestSilent: { name: 'a/b.wav#1', rms: 0, encoding: '16-bit integers' },
    recordings: 2,
    short: 1,
  });
  expect(silenceRemarks([{ windows, ...rest }], RULE)).toEqual([
    '1 of 3 windows are left out as silent (root mean square below 0.1 of full scale)',
  ]);
});

test('a split without a window says whether for silence or for length', () => {
  const quiet = named('a.wav', [0.01, -0.01, 0.01, -0.01, 0.03, -0.03, 0.03, -0.03, 0, 0, 0, 0]);
  expect(whyNoWindow(cutWindows([quiet], RULE), RULE)).toBe(
    'all 3 windows of 4 samples are left out as silent (root mean square below 0.1 of full scale), the loudest of them, a.wav#1 (16-bit integers), with 0.030; make the recordings louder: their scale plays no part beyond this',
  );
  expect(whyNoWindow(cutWindows([named('a.wav', [1, 1, 1, 1])], RULE), RULE)).toMatch(
    /with 0\.0; nothing is recorded in them but one value$/,
  );
  expect(whyNoWindow(cutWindows([named('a.wav', [1, 2])], RULE), RULE)).toBe(
    'no recording (of 1) is as long as a window of 4 samples; it needs longer ones, or a shorter window',
  );
});

test('each waveform knows its recording, counted as they first appear', () => {
  const windows = ['b.wav#0', 'a#1.wav#2', 'b.wav#1', 'a#1.wav#0'].map((name, i) => windowOf(name, i));
  const { splits } = standardise(bySplit(() => windows));
  expect(splits.test.map(({ recording }) => recording)).toEqual([0, 1, 0, 1]);
});

test('a window is near-silent below the rule, not at it', () => {
  expect(rms(Float32Array.from([0.25, -0.25]))).toBe(0.25);
  const recordings = [named('a', [0.25, -0.25])];
  expect(cutWindows(recordings, { samples: 2, quietestRms: 0.25 }).windows).toHaveLength(1);
  expect(cutWindows(recordings, { samples: 2, quietestRms: 0.2501 }).windows).toHaveLength(0);
});

test('the choice depends on names alone, and a smaller quota takes the first of a larger', () => {
  const windows = Array.from({ length: 50 }, (_, i) => windowOf(`f#${i}`, i));
  const names = (chosen: readonly Window[]) => chosen.map(({ name }) => name);
  const all = names(chooseWindows(windows, 'salt'));
  expect(names(chooseWindows([...windows].reverse(), 'salt'))).toEqual(all);
  expect(names(chooseWindows(windows, 'salt', 7))).toEqual(all.slice(0, 7));
  expect(names(chooseWindows(windows, 'pepper'))).not.toEqual(all);
  expect(all).not.toEqual(names(windows));
  expect(() => chooseWindows(windows, 'salt', 51)).toThrow(
    '50 windows that are not near-silent where the manifest wants 51',
  );
});

test('standardised by the training samples, in every split', () => {
  const { splits, mean, deviation } = standardise({
    train: [windowOf('a', 1, 3), windowOf('b', 5, 7)],
    valid: [windowOf('c', 4)],
    test: [windowOf('d', 4 + Math.sqrt(5))],
  });
  expect(mean).toBe(4);
  expect(deviation).toBeCloseTo(Math.sqrt(5), 12);
  expect(moments(splits.train.map(({ samples }) => samples)).deviation).toBeCloseTo(1, 6);
  expect(Array.from(splits.valid[0].samples)).toEqual([0]);
  expect(splits.test[0].samples[0]).toBeCloseTo(1, 6);
});

test('nothing to standardise by', () => {
  const still = [windowOf('a', 2, 2)];
  expect(() => standardise({ train: still, valid: still, test: still })).toThrow(
    'the training samples are all the same',
  );
});

test('hashes are those of SHA-256, and files fall 80/10/10', () => {
  // printf %s salt/name | sha256sum
  expect(hashFraction('salt', 'name')).toBeCloseTo(0xce45e6ebc8a4 / 2 ** 48, 12);
  const names = Array.from({ length: 5000 }, (_, i) => `file-${i}.wav`);
  const share = (split: string) =>
    names.filter((name) => splitOfFile('salt', name) === split).length / names.length;
  expect(share('train')).toBeCloseTo(0.8, 1);
  expect(share('valid')).toBeGreaterThan(0.08);
  expect(share('valid')).toBeLessThan(0.12);
  expect(share('test')).toBeGreaterThan(0.08);
  expect(share('test')).toBeLessThan(0.12);
});

test('a name with an accent has one hash, in whatever form the file system gives it', () => {
  expect(hashFraction('salt', 'e\u0301tude.wav')).toBe(hashFraction('salt', '\u00e9tude.wav'));
});
