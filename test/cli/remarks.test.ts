import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, run, runHere } from './command.js';

const PIECE = 'datasets/demo-music/test/01.mid';

test('evaluate and sample say what of the data was passed over, beside their output', async () => {
  const folder = emptyFolder();
  const [set, trained, out] = ['set', 'run', 'a.mid'].map((name) => join(folder, name));
  for (const split of ['train', 'valid', 'test']) {
    mkdirSync(join(set, split), { recursive: true });
    copyFileSync(PIECE, join(set, split, `${split}.mid`));
  }
  writeFileSync(join(set, 'train', 'notes.txt'), 'x');
  writeFileSync(join(set, 'train', 'broken.mid'), 'x');
  const training = ['--hidden', '2', '--epochs', '1', '--out', trained, '--quiet'];
  await runHere(['train', '--model', 'gru', '--dataset', set, '--skip-broken', ...training]);
  const drawing = ['sample', trained, '--length', '3', '--out', out, '--force'];
  for (const words of [['evaluate', trained], drawing]) {
    const plain = await runHere(words);
    expect(plain.stderr).toContain('1 file, broken and skipped (train/broken.mid: byte 0');
    expect(plain.stderr).toContain('train/notes.txt: not a .mid');
    expect(plain.stdout).not.toContain('broken');
    const quiet = await runHere([...words, '--quiet']);
    expect(quiet).toEqual({ code: 0, stderr: '', stdout: words === drawing ? '' : plain.stdout });
    const json = await runHere([...words, '--json']);
    expect(json.stderr).toBe('');
    expect(JSON.parse(json.stdout)).toMatchObject({
      broken: [{ file: 'train/broken.mid' }],
      remarks: expect.arrayContaining([expect.objectContaining({ file: 'train/notes.txt' })]),
    });
  }
});

test('sample says what of a prime was passed over', async () => {
  const folder = emptyFolder();
  const [trained, prime, out] = ['run', 'prime.mid', 'a.mid'].map((name) => join(folder, name));
  const training = ['--max-sequences', '2', '--hidden', '2', '--epochs', '1', '--out', trained, '--quiet'];
  await runHere(['train', '--model', 'gru', '--dataset', 'demo-music', ...training]);
  const bytes = readFileSync(PIECE);
  // A note on channel 10 at the beginning of the first track that has notes: a drum.
  const on = bytes.findIndex(
    (byte, i) => (byte & 0xf0) === 0x90 && bytes[i - 1] === 0 && bytes[i + 1] < 0x80,
  );
  bytes[on] = 0x99;
  writeFileSync(prime, bytes);
  const drawn = await runHere(['sample', trained, '--prime', prime, '--length', '3', '--out', out]);
  expect(drawn.stderr).toMatch(/prime\.mid: drum notes \(channel 10\)[^\n]*: \d+$/m);
});

test('reproduce --dry-run says it too', async () => {
  const folder = emptyFolder();
  const config = join(folder, 'mine.yaml');
  writeFileSync(
    config,
    'datasets: [{ dataset: demo-music }]\nunits: [gru]\nhiddenUnits: { gru: 2 }\nseeds: 3\n',
  );
  const words = ['reproduce', config, '--out', join(folder, 'out'), '--dry-run'];
  const said = /81 of 35417 notes are heard in no frame/;
  expect((await run(words)).stdout).toMatch(new RegExp(`^demo-music: ${said.source}`, 'm'));
  const { data } = JSON.parse((await run([...words, '--json'])).stdout);
  expect(data).toMatchObject([{ name: 'demo-music', remarks: [{ what: expect.stringMatching(said) }] }]);
});
