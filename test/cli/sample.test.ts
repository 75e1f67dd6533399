import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMidiRoll } from '../../src/data/midi.js';
import { readWav } from '../../src/data/wav.js';
import { emptyFolder, runHere } from './command.js';

const PIECE = fileURLToPath(new URL('../../datasets/demo-music/test/01.mid', import.meta.url));
const SMALL = ['--max-sequences', '4', '--epochs', '1', '--quiet'];

async function trained(dataset: string): Promise<string> {
  const folder = join(emptyFolder(), 'run');
  await runHere(['train', '--model', 'gru', '--dataset', dataset, ...SMALL, '--out', folder]);
  return folder;
}

describe('sample', () => {
  it('writes a .mid that reads back, the same for a seed, beginning with the prime', async () => {
    const folder = await trained('demo-music');
    const file = (name: string) => join(folder, `${name}.mid`);
    const words = ['sample', folder, '--length', '40', '--prime', PIECE, '--prime-frames', '12'];
    expect(await runHere([...words, '--out', file('a')])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `${file('a')}: 52 frames, 13.0 s, the first 12 from the prime\n`,
    });
    await runHere([...words, '--out', file('b'), '--quiet']);
    await runHere([...words, '--out', file('c'), '--seed', '2', '--quiet']);
    expect(readFileSync(file('a'))).toEqual(readFileSync(file('b')));
    expect(readFileSync(file('a'))).not.toEqual(readFileSync(file('c')));
    const [piece, drawn] = [PIECE, file('a')].map((path) => readMidiRoll(readFileSync(path), path));
    const beginning = piece.keys.slice(0, piece.starts[12]);
    expect(drawn.keys.slice(0, beginning.length)).toEqual(beginning);
  });

  it('writes a .wav at the rate of the data', async () => {
    const folder = await trained('demo-speech');
    const out = join(folder, 'voice.wav');
    expect((await runHere(['sample', folder, '--length', '50', '--out', out])).code).toBe(0);
    expect(readWav(readFileSync(out), out)).toMatchObject({ sampleRate: 8000 });
    expect(readWav(readFileSync(out), out).samples.length).toBe(20 + 500);
  });

  it('tells in one line what does not fit', async () => {
    const folder = await trained('demo-music');
    for (const [words, line] of [
      [['--out', 'x.wav'], '--out x.wav: a music model needs a .mid file'],
      [['--prime', 'x.wav'], '--prime x.wav: a music model needs a .mid file'],
      [['--temperature', '0'], '--temperature 0: it has to be above 0'],
      [['--length', '1.5'], '--length 1.5: it has to be a whole number'],
    ] as const) {
      const { code, stderr } = await runHere(['sample', folder, ...words]);
      expect([code, stderr.split('\n').length, stderr]).toEqual([2, 2, expect.stringContaining(line)]);
    }
  });
});
