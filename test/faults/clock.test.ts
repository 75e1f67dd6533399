import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CURVE_COLUMNS } from '../../src/training/curve.js';
import { emptyFolder, numbers, runHere, start } from '../cli/command.js';
import { configFile, reproduced, resultsOf } from '../cli/experiment.js';
import { skipWhere } from '../skip.js';
import { MINUTES, runs, summary } from './scale.js';

/** libfaketime as Debian and others install it: a library that answers for the clock. */
function fakeClock(): string | undefined {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib'].filter((folder) => existsSync(folder));
  const places = folders.flatMap((folder) => [
    folder,
    ...readdirSync(folder).map((name) => join(folder, name)),
  ]);
  return places
    .map((place) => join(place, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}

const LIBRARY = fakeClock();
const JUMPS = ['-1h', '+1h', '-400d', '+400d', '-20y', '+8y', '+0'];

/** Runs a command while the time of day jumps every tenth of a second. */
async function whileClockJumps(
  words: string[],
): Promise<{ jumps: number; code: number | null; stderr: string }> {
  const clock = join(emptyFolder(), 'clock');
  writeFileSync(clock, '+0');
  const running = start(words, {
    LD_PRELOAD: LIBRARY ?? '',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    // Setting a clock moves the time of day alone, on a system as here.
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  });
  let [jumps, hasEnded] = [0, false];
  running.child.on('close', () => {
    hasEnded = true;
  });
  while (!hasEnded) {
    writeFileSync(clock, JUMPS[jumps++ % JUMPS.length]);
    await setTimeout(100);
  }
  const { code, stderr } = await running.finished;
  return { jumps, code, stderr };
}

const WHY_NOT = LIBRARY ? undefined : 'not installed: libfaketime';

describe('a clock that jumps by hours, days and years', skipWhere(WHY_NOT), () => {
  it(
    'changes no number of a training run, nor its seconds',
    async () => {
      const [whole, folder] = [join(emptyFolder(), 'run'), join(emptyFolder(), 'run')];
      const words = [
        'train',
        '--model',
        'gru',
        '--dataset',
        'demo-music',
        '--backend',
        'cpu',
        '--epochs',
        String(runs(300, 30)),
        '--max-sequences',
        String(runs(200, 60)),
      ];
      await runHere([...words, '--out', whole]);
      const before = performance.now();
      const { jumps, code, stderr } = await whileClockJumps([...words, '--out', folder, '--quiet']);
      const seconds = (performance.now() - before) / 1000;
      expect([code, stderr]).toEqual([0, '']);
      expect(numbers(folder)).toEqual(numbers(whole));
      const [, ...rows] = readFileSync(join(folder, 'curve.csv'), 'utf8').trimEnd().split('\n');
      const clock = rows.map((row) => Number(row.split(',')[CURVE_COLUMNS.indexOf('wall_clock_s')]));
      for (const [i, now] of clock.entries()) expect(now).toBeGreaterThan(clock[i - 1] ?? 0);
      expect(clock.at(-1)).toBeLessThan(seconds);
      summary(`training: ${jumps} jumps of the clock, every number as undisturbed`);
    },
    5 * MINUTES,
  );

  it(
    'changes no number of a reproduction',
    async () => {
      const expected = resultsOf(await reproduced());
      const folder = join(emptyFolder(), 'out');
      const { jumps, code, stderr } = await whileClockJumps([
        'reproduce',
        configFile(),
        '--out',
        folder,
        '--quiet',
      ]);
      expect([code, stderr]).toEqual([0, '']);
      expect(resultsOf(folder)).toEqual(expected);
      summary(`reproduction: ${jumps} jumps of the clock, every number as undisturbed`);
    },
    5 * MINUTES,
  );
});
