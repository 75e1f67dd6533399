import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/platform/folder-lock.js';
import { emptyFolder, run, runHere, start } from './command.js';
import { configFile, reproduced, resultsOf, rowsOf, SMALL } from './experiment.js';

describe('reproduce', () => {
  it('run twice at once on one folder, shares the trials and ends with the same results', async () => {
    const alone = await reproduced();
    const [config, shared] = [configFile(), join(emptyFolder(), 'shared')];
    const words = ['reproduce', config, '--out', shared, '--jobs', '1', '--quiet'];
    const both = await Promise.all([1, 2].map(() => run(words)));
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(resultsOf(shared)).toEqual(resultsOf(alone));
  });

  it('waits for a trial that another process works on, and says so', async () => {
    const folder = await reproduced();
    const before = resultsOf(folder);
    const cell = join(folder, 'trials', 'demo-music', 'gru');
    const short = join(cell, readdirSync(cell).find((name) => name.startsWith('short-')) as string);
    rmSync(short, { recursive: true });
    const lock = lockFolder(short);
    const config = join(folder, '..', 'experiment.yaml');
    const running = start(['reproduce', config, '--out', folder, '--jobs', '1']);
    let told = '';
    while (!told.includes('waits: ')) {
      const [text] = await once(running.child.stdout as NodeJS.ReadableStream, 'data');
      told += text;
    }
    expect(told).toMatch(/^demo-music gru, short run waits: \S+ is in use by process \d+ on [^\n]+$/m);
    lock.release();
    const { code, stderr } = await running.finished;
    expect([code, stderr]).toEqual([0, '']);
    expect(resultsOf(folder)).toEqual(before);
  });

  it('stopped by SIGTERM saves, says so, and goes on to the same results', async () => {
    const [config, folder] = [
      configFile(SMALL.replace('epochs: 6', 'epochs: 30')),
      join(emptyFolder(), 'out'),
    ];
    const running = start(['reproduce', config, '--out', folder]);
    // The first trials have ended at their rung: those that follow are longer.
    while (!/ \d+ % /.test((await once(running.child.stdout as NodeJS.ReadableStream, 'data'))[0]));
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.finished;
    expect(code).toBe(143);
    expect(stdout).toContain('Stopped; the same command goes on.');
    expect(existsSync(join(folder, 'results.csv'))).toBe(true);
    expect((await run(['reproduce', config, '--out', folder, '--jobs', '1', '--quiet'])).code).toBe(0);
    expect(resultsOf(folder)).toEqual(resultsOf(await reproduced(SMALL.replace('epochs: 6', 'epochs: 30'))));
  });

  it('done already, does nothing and changes nothing', async () => {
    const [config, folder] = [configFile(), await reproduced()];
    const before = readFileSync(join(folder, 'results.csv'), 'utf8');
    const again = await run(['reproduce', config, '--out', folder, '--json']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const events = again.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(['data', 'end']);
    const next = `gru-bench report ${folder}`;
    expect(events[1]).toEqual({
      event: 'end',
      stopped: false,
      failures: 0,
      results: 'written',
      folder,
      next,
    });
    expect(readFileSync(join(folder, 'results.csv'), 'utf8')).toBe(before);
  });

  it('writes tidy results: every trial a row, one winner with its seeds', async () => {
    const folder = await reproduced();
    const rows = rowsOf(join(folder, 'results.csv'));
    for (const unit of ['gru', 'lstm']) {
      const own = rows.filter((row) => row.unit === unit);
      expect(own.filter(({ seed }) => seed === '1').map(({ draw }) => draw)).toEqual(['1', '2', '3']);
      expect(own.filter(({ status }) => status === 'rung').map(({ epochs }) => epochs)).toEqual(['2']);
      const ended = own.filter(({ seed, status }) => seed === '1' && status !== 'rung');
      const [winner] = ended.sort((a, b) => Number(a.valid_nll) - Number(b.valid_nll));
      const seeds = own.filter(({ seed }) => seed !== '1');
      expect(seeds.map(({ draw, seed, learning_rate }) => [draw, seed, learning_rate])).toEqual([
        [winner.draw, '2', winner.learning_rate],
      ]);
      const curve = rowsOf(join(folder, 'curves', `demo-music-${unit}.csv`));
      expect(curve[Number(winner.best_epoch) - 1].test_nll).toBe(winner.test_nll);
    }
  });

  it('a trial that fails does not stop the others, and is told in one line', async () => {
    const folder = join(emptyFolder(), 'out');
    const ofUnit = ['trials', 'demo-music', 'gru'];
    const second = readdirSync(join(await reproduced(), ...ofUnit)).find((name) =>
      /^draw-02-\w+$/.test(name),
    );
    mkdirSync(join(folder, ...ofUnit), { recursive: true });
    writeFileSync(join(folder, ...ofUnit, String(second)), 'in the way');
    const { code, stderr } = await run([
      'reproduce',
      configFile(),
      '--out',
      folder,
      '--jobs',
      '1',
      '--quiet',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^gru-bench: demo-music\/gru\/draw-02-\w+: [^\n]+; the same command tries again\n$/,
    );
    const rows = rowsOf(join(folder, 'results.csv'));
    expect(rows.filter(({ unit, status }) => unit === 'lstm' && status === 'open')).toEqual([]);
    expect(rows.filter(({ unit }) => unit === 'lstm').length).toBe(4);
  });

  it('keeps finished results whose trials are not there until all of them are finished again', async () => {
    const folder = await reproduced();
    const before = resultsOf(folder);
    rmSync(join(folder, 'trials'), { recursive: true });
    const words = ['reproduce', configFile(), '--out', folder, '--jobs', '1'];
    const part = await run([...words, '--only', 'gru']);
    expect(part).toMatchObject({ code: 0, stderr: '' });
    expect(part.stdout).toContain(`The earlier results in ${folder} stay`);
    expect(resultsOf(folder)).toEqual(before);
    const curves = readFileSync(join(folder, 'curves', 'demo-music-gru.csv'), 'utf8');
    const whole = await run([...words, '--json']);
    expect(whole.stdout).toContain('"results":"written"');
    expect(resultsOf(folder)).toEqual(before);
    // Only measured time tells the two runs apart.
    expect(readFileSync(join(folder, 'curves', 'demo-music-gru.csv'), 'utf8')).not.toBe(curves);
  });

  it('refuses to mix another experiment into old results whose trials are not there', async () => {
    const folder = await reproduced();
    rmSync(join(folder, 'trials'), { recursive: true });
    const other = configFile(SMALL.replace('-8', '-9'));
    const { code, stderr } = await runHere(['reproduce', other, '--out', folder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^gru-bench: demo-music: search\.logLearningRate is not that of the results in [^\n]+\n$/,
    );
  });

  it('--only takes units, data sets and kinds, and guesses what was meant', async () => {
    const config = configFile();
    const plan = async (...only: string[]) => {
      const words = ['reproduce', config, '--out', join(emptyFolder(), 'x'), '--dry-run', '--json'];
      const { stdout, stderr, code } = await run([...words, '--only', ...only]);
      return code === 0 ? JSON.parse(stdout).cells.map(({ unit }: { unit: string }) => unit) : [code, stderr];
    };
    expect(await plan('music', 'gru')).toEqual(['gru']);
    expect(await plan('demo-music')).toEqual(['gru', 'lstm']);
    expect(await plan('gur')).toEqual([2, 'gru-bench: --only gur: did you mean gru?\n']);
  });

  it('takes the experiments that come with it by name, in any folder', async () => {
    const words = (config: string) => ['reproduce', config, '--out', join(emptyFolder(), 'x'), '--dry-run'];
    for (const config of ['quick', 'configs/quick.yaml'])
      expect(await run([...words(config), '--only', 'demo-spech'], {}, emptyFolder())).toMatchObject({
        code: 2,
        stderr: 'gru-bench: --only demo-spech: did you mean demo-speech?\n',
      });
    expect(await run(words('qiuck'), {}, emptyFolder())).toMatchObject({
      code: 2,
      stderr: 'gru-bench: qiuck: no such experiment file; did you mean quick?\n',
    });
  });

  it('--dry-run lists the trials and the time they take, and trains none', async () => {
    const folder = join(emptyFolder(), 'out');
    const { code, stdout } = await run([
      'reproduce',
      configFile(),
      '--out',
      folder,
      '--dry-run',
      '--jobs',
      '2',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^demo-music +gru +46 +18,630 +3 +2 +- /m);
    expect(stdout).toContain('demo-music: draws that go on: 2 after 2 epochs\n');
    expect(stdout).toMatch(/^About \d+ s with 2 processes\.$/m);
    expect(existsSync(folder)).toBe(false);
  });
});
