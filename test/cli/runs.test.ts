import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityOf } from '../../src/platform/process-identity.js';
import { skipWhere } from '../skip.js';
import { CHROMIUM } from './chromium.js';
import { emptyFolder, runHere } from './command.js';

const parent = mkdtempSync(join(tmpdir(), 'gru-bench-runs-'));
const runs = join(parent, 'runs');

/** Three runs, of which the first has most epochs, and the second a `.` in its folder's name. */
beforeAll(async () => {
  const train = async (name: string, ...more: string[]) => {
    const words = ['train', '--dataset', 'demo-music', '--max-sequences', '4', '--backend', 'cpu', ...more];
    expect((await runHere([...words, '--quiet', '--out', join(runs, name)])).code).toBe(0);
  };
  await train('long', '--model', 'gru', '--epochs', '30');
  await train('mine/other.1', '--model', 'lstm', '--epochs', '4', '--learning-rate', '2e-3');
  await train('short', '--model', 'gru', '--epochs', '2', '--units', '8');
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function listed(...words: string[]): Promise<Record<string, string | number>[]> {
  const { code, stdout, stderr } = await runHere(['runs', ...words, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const folders = (all: readonly Record<string, string | number>[]) =>
  all.map(({ folder }) => String(folder).slice(runs.length + 1));

describe('runs', () => {
  it('lists every run below a folder, with what its files say', async () => {
    const all = await listed(runs);
    expect(folders(all)).toEqual(['long', 'mine/other.1', 'short']);
    const result = JSON.parse(readFileSync(join(runs, 'long', 'result.json'), 'utf8'));
    expect(all[0]).toMatchObject({
      dataset: 'demo-music',
      unit: 'gru',
      hiddenUnits: 46,
      state: 'all epochs',
      epochs: 30,
      best: result.best,
      secondsAnEpoch: result.secondsAnEpoch,
      request: { seed: 1, learningRate: 1e-3 },
    });
    const { stdout } = await runHere(['runs', runs]);
    const row = stdout.split('\n').find((line) => line.startsWith('mine/other.1'));
    expect(row).toMatch(/demo-music +lstm +36 +2\.00e-3 +1 +4\/4 .* all epochs$/);
  });

  it('sorts by any column, runs without a number last', async () => {
    expect(folders(await listed(runs, '--sort', 'epochs'))).toEqual(['short', 'mine/other.1', 'long']);
    expect(folders(await listed(runs, '--sort', 'rate', '--reverse'))[0]).toBe('mine/other.1');
    const folder = emptyFolder();
    const copy = join(folder, 'no-epoch');
    mkdirSync(copy);
    writeFileSync(join(copy, 'config.json'), readFileSync(join(runs, 'short', 'config.json')));
    for (const order of [[], ['--reverse']]) {
      const { stdout } = await runHere(['runs', runs, folder, '--sort', 'valid', '--quiet', ...order]);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(copy);
    }
  });

  it('knows a run that a process works on from one that is stopped', async () => {
    const folder = join(emptyFolder(), 'run');
    mkdirSync(folder);
    writeFileSync(join(folder, 'config.json'), readFileSync(join(runs, 'short', 'config.json')));
    expect((await listed(folder))[0].state).toBe('stopped');
    writeFileSync(join(folder, 'lock.json'), JSON.stringify(identityOf(process.pid)));
    expect((await listed(folder))[0].state).toBe('running');
  });

  it('takes a run once, whatever leads to it, and passes over folders that are none', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app', 'config.json'), '{"name": "something else"}');
    symlinkSync(folder, join(folder, 'app', 'up'));
    symlinkSync(join(runs, 'long'), join(folder, 'linked'));
    expect((await listed(folder, join(folder, 'linked'))).length).toBe(1);
  });

  it('shows what it can where a run cannot be read, names that, and ends with exit code 1', async () => {
    const folder = emptyFolder();
    for (const name of ['damaged', 'whole']) {
      mkdirSync(join(folder, name));
      for (const file of ['config.json', 'curve.csv'])
        writeFileSync(join(folder, name, file), readFileSync(join(runs, 'short', file)));
    }
    writeFileSync(join(folder, 'damaged', 'curve.csv'), 'epoch\n1\n');
    const { code, stdout, stderr } = await runHere(['runs', folder]);
    expect(stdout).toContain('whole');
    expect(stderr).toMatch(/^gru-bench: \S+damaged cannot be read: \S+curve\.csv: line 1: [^\n]+\n$/);
    expect(code).toBe(1);
  });

  it('names a run that has lost its config.json', async () => {
    const folder = emptyFolder();
    cpSync(join(runs, 'short'), join(folder, 'whole'), { recursive: true });
    cpSync(join(runs, 'short'), join(folder, 'lost'), { recursive: true });
    rmSync(join(folder, 'lost', 'config.json'));
    const { code, stdout, stderr } = await runHere(['runs', folder, '--quiet']);
    expect(stdout).toBe(`${join(folder, 'whole')}\n`);
    expect(stderr).toMatch(
      /^gru-bench: \S+lost cannot be read: \S+lost holds no run: \S+config\.json is missing\n$/,
    );
    expect(code).toBe(1);
  });

  it('names a folder without runs beside others that have some', async () => {
    const without = emptyFolder();
    const { code, stdout, stderr } = await runHere(['runs', runs, without]);
    expect(code).toBe(0);
    expect(stdout).toContain('long');
    expect(stderr).toMatch(new RegExp(`^No runs in ${without}: `));
    const compared = await runHere(['compare', runs, without]);
    expect([compared.code, compared.stderr]).toEqual([2, `gru-bench: no runs in ${without}\n`]);
  });

  it.each([
    [['no-such-folder'], 'no-such-folder: no such folder'],
    [['--sort', 'sped'], '--sort'],
  ])('%j is one line', async (words, message) => {
    const { code, stderr } = await runHere(['runs', ...words]);
    expect([code, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toContain(message);
  });

  it('says where runs would be when there are none', async () => {
    const { code, stdout } = await runHere(['runs', emptyFolder()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No runs in /);
    expect(await listed(emptyFolder())).toEqual([]);
  });
});

describe('compare', () => {
  const both = [join(runs, 'long'), join(runs, 'mine/other.1')];

  it('says which options differ, and whose they are; piped, it draws nothing', async () => {
    const { code, stdout, stderr } = await runHere(['compare', runs]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^unit +a c: gru {3}b: lstm$/m);
    expect(stdout).toMatch(/^hidden units +a: 46 {3}b: 36 {3}c: 8$/m);
    expect(stdout).toMatch(/^learning rate +a c: 0\.001 {3}b: 0\.002$/m);
    expect(stdout).not.toMatch(/^seed /m);
    expect(stdout).not.toMatch(/[\u2800-\u28ff│]/);
  });

  it('warns of NLLs and seconds that cannot be compared', async () => {
    const folder = join(emptyFolder(), 'elsewhere');
    mkdirSync(folder);
    const config = readFileSync(join(runs, 'long', 'config.json'), 'utf8');
    const other = config
      .replace(/"sha256": "./, '"sha256": "-')
      .replace(/"model": "[^"]* [^"]*"/, '"model": "Z80"');
    writeFileSync(join(folder, 'config.json'), other);
    const { stdout } = await runHere(['compare', ...both, folder]);
    expect(stdout).toContain('different data');
    expect(stdout).toContain('different processors');
    expect((await runHere(['compare', ...both])).stdout).not.toContain('different');
  });

  it('gives JSON with curves and differences', async () => {
    const { stdout } = await runHere(['compare', ...both, '--json']);
    const { runs: all, differences, shared, cautions } = JSON.parse(stdout);
    expect(all.map(({ label, curve }: { label: string; curve: [] }) => [label, curve.length])).toEqual([
      ['a', 30],
      ['b', 4],
    ]);
    expect(differences).toContainEqual({ option: 'epochs', values: ['30', '4'] });
    expect([shared.seed, cautions]).toEqual(['1', []]);
  });

  it.each([
    [['no-such-run'], 'no-such-run'],
    [[], 'run'],
    [[parent, '--split', 'tests'], '--split'],
    [[tmpdir(), '--out'], '--out'],
  ])('%j is one line', async (words, message) => {
    const { code, stderr } = await runHere(['compare', ...words]);
    expect([code, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toContain(message);
  });
});

describe('the page of compare', skipWhere(CHROMIUM ? undefined : 'not installed: Chromium'), () => {
  let browser: Browser;
  let page: string;
  beforeAll(async () => {
    page = join(parent, 'page.html');
    const { code, stdout } = await runHere(['compare', runs, '--out', page]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Written: ${page}`)]);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  it('needs no network', () => {
    expect(existsSync(page)).toBe(true);
    expect(readFileSync(page, 'utf8')).not.toMatch(/(src|href)="?https?:/);
  });

  it.each([
    [390, 'light'],
    [1200, 'dark'],
  ] as const)(
    '%i pixels wide, %s: shows curves, their numbers at the pointer, and hides runs',
    async (width, colorScheme) => {
      const tab = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const errors: string[] = [];
      tab.on('pageerror', ({ message }) => errors.push(message));
      await tab.goto(`file://${page}`);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
      // The chosen split stands out: the style sheet is the report's, and knows the same classes.
      const colours = await tab
        .locator('.choice .pill')
        .evaluateAll((all) =>
          all.map((one) => one.ownerDocument.defaultView?.getComputedStyle(one).backgroundColor),
        );
      expect([colours[0] === colours[1], colours[1] === colours[2]]).toEqual([false, true]);
      const panels = tab.locator('figure svg').filter({ visible: true });
      expect(await panels.count()).toBe(2);
      const box = await panels.first().boundingBox();
      if (!box) throw new Error('the panel is not shown');
      await tab.mouse.move(box.x + box.width * 0.98, box.y + box.height / 2);
      const rows = () => tab.locator('#tooltip tr').allInnerTexts();
      const last = (name: string) =>
        readFileSync(join(runs, name, 'curve.csv'), 'utf8')
          .trimEnd()
          .split('\n')
          .at(-1)
          ?.split(',') ?? [];
      const ends = ['long', 'mine/other.1', 'short'].map((name) => Number(last(name)[4]).toFixed(4));
      expect((await rows()).slice(1).map((row) => row.split('\t')[1])).toEqual(ends);

      await tab.locator('.run-choice input').nth(1).uncheck();
      await tab.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
      expect((await rows()).length).toBe(3);
      const lines = panels.first().locator('.mark-line path');
      expect(await lines.filter({ visible: true }).count()).toBe(2);
      await tab.locator('input[name=split][value=test]').first().check();
      expect(await tab.locator('figure').filter({ visible: true }).first().getAttribute('data-split')).toBe(
        'test',
      );
      expect(errors).toEqual([]);
      await tab.close();
    },
  );
});
