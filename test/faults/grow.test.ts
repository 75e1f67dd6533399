import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, start } from '../cli/command.js';
import { changed, configFile, grow, published, reproduced, rowsOf, SMALL } from '../cli/experiment.js';
import { skipWhere } from '../skip.js';
import { IS_LONG, MINUTES, runs, summary } from './scale.js';

const LONG = skipWhere(IS_LONG ? undefined : 'npm run test:faults has it');

it(
  'an experiment killed at random moments while it grows equals one that was so large from the start',
  async () => {
    const [finished, parent] = [await reproduced(), emptyFolder()];
    const grown = changed(SMALL, [
      ['draws: 3', 'draws: 4, strata: 3'],
      ['epochs: 6', 'epochs: 8, scheduleEpochs: 6'],
      ['seeds: 2', 'seeds: 3'],
    ]);
    const expected = published(await reproduced(grown));
    const config = configFile(grown);
    const reported = readFileSync(join(finished, 'results.csv'), 'utf8');
    const kills = runs(50, 3);
    let ends = 0;
    for (let killed = 0, folder = ''; killed <= kills; ) {
      if (folder === '') {
        folder = join(parent, String(ends));
        cpSync(finished, folder, { recursive: true });
      }
      const running = start(['reproduce', config, '--out', folder, '--jobs', '2', '--quiet']);
      const timer =
        killed < kills
          ? setTimeout(() => running.child.kill('SIGKILL'), 200 + Math.random() * (IS_LONG ? 6000 : 3000))
          : undefined;
      const { code, signal, stderr } = await running.finished;
      clearTimeout(timer);
      if (signal === 'SIGKILL') {
        killed++;
        // Finished results give way only to others that are as complete.
        const rows = rowsOf(join(folder, 'results.csv'));
        if (readFileSync(join(folder, 'results.csv'), 'utf8') !== reported)
          expect(rows.filter(({ status }) => status === 'open')).toEqual([]);
        continue;
      }
      expect([code, stderr]).toEqual([0, '']);
      expect(published(folder)).toEqual(expected);
      rmSync(folder, { recursive: true });
      ends++;
      folder = '';
      if (killed === kills) break;
    }
    summary(
      `growth: ${kills} SIGKILLs at random moments, ${ends} experiments to their end, every number as from the start`,
    );
  },
  20 * MINUTES,
);

describe('an experiment that grows', LONG, () => {
  it('may change how far draws train, or how it runs: no trial has other numbers for that', async () => {
    const folder = await reproduced();
    const other = changed(SMALL, [
      ['rungs: [{ epochs: 2, keep: 2 }]', 'rungs: [{ epochs: 3, keep: 1 }]'],
      ['epochs: 2, maxSequences: 4', 'epochs: 1, maxSequences: 4'],
      ['backend: cpu', 'backend: wasm, threads: 2'],
    ]);
    await grow(other, folder);
    const [own, fresh] = [published(folder), published(await reproduced(other))];
    // Trials keep the backend that they began on.
    for (const { record, shortRuns } of [own, fresh]) {
      record.backends = [];
      for (const row of shortRuns) row.backend = '';
    }
    expect(own).toEqual(fresh);
  });

  it('before any cell is finished may become another: trials of before stay unused', async () => {
    const folder = join(emptyFolder(), 'out');
    const first = changed(SMALL, [['epochs: 6', 'epochs: 6, momentum: 0.5']]);
    await grow(first, folder, '--only', 'gru');
    for (const file of ['results.csv', 'experiment.json', 'short-runs.csv', 'checksums.sha256'])
      rmSync(join(folder, file));
    await grow(SMALL, folder);
    expect(published(folder)).toEqual(published(await reproduced()));
  });

  it('without its trials trains them again, and ends with more', async () => {
    const folder = await reproduced();
    rmSync(join(folder, 'trials'), { recursive: true });
    const grown = changed(SMALL, [['seeds: 2', 'seeds: 3']]);
    await grow(grown, folder);
    expect(published(folder)).toEqual(published(await reproduced(grown)));
  });
});
