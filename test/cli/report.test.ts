import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { tQuantile } from '../../src/report/statistics.js';
import { testOnRealData } from '../data/real-data.js';
import { skipWhere } from '../skip.js';
import { run, runHere } from './command.js';
import { reproduced, rowsOf, SMALL } from './experiment.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

const parent = mkdtempSync(join(tmpdir(), 'gru-bench-report-'));
let folder: string;
let stdout: string;

beforeAll(async () => {
  folder = await reproduced(SMALL, parent);
  ({ stdout } = await run(['report', folder]));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Test NLLs per frame of a unit's best learning rate, over its seeds. */
function reportedTestNlls(unit: string): number[] {
  const rows = rowsOf(join(folder, 'results.csv')).filter((row) => row.unit === unit);
  const [{ draw }] = rows.filter(({ seed }) => seed !== '1');
  return rows.filter((row) => row.draw === draw).map(({ test_nll }) => Number(test_nll));
}

describe('report', () => {
  it('prints Table 2 with mean and interval over the seeds', () => {
    for (const unit of ['gru', 'lstm']) {
      const [a, b] = reportedTestNlls(unit);
      const interval = (tQuantile(1) * Math.abs(a - b)) / 2;
      expect(stdout).toContain(`${((a + b) / 2).toFixed(3)} ± ${interval.toFixed(3)}`);
    }
  });

  it('computes the test NLLs again by the composed kernels, to 1e-5, and keeps what it computed', async () => {
    expect(stdout).toMatch(
      /The test NLLs of 4 of 4 reported models .* largest difference is [\d.]+e-[6-9] nats/,
    );
    const again = await runHere(['report', folder]);
    expect(again.stderr).toBe('');
    expect(again.stdout).toBe(stdout);
  });

  it('can be made of the published files alone', async () => {
    const before = readFileSync(join(folder, 'report.md'), 'utf8');
    rmSync(join(folder, 'trials'), { recursive: true });
    expect((await runHere(['report', folder])).code).toBe(0);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toBe(before);
  });

  it('--json has the same numbers', async () => {
    const report = JSON.parse((await runHere(['report', folder, '--json'])).stdout);
    const row = report.table2.find(
      (one: { split: string; rule: string }) => one.split === 'test' && one.rule === 'per frame',
    );
    for (const { unit, ours } of row.entries) {
      const [a, b] = reportedTestNlls(unit);
      expect(ours.mean).toBeCloseTo((a + b) / 2, 12);
    }
  });

  it('draws the figures as SVG', () => {
    for (const name of ['demo-music', 'search-demo-music'])
      expect(readFileSync(join(folder, 'figures', `${name}.svg`), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it('of a folder without results is one line', async () => {
    expect(await runHere(['report', join(folder, 'nothing')])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^gru-bench: .* holds no results; make them with: [^\n]+\n$/),
    });
  });
});

describe('the page, in Chromium', skipWhere(CHROMIUM ? undefined : 'not installed: Chromium'), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  async function openPage(width: number, colorScheme: 'light' | 'dark') {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const troubles: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:'))
        troubles.push(request.url());
    });
    await page.goto(`file://${join(folder, 'report.html')}`);
    return { page, troubles };
  }

  it.each([
    [1200, 'light'],
    [390, 'dark'],
  ] as const)('renders %i pixels wide, %s, asks for nothing and fits', async (width, scheme) => {
    const { page, troubles } = await openPage(width, scheme);
    const size = await page.evaluate<{ wide: number; background: string }>(
      '({ wide: document.documentElement.scrollWidth, background: getComputedStyle(document.body).backgroundColor })',
    );
    expect(size.wide).toBeLessThanOrEqual(width);
    expect(size.background).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)');
    expect(await page.locator('figure svg').count()).toBe(5);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('has the numbers of results.csv', async () => {
    const { page } = await openPage(1200, 'light');
    const values = await page
      .locator('#table2 tr', { hasText: 'test' })
      .filter({ hasText: 'per frame' })
      .locator('[data-value]')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
    const expected = ['gru', 'lstm'].map((unit) => {
      const [a, b] = reportedTestNlls(unit);
      return (a + b) / 2;
    });
    expect(values.length).toBe(2);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i], 12);
    await page.close();
  });

  it('shows the curves’ values at the pointer', async () => {
    const { page } = await openPage(1200, 'light');
    const box = await page.locator('figure[data-over=epoch]').boundingBox();
    if (!box) throw new Error('no figure');
    await page.mouse.move(box.x + box.width * 0.95, box.y + box.height * 0.4);
    const text = await page.locator('#tooltip').innerText();
    const [last] = rowsOf(join(folder, 'curves', 'demo-music-gru.csv')).slice(-1);
    expect(text).toContain(Number(last.valid_nll).toFixed(3));
    expect(text).toMatch(/GRU[\s\S]*LSTM/);
    await page.mouse.move(1, 1);
    expect(await page.locator('#tooltip').isHidden()).toBe(true);
    await page.close();
  });
});

