import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { TrialProgress } from '../../src/experiment/plan.js';
import { readExperiment } from '../../src/experiment/read-config.js';
import { trialsFolder } from '../../src/experiment/records.js';
import { openExperiment } from '../../src/experiment/reproduce.js';
import { Failure } from '../../src/platform/failure.js';
import { partialName } from '../../src/platform/left-overs.js';
import { emptyFolder } from '../cli/command.js';
import { configFile } from '../cli/experiment.js';
import { smallPiece, writeFiles } from '../data/files.js';

/** Of the built program, which has the processes that measure. */
const { estimateTime } = (await import(
  new URL('../../dist/experiment/estimate.js', import.meta.url).href
)) as typeof import('../../src/experiment/estimate.js');

const NOTHING_DONE = (): TrialProgress => ({ curve: [] });

/** An experiment of one unit on folders of small pieces, one piece of each broken. */
async function onPieces(...names: string[]) {
  const parent = emptyFolder();
  const pieces = Array.from({ length: 40 }, (_, i) => [`${i}.mid`, i < 1 ? 'bad' : smallPiece(30 + i)]);
  for (const name of names) writeFiles(join(parent, name), Object.fromEntries(pieces));
  const training = { epochs: 2, backend: 'cpu', skipBroken: true, splitShares: [60, 20, 20] };
  const datasets = names.map((name) => ({ dataset: join(parent, name), name }));
  const text = JSON.stringify({ units: ['gru'], search: { draws: 1 }, training, datasets });
  const experiment = await openExperiment((await readExperiment(configFile(text))).plans, emptyFolder());
  return { parent, experiment, trials: trialsFolder(experiment.folder) };
}

/** How many this process has started that live. */
async function processesOfThis(): Promise<number> {
  // What belonged to one that has ended goes in the next turn.
  await setTimeout(1);
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}

it('measures data as they are to be trained on, and removes what a killed measurement left', async () => {
  const { experiment, trials } = await onPieces('pieces');
  const dead = spawnSync(process.execPath, ['--version']).pid;
  mkdirSync(partialName(join(trials, 'measured')).replace(`${process.pid}`, `${dead}`));
  const before = await processesOfThis();
  const { cells } = await estimateTime(experiment, NOTHING_DONE, 1);
  expect(cells.map(({ secondsAnEpoch }) => secondsAnEpoch > 0)).toEqual([true]);
  expect(readdirSync(trials)).toEqual(['plan.json']);
  expect(await processesOfThis()).toBe(before);
});

it('where one measurement fails, ends the others with it', async () => {
  const { parent, experiment, trials } = await onPieces('whole', 'gone');
  rmSync(join(parent, 'gone'), { recursive: true });
  const before = await processesOfThis();
  const failure = await estimateTime(experiment, NOTHING_DONE, 2).catch((error: Error) => error);
  expect(failure).toMatchObject({ name: 'Failure', message: expect.stringMatching(/gone gru: /) });
  expect(await processesOfThis()).toBe(before);
  expect(readdirSync(trials)).toEqual(['plan.json']);
});

it('says in one line that the system refuses a process', async () => {
  const { experiment } = await onPieces('pieces');
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  process.execPath = join(emptyFolder(), 'no-such-node');
  const failure = await estimateTime(experiment, NOTHING_DONE, 2).catch((error: Error) => error);
  expect(failure).toMatchObject({
    name: new Failure('').name,
    message: expect.stringMatching(/pieces gru: its measurement cannot be started: spawn .* ENOENT$/),
  });
});
