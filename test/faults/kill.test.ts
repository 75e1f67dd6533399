import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readModel } from '../../src/model/model-file.js';
import { emptyFolder, numbers, run, start } from '../cli/command.js';
import { configFile, reproduced, resultsOf, rowsOf, SMALL } from '../cli/experiment.js';
import { IS_LONG, MINUTES, runs, summary } from './scale.js';

/** Speech as well, and the third unit; what is held is the same. */
const QUICK = readFileSync(new URL('../../configs/quick.yaml', import.meta.url), 'utf8');

interface Disturbed {
  readonly kills: number;
  /** No kill comes later than this after a start; milliseconds. */
  readonly longest: number;
  readonly words: () => string[];
  readonly afterKill: () => void;
  /** Compares what came out, and clears the place for the next beginning. */
  readonly ended: () => void;
}

/** Kills a command at random moments and starts it again; where it ends by itself before, it begins anew. @returns how often it ended */
async function killOften({ kills, longest, words, afterKill, ended }: Disturbed): Promise<number> {
  let ends = 0;
  for (let killed = 0; killed <= kills; ) {
    const running = start(words());
    const moment = Math.random() * longest;
    const timer = killed < kills ? setTimeout(() => running.child.kill('SIGKILL'), moment) : undefined;
    const { code, signal, stderr } = await running.finished;
    clearTimeout(timer);
    if (signal === 'SIGKILL') {
      killed++;
      afterKill();
      continue;
    }
    expect([code, stderr], words().join(' ')).toEqual([0, '']);
    ended();
    ends++;
    if (killed === kills) break;
  }
  return ends;
}

it(
  'a training run killed at random moments loses no epoch and ends with the numbers of one never stopped',
  async () => {
    const [whole, folder] = [join(emptyFolder(), 'whole'), join(emptyFolder(), 'killed')];
    const run80 = '--model gru --dataset demo-music --max-sequences 60 --epochs 80 --backend cpu --quiet';
    const words = ['train', ...run80.split(' ')];
    const before = Date.now();
    expect((await run([...words, '--out', whole])).code).toBe(0);
    const longest = Date.now() - before;
    const [expected, best] = [numbers(whole), readFileSync(join(whole, 'best.safetensors'))];
    const kills = runs(50, 5);
    let epochs = 0;
    const ends = await killOften({
      kills,
      longest,
      words: () =>
        existsSync(join(folder, 'config.json'))
          ? ['train', '--resume', folder, '--quiet']
          : [...words, '--out', folder],
      afterKill() {
        const rows = existsSync(join(folder, 'curve.csv')) ? numbers(folder) : [];
        expect(rows).toEqual(expected.slice(0, rows.length));
        expect(rows.length).toBeGreaterThanOrEqual(epochs);
        epochs = rows.length;
        if (epochs > 0) readModel(join(folder, 'best.safetensors'));
      },
      ended() {
        expect(numbers(folder)).toEqual(expected);
        expect(readFileSync(join(folder, 'best.safetensors'))).toEqual(best);
        rmSync(folder, { recursive: true });
        epochs = 0;
      },
    });
    summary(
      `training: ${kills} SIGKILLs at random moments, ${ends} runs to their end, every number as undisturbed`,
    );
  },
  20 * MINUTES,
);

it(
  'a reproduction killed at random moments loses no trial and ends with the results of one never stopped',
  async () => {
    const text = IS_LONG ? QUICK : SMALL;
    const expected = resultsOf(await reproduced(text));
    const [config, folder] = [configFile(text), join(emptyFolder(), 'killed')];
    const kills = runs(50, 4);
    let trials = 0;
    const ends = await killOften({
      kills,
      longest: IS_LONG ? 4500 : 2500,
      words: () => ['reproduce', config, '--out', folder, '--quiet'],
      afterKill() {
        const path = join(folder, 'results.csv');
        const rows = (existsSync(path) ? rowsOf(path) : []).filter(({ status }) => status !== 'open');
        for (const row of rows.filter(({ status }) => status !== 'rung'))
          expect(expected.results).toContainEqual(row);
        expect(rows.length).toBeGreaterThanOrEqual(trials);
        trials = rows.length;
      },
      ended() {
        expect(resultsOf(folder)).toEqual(expected);
        rmSync(folder, { recursive: true });
        trials = 0;
      },
    });
    summary(
      `reproduction: ${kills} SIGKILLs at random moments, ${ends} runs to their end, every number as undisturbed`,
    );
  },
  40 * MINUTES,
);
