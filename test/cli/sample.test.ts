import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/catalogue.js';
import { readMidiRoll } from '../../src/data/formats/midi.js';
import { readWav } from '../../src/data/formats/wav.js';
import type { MusicDataset, SpeechDataset } from '../../src/data/sequence.js';
import { sampleToFile } from '../../src/sampling/sample-file.js';
import { runHere } from './command.js';

const PIECE = fileURLToPath(new URL('../../datasets/demo-music/test/01.mid', import.meta.url));
const SMALL = ['--max-sequences', '4', '--epochs', '1', '--quiet'];

/** Made once, for all tests. */
const runs = mkdtempSync(join(tmpdir(), 'gru-bench-sample-'));
const [music, speech] = ['music', 'speech'].map((kind) => join(runs, kind));
beforeAll(async () => {
  await Promise.all(
    [music, speech].map((folder) =>
      runHere([
        'train',
        '--model',
        'gru',
        '--dataset',
        `demo-${basename(folder)}`,
        ...SMALL,
        '--out',
        folder,
      ]),
    ),
  );
});
afterAll(() => rmSync(runs, { recursive: true }));

describe('sample', () => {
  it('writes a .mid that reads back, the same for a seed, beginning with the prime', async () => {
    const file = (name: string) => join(runs, `${name}.mid`);
    const prime = join(runs, 'prime.MIDI');
    copyFileSync(PIECE, prime);
    const words = ['sample', music, '--length', '40', '--prime', prime, '--prime-frames', '12'];
    expect(await runHere([...words, '--out', file('a')])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `${file('a')}: 52 frames, 13.0 s, the first 12 from the prime\n`,
    });
    await runHere([...words, '--out', file('b'), '--quiet']);
    await runHere([...words, '--out', file('c'), '--seed', '2', '--quiet']);
    expect(readFileSync(file('a'))).toEqual(readFileSync(file('b')));
    expect(readFileSync(file('a'))).not.toEqual(readFileSync(file('c')));
    const [piece, drawn] = [PIECE, file('a')].map((path) => readMidiRoll(readFileSync(path), path).roll);
    const beginning = piece.keys.slice(0, piece.starts[12]);
    expect(drawn.keys.slice(0, beginning.length)).toEqual(beginning);
  });

  it('writes a .wav at the rate of the data, three seconds of it, begun as a training window', async () => {
    const out = join(runs, 'voice.wav');
    expect(await runHere(['sample', speech, '--out', out])).toMatchObject({
      code: 0,
      stdout: `${out}: 2400 frames, 3.0 s, begun as a training sequence of demo-speech\n`,
    });
    const { sampleRate, samples } = readWav(readFileSync(out), out);
    expect([sampleRate, samples.length]).toEqual([8000, 20 + 24_000]);
    const data = (await loadDataset('demo-speech', { maxSequences: 4 })) as SpeechDataset;
    const beginnings = data.splits.train.map((window) =>
      [...window.samples.slice(0, 20)].map((sample) => sample * data.deviation + data.mean),
    );
    const isNear = (a: number[]) => a.every((value, i) => Math.abs(value - samples[i]) < 1e-4);
    expect(beginnings.some(isNear)).toBe(true);
  });

  it('begins as a training piece, or from silence where it knows none, and says so', async () => {
    const model = join(music, 'best.safetensors');
    const out = join(runs, 'beginning.mid');
    const draw = async (from: string, dataset?: string) => {
      const options = { length: 3, temperature: 1, seed: 1, out, force: true, dataset };
      const { frames, beginning } = await sampleToFile(from, options);
      return { frames, beginning };
    };
    const begun = { from: 'training sequence', dataset: 'demo-music', frames: 1 };
    expect(await draw(music)).toEqual({ frames: 4, beginning: begun });
    expect(await draw(model, 'demo-music')).toEqual({ frames: 4, beginning: begun });
    const first = readMidiRoll(readFileSync(out), out).roll.keys.slice(0, 4);
    const { splits } = (await loadDataset('demo-music')) as MusicDataset;
    expect(splits.train.some(({ keys }) => keys.slice(0, 4).join() === first.join())).toBe(true);
    await expect(draw(model, 'demo-speech')).rejects.toThrow('demo-speech is speech; ');
    expect((await runHere(['sample', model, '--length', '3', '--out', out, '--force'])).stdout).toBe(
      `${out}: 3 frames, 0.8 s, begun from silence\n` +
        `No training sequence at hand to begin as: ${model} does not say its data set; --dataset names it\n`,
    );
  });

  it('replaces a file only with --force', async () => {
    const out = join(runs, 'piece.mid');
    writeFileSync(out, 'mine');
    expect(await runHere(['sample', music, '--out', out])).toMatchObject({
      code: 2,
      stderr: `gru-bench: ${out} is there already: --force replaces it, --out takes another file\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await sampleToFile(music, { length: 3, temperature: 1, seed: 1, out, force: true });
    expect(readMidiRoll(readFileSync(out), out).roll.frames).toBeGreaterThan(0);
  });

  it('tells in one line what does not fit', async () => {
    for (const [words, line] of [
      [['--out', 'x.wav'], '--out x.wav: a music model needs a .mid file'],
      [['--prime', 'x.wav'], '--prime x.wav: a music model needs a .mid file'],
      [['--prime-frames', '8'], '--prime-frames goes with --prime'],
      [['--temperature', '0'], '--temperature 0: it has to be above 0'],
      [['--split-seed', '7'], "the run's own data keep its split: leave out --split-seed"],
      [
        ['--dataset', 'demo-music', '--split-seed', '7', '--skip-broken'],
        "the run's own data keep its split",
      ],
      [['--length', '1.5'], '--length 1.5: it has to be a whole number'],
    ] as const) {
      const { code, stderr } = await runHere(['sample', music, ...words]);
      expect([code, stderr.split('\n').length, stderr]).toEqual([2, 2, expect.stringContaining(line)]);
    }
  });
});
