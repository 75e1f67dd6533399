import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FolderInUse } from '../../src/platform/lock.js';
import { readCurve } from '../../src/training/curve.js';
import { requestSchema } from '../../src/training/request.js';
import { prepareResume, prepareRun, trainRun } from '../../src/training/run.js';
import { runFiles } from '../../src/training/run-folder.js';
import { emptyFolder } from '../cli/command.js';

const REQUEST = requestSchema.parse({
  model: 'tanh',
  dataset: 'demo-music',
  maxSequences: 2,
  epochs: 1,
  backend: 'cpu',
});

const prepare = () => prepareRun(REQUEST, join(emptyFolder(), 'run'));

/** All that this run asks: before each of two updates, before each of three evaluated batches, and before it writes. */
const QUESTIONS = 6;

/** Whether the question of this number has come, from 1. */
function fromQuestion(number: number): () => boolean {
  let asked = 0;
  return () => ++asked >= number;
}

/** Everything in a curve but measured time. */
const digitsOf = (folder: string) =>
  readCurve(runFiles(folder).curve).map(({ wall_clock_s, ...digits }) => digits);

it.each(Array.from({ length: QUESTIONS }, (_, i) => i + 1))(
  'a run whose folder is taken over ends before it writes anything: found when it asks for time %i',
  async (question) => {
    const run = await prepare();
    const lost = { ...run, lock: { ...run.lock, isLost: fromQuestion(question) } };
    await expect(trainRun(lost)).rejects.toThrow(FolderInUse);
    expect(readdirSync(run.folder)).toEqual(['config.json']);
  },
);

it('a stop is heard between the batches of the evaluation, and the run goes on to the same digits', async () => {
  const whole = await prepare();
  expect((await trainRun(whole)).ending).toBe('all epochs');
  for (const question of [3, 4, 5]) {
    const run = await prepare();
    const stopped = await trainRun(run, { stopRequested: fromQuestion(question) });
    expect([stopped.ending, stopped.epochs]).toEqual(['stopped', 0]);
    expect(readdirSync(run.folder).sort()).toEqual(['config.json', 'state.safetensors']);
    const updates: number[] = [];
    await trainRun(await prepareResume(run.folder), { onUpdate: ({ update }) => updates.push(update) });
    expect(updates).toEqual([]);
    expect(digitsOf(run.folder)).toEqual(digitsOf(whole.folder));
  }
});

it('a stop that is asked for once the epoch is evaluated keeps the epoch', async () => {
  const run = await prepare();
  const { ending, epochs } = await trainRun(run, { stopRequested: fromQuestion(QUESTIONS) });
  expect([ending, epochs]).toEqual(['all epochs', 1]);
});
