import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyFolder, type Finished, numbers, run, runHere } from '../cli/command.js';
import { configFile, reproduced, resultsOf, rowsOf } from '../cli/experiment.js';
import { skipWhere } from '../skip.js';
import { randomFrom } from './mutate.js';
import { MINUTES, runs, summary } from './scale.js';

const mount = (...words: string[]) => spawnSync('mount', words).status === 0;

/** A file system of its own, in memory. */
function smallDisk(kibibytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-disk-'));
  if (!mount('-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder)) throw new Error('no mount');
  onTestFinished(() => unmount(folder));
  return folder;
}

function unmount(folder: string): void {
  spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-disk-'));
  const can = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder);
  unmount(folder);
  return can;
}

function expectOneLine({ code, stderr }: Pick<Finished, 'code' | 'stderr'>, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n').length, stderr).toBe(1);
  expect(code).toBe(1);
}

const TRAIN = [
  'train',
  '--model',
  'gru',
  '--dataset',
  'demo-music',
  '--max-sequences',
  '8',
  '--epochs',
  '6',
  '--backend',
  'cpu',
];

// Mounting takes root.
describe('a disk', skipWhere(canMount() ? undefined : 'no file system can be mounted'), () => {
  it(
    'that is full ends a training run in one line; with space again it ends with the same numbers',
    async () => {
      const whole = join(emptyFolder(), 'run');
      await runHere([...TRAIN, '--out', whole]);
      const random = randomFrom(7);
      const count = runs(20, 3);
      for (let n = 0; n < count; n++) {
        const disk = smallDisk(4 + random(400));
        const folder = join(disk, 'run');
        const full = await run([...TRAIN, '--out', folder, '--quiet']);
        if (full.code !== 0) expectOneLine(full, /^gru-bench: cannot write [^\n]+ENOSPC/);
        mount('-o', 'remount,size=64m', disk);
        const isBegun = existsSync(join(folder, 'config.json'));
        const words = isBegun ? ['train', '--resume', folder] : [...TRAIN, '--out', folder];
        expect(await runHere([...words, '--quiet'])).toMatchObject({ code: 0, stderr: '' });
        expect(numbers(folder)).toEqual(numbers(whole));
        unmount(disk);
      }
      summary(`training: ${count} full disks, each refused in one line, each resumed to the same numbers`);
    },
    10 * MINUTES,
  );

  it(
    'that is full ends a reproduction; with space again it ends with the same results',
    async () => {
      const expected = resultsOf(await reproduced());
      const random = randomFrom(8);
      const count = runs(10, 1);
      for (let n = 0; n < count; n++) {
        const disk = smallDisk(64 + random(2000));
        const words = ['reproduce', configFile(), '--out', join(disk, 'out'), '--jobs', '1', '--quiet'];
        const { code, stderr } = await run(words);
        expect([0, 1]).toContain(code);
        for (const line of stderr.trimEnd().split('\n'))
          if (code === 1) expect(line).toMatch(/^gru-bench: .*(ENOSPC|no space)/);
        const results = join(disk, 'out', 'results.csv');
        for (const row of existsSync(results) ? rowsOf(results) : []) expect(row.status).toBeDefined();
        mount('-o', 'remount,size=256m', disk);
        expect(await run(words)).toMatchObject({ code: 0, stderr: '' });
        expect(resultsOf(join(disk, 'out'))).toEqual(expected);
        unmount(disk);
      }
      summary(`reproduction: ${count} full disks, each resumed to the same results`);
    },
    10 * MINUTES,
  );

  it('that is read-only is read from, and refused in one line where something has to be written', async () => {
    const disk = smallDisk(65536);
    const [folder, experiment] = [join(disk, 'run'), join(disk, 'out')];
    const config = configFile();
    await runHere([...TRAIN, '--out', folder]);
    cpSync(await reproduced(), experiment, { recursive: true });
    const before = resultsOf(experiment);
    expect(mount('-o', 'remount,ro', disk)).toBe(true);

    for (const words of [
      [...TRAIN, '--out', join(disk, 'other')],
      ['train', '--resume', folder],
      ['reproduce', config, '--out', experiment],
      ['reproduce', config, '--out', join(disk, 'other')],
      ['report', experiment],
      ['sample', folder, '--out', join(disk, 'piece.mid')],
    ])
      expectOneLine(await runHere(words), /^gru-bench: .*EROFS/);
    expect(resultsOf(experiment)).toEqual(before);
    expect(existsSync(join(disk, 'other'))).toBe(false);
    for (const words of [
      ['evaluate', folder, '--quiet'],
      ['check', experiment, '--quiet'],
    ])
      expect(await runHere(words)).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')).epochs).toBe(6);
  });
});
