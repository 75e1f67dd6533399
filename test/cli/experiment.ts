import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import { emptyFolder, run } from './command.js';

/** A whole experiment of a few seconds: two cells, a rung, further seeds. */
export const SMALL = `
seeds: 2
units: [gru, lstm]
training: { maxSequences: 6, epochs: 6, backend: cpu }
search: { draws: 3, logLearningRate: [-8, -6], rungs: [{ epochs: 2, keep: 2 }] }
shortRun: { epochs: 2, maxSequences: 4 }
datasets: [{ dataset: demo-music }]
`;

export function configFile(text = SMALL, folder = emptyFolder()): string {
  const path = join(folder, 'experiment.yaml');
  writeFileSync(path, text);
  return path;
}

/**
 * An experiment run to its end. That of `SMALL` is run once while the suite runs, and copied for each who asks.
 *
 * @returns its folder, below `parent`; the config lies beside it
 */
export async function reproduced(text = SMALL, parent = emptyFolder()): Promise<string> {
  const [config, folder] = [configFile(text, parent), join(parent, 'out')];
  if (text === SMALL) cpSync(await finishedExperiment(), folder, { recursive: true });
  // With one process, since a start costs more than most trials.
  else await reproduce(config, folder, '--jobs', '1');
  return folder;
}

async function reproduce(config: string, folder: string, ...more: string[]): Promise<void> {
  const { code, stderr } = await run(['reproduce', config, '--out', folder, '--quiet', ...more]);
  expect([code, stderr]).toEqual([0, '']);
}

/** The first test file that asks makes it, others that run meanwhile wait. */
async function finishedExperiment(): Promise<string> {
  const parent = join(inject('suiteFolder'), 'experiment');
  const [folder, ended] = [join(parent, 'out'), join(parent, 'ended')];
  try {
    mkdirSync(parent);
  } catch {
    while (!existsSync(ended)) await setTimeout(100);
    return folder;
  }
  try {
    await reproduce(configFile(SMALL, parent), folder);
  } finally {
    writeFileSync(ended, '');
  }
  return folder;
}

/** A table's rows by column, without the columns of measured time. */
export function rowsOf(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',').map((cell, i) => [columns[i], cell]);
    return Object.fromEntries(
      cells.filter(([column]) => !['seconds_an_epoch', 'wall_clock_s'].includes(column)),
    );
  });
}

/** Everything in an experiment's results but measured time. */
export function resultsOf(folder: string) {
  const curves = readdirSync(join(folder, 'curves')).sort();
  const checkpoints = readdirSync(join(folder, 'checkpoints')).sort();
  return {
    results: rowsOf(join(folder, 'results.csv')),
    shortRuns: rowsOf(join(folder, 'short-runs.csv')),
    curves: curves.map((name) => [name, rowsOf(join(folder, 'curves', name))]),
    checkpoints: checkpoints.map((name) => [
      name,
      readFileSync(join(folder, 'checkpoints', name)).toString('hex'),
    ]),
  };
}

export interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Runs an experiment to its end in a folder. @returns what it told */
export async function grow(text: string, folder: string, ...more: string[]): Promise<Event[]> {
  const words = ['reproduce', configFile(text), '--out', folder, '--jobs', '2', '--json', ...more];
  const { code, stdout, stderr } = await run(words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** All that is published but measured time. */
export function published(folder: string) {
  const { trainingSeconds, ...record } = JSON.parse(readFileSync(join(folder, 'experiment.json'), 'utf8'));
  expect(trainingSeconds).toBeGreaterThan(0);
  return { ...resultsOf(folder), record };
}

export type Changes = readonly (readonly [from: string, to: string])[];

/** The text of an experiment with other words in it. */
export const changed = (text: string, changes: Changes) =>
  changes.reduce((grown, [from, to]) => {
    expect(grown).toContain(from);
    return grown.replace(from, to);
  }, text);
