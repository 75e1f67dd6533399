import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder, runHere } from './command.js';
import { rowsOf } from './experiment.js';

const WORDS = ['train', '--model', 'gru', '--dataset', 'demo-music', '--max-sequences', '4', '--epochs', '2'];

/** Records of an event file (TFRecord): length, its checksum, the event, its checksum. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    found.push(file.subarray(at + 12, at + 12 + length));
    at += 12 + length + 4;
  }
  return found;
}

it('train --tensorboard writes each epoch to an event file', async () => {
  const folder = emptyFolder();
  const [out, events] = [join(folder, 'run'), join(folder, 'events')];
  const { code, stderr } = await runHere([...WORDS, '--out', out, '--tensorboard', events]);
  expect([code, stderr]).toEqual([0, '']);
  const [file] = readdirSync(events);
  expect(file).toMatch(/^events\.out\.tfevents\./);
  const written = records(readFileSync(join(events, file)));
  for (const row of rowsOf(join(out, 'curve.csv')))
    for (const [tag, column] of [
      ['nll/valid', 'valid_nll'],
      ['learning_rate', 'learning_rate'],
      ['gradient_norm', 'gradient_norm'],
    ]) {
      const value = Buffer.alloc(4);
      value.writeFloatLE(Number(row[column]));
      const holds = (record: Buffer) => record.includes(tag) && record.includes(value);
      expect(written.some(holds), `${tag}, epoch ${row.epoch}`).toBe(true);
    }
});

it('train --tensorboard tells in one line where it cannot write', async () => {
  for (const more of [
    ['--tensorboard', '/proc/nowhere'],
    ['--tensorboard', emptyFolder(), '--backend', 'cpu'],
  ]) {
    const { code, stderr } = await runHere([...WORDS, '--out', join(emptyFolder(), 'run'), ...more]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^gru-bench: --tensorboard [^\n]+\n$/);
  }
});
