import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { noteChecksums, readChecksums } from '../../src/experiment/checksums.js';
import { cellsOf } from '../../src/experiment/plan.js';
import { publish, readPublished } from '../../src/experiment/publish.js';
import { readExperiment } from '../../src/experiment/read-config.js';
import { readRecords, recordsFile, trialsFolder } from '../../src/experiment/records.js';
import { openExperiment } from '../../src/experiment/reproduce.js';
import type { Schedule } from '../../src/experiment/schedule.js';
import { slurmArrays } from '../../src/experiment/slurm.js';
import { takeLock } from '../../src/platform/lock.js';
import { emptyFolder } from '../cli/command.js';
import { configFile } from '../cli/experiment.js';
import { skipWhere } from '../skip.js';

const plansOf = async (name: string) =>
  (
    await readExperiment(
      configFile(`training: { maxSequences: 2 }\ndatasets: [{ dataset: demo-music, name: ${name} }]`),
    )
  ).plans;

it('a start that another process is in the middle of waits, and keeps what that one writes', async () => {
  const folder = emptyFolder();
  await openExperiment(await plansOf('one'), folder);
  const other = takeLock(join(trialsFolder(folder), 'lock.json'), folder);
  const second = openExperiment(await plansOf('two'), folder);
  // What the other process has read before, it writes with its own record.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { one } = JSON.parse(readFileSync(recordsFile(folder), 'utf8'));
  writeFileSync(recordsFile(folder), JSON.stringify({ one, other: one }));
  other.release();
  await second;
  // First what this experiment has, in its order.
  expect(Object.keys(readRecords(folder))).toEqual(['two', 'one', 'other']);
  expect(readdirSync(trialsFolder(folder))).toEqual(['plan.json']);
});

it('results are published by one process at a time, of all trials that are there by then', async () => {
  const folder = emptyFolder();
  await openExperiment(await plansOf('one'), folder);
  const other = takeLock(join(trialsFolder(folder), 'lock.json'), folder);
  const published = publish(folder);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(existsSync(join(folder, 'results.csv'))).toBe(false);
  const { one } = JSON.parse(readFileSync(recordsFile(folder), 'utf8'));
  const two = { ...one, plan: { ...one.plan, name: 'two' } };
  writeFileSync(recordsFile(folder), JSON.stringify({ one, two }));
  other.release();
  expect(await published).toBe('written');
  expect(readPublished(folder)?.datasets.map(({ plan }) => plan.name)).toEqual(['one', 'two']);
});

it('checksums that several processes note at once keep the lines of each', async () => {
  const folder = emptyFolder();
  const files = ['experiment.json', 'report.md'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, '');
  writeFileSync(join(folder, 'checksums.sha256'), `${'0'.repeat(64)}  results.csv\n`);
  const other = takeLock(join(folder, 'lock.json'), folder);
  const noted = Promise.all(files.map((file) => noteChecksums(folder, () => false, [file])));
  await new Promise((resolve) => setTimeout(resolve, 50));
  writeFileSync(join(folder, 'checksums.sha256'), `${'1'.repeat(64)}  results.csv\n`);
  other.release();
  await noted;
  const checksums = readChecksums(folder) ?? new Map();
  expect([...checksums.keys()]).toEqual(['experiment.json', 'report.md', 'results.csv']);
  expect(checksums.get('results.csv')).toBe('1'.repeat(64));
  expect(readdirSync(folder)).not.toContain('lock.json');
});

it('an experiment that is opened loses what killed processes left half written, and nothing else', async () => {
  const folder = emptyFolder();
  for (const place of ['trials', 'curves', 'checkpoints', 'figures']) mkdirSync(join(folder, place));
  const left = [
    'results.csv',
    'trials/plan.json',
    'curves/a.csv',
    'checkpoints/a.safetensors',
    'figures/a.svg',
  ];
  for (const file of left) writeFileSync(join(folder, `${file}.4194305.partial`), '');
  writeFileSync(join(folder, 'mine.partial'), '');
  await openExperiment(await plansOf('one'), folder);
  await publish(folder);
  const names = readdirSync(folder, { recursive: true }).map(String);
  expect(names.filter((name) => name.endsWith('.partial'))).toEqual(['mine.partial']);
});

/** Programs in place of Slurm's: every job that is submitted stays in the queue. */
function fakeSlurm(): void {
  const folder = emptyFolder();
  const jobs = join(folder, 'jobs');
  mkdirSync(jobs);
  const programs = {
    sbatch: `last=$(/bin/sed -n 's/.*--array=0-\\([0-9]*\\)$/\\1/p' "$2"); echo "$last" > ${jobs}/$$; echo $$`,
    squeue: `for job in ${jobs}/*; do [ -e "$job" ] || continue
      for i in $(/usr/bin/seq 0 $(/bin/cat "$job")); do echo "\${job##*/}_$i PENDING"; done; done`,
  };
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', folder);
}

it(
  'two that submit to Slurm at once submit each task once',
  skipWhere(process.platform === 'win32' ? 'Slurm does not run on Windows' : undefined),
  async () => {
    fakeSlurm();
    const trials = trialsFolder(emptyFolder());
    const tasks = (await plansOf('one')).flatMap((plan) => cellsOf(plan).flatMap(({ search }) => search));
    const schedule: Schedule = {
      open: () => tasks.map((trial) => ({ trial })),
      progressNow: () => ({ curve: [] }),
      started() {},
      ended() {},
      onProgress() {},
      onEpoch() {},
      stopRequested: () => false,
    };
    const { slurm: settings } = await readExperiment(configFile());
    await Promise.all([1, 2].map(() => slurmArrays(trials, { settings, detach: true })(schedule)));
    const folder = join(trials, 'slurm');
    const arrays = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const submitted = arrays.flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).tasks);
    expect(submitted.map(({ path }) => path).sort()).toEqual(tasks.map(({ path }) => path).sort());
  },
);