describe('check', () => {
  it('holds its own results, with the same digits, and across kernels', async () => {
    const { code, stdout } = await runHere(['check', folder, '--strict']);
    expect(code).toBe(0);
    expect(stdout).toContain('4 of 4 checks hold');
    const composed = await runHere(['check', folder, '--strict', '--kernels', 'composed', '--json']);
    expect(composed.code).toBe(0);
    for (const { comparisons } of JSON.parse(composed.stdout).cells) expect(comparisons.length).toBe(6);
  });

  it.each(['results.csv', 'short-runs.csv'])('names the number that does not hold: %s', async (file) => {
    const path = join(folder, file);
    const before = readFileSync(path, 'utf8');
    const edited = rowsOf(path).map((one) => one.test_nll_per_sequence);
    const changed = edited.reduce(
      (text, value) => text.replaceAll(value, (Number(value) + 3e-4).toString()),
      before,
    );
    writeFileSync(path, changed);
    const junit = join(folder, 'check.xml');
    const { code, stderr } = await runHere(['check', folder, '--junit', junit]);
    writeFileSync(path, before);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /gru-bench: .* does not hold: demo-music gru, [^\n]*test_nll_per_sequence is [\d.]+ instead of/,
    );
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites tests="4" failures="2"/);
  });

  it('says what it could not check; --strict makes that a failure', async () => {
    const path = join(folder, 'experiment.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace(/"sha256": "[0-9a-f]{4}/, '"sha256": "0000'));
    const lenient = await runHere(['check', folder]);
    const strict = await runHere(['check', folder, '--strict', '--quiet']);
    writeFileSync(path, before);
    expect(lenient.code).toBe(0);
    expect(lenient.stdout).toContain('4 could not be made');
    expect(strict.code).toBe(1);
    expect(strict.stderr).toMatch(
      /^gru-bench: --strict: not checked: demo-music gru[^\n]*not those of the results[^\n]*\n$/,
    );
  });

  testOnRealData('tells chaos from a wrong number where other kernels round differently', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'gru-bench-chaos-'));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    cpSync('results/paper', copy, { recursive: true });
    // The committed tanh model of Nottingham is chaotic on a piece of the validation set.
    const experiment = JSON.parse(readFileSync(join(copy, 'experiment.json'), 'utf8'));
    const [{ plan, ...record }] = experiment.datasets;
    const datasets = [{ ...record, plan: { ...plan, units: ['tanh'] } }];
    writeFileSync(join(copy, 'experiment.json'), JSON.stringify({ ...experiment, datasets }));
    const check = () => runHere(['check', copy], { GRU_BENCH_SIMD: 'plain' });

    const whole = await check();
    expect(whole.stderr).toContain(
      'nottingham tanh, best parameters: not checked: on other kernels rounding',
    );
    expect(whole.stderr).toContain('nottingham tanh, short run: holds');
    expect(whole.code).toBe(0);

    const results = readFileSync(join(copy, 'results.csv'), 'utf8');
    const [row] = rowsOf(join(copy, 'results.csv')).filter(({ draw, seed }) => draw === '7' && seed === '1');
    const wrong = String(Number(row.valid_nll) + 0.1);
    writeFileSync(join(copy, 'results.csv'), results.replace(row.valid_nll, wrong));
    expect(await check()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`valid_nll is`),
    });
  });
});
