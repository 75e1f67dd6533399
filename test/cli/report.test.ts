import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportSchema } from '../../src/report/json.js';
import { tQuantile } from '../../src/report/statistics.js';
import { skipWhere } from '../skip.js';
import { CHROMIUM } from './chromium.js';
import { emptyFolder, PROGRAM, runHere } from './command.js';
import { reproduced, rowsOf, SMALL } from './experiment.js';

const parent = mkdtempSync(join(tmpdir(), 'gru-bench-report-'));
let folder: string;
let stdout: string;

beforeAll(async () => {
  folder = await reproduced(SMALL, parent);
  ({ stdout } = await runHere(['report', folder]));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** The first table of NLLs on the page: test sets, or all, per frame. */
const TABLE_2 = 'section[aria-labelledby="nll"] [data-rule="per frame"]:first-of-type table';

function copyOfResults(): string {
  const copy = join(emptyFolder(), 'out');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

const FALSIFY = fileURLToPath(new URL('../../scripts/falsify', import.meta.url));

const isEvery = (step: number) => (_: unknown, i: number) => i % step === 0;

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

  it('names its folder, but no place of this machine', async () => {
    const texts = () => ['report.md', 'report.html'].map((file) => readFileSync(join(folder, file), 'utf8'));
    for (const text of texts()) {
      expect(text).toMatch(/Made by (`|<code>)gru-bench report out(`|<\/code>)/);
      expect(text).not.toContain(parent);
    }
    const copy = copyOfResults();
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(dirname(copy));
    onTestFinished(() => cwd.mockRestore());
    expect((await runHere(['report', `${copy}/`])).code).toBe(0);
    expect(readFileSync(join(copy, 'report.md'), 'utf8')).toContain('Made by `gru-bench report out`');
    cwd.mockReturnValue(dirname(dirname(copy)));
    expect((await runHere(['report', copy])).code).toBe(0);
    const below = `${basename(dirname(copy))}/out`;
    expect(readFileSync(join(copy, 'report.md'), 'utf8')).toContain(`Made by \`gru-bench report ${below}\``);
  });

  it('leads with the verdict, in the terminal, in Markdown and on the page', () => {
    const sentence = /Too few to say: 2 seeds each\. (GRU|LSTM) has the lowest mean test NLL\./;
    expect(stdout).toMatch(
      new RegExp(`^Which recurrent unit is better\\? GRU and LSTM on demo-music\\n.*${sentence.source}`),
    );
    expect(stdout).not.toContain('Made of');
    const of = (file: string) => readFileSync(join(folder, file), 'utf8');
    expect(of('report.md')).toMatch(new RegExp(`^# .*\\n\\n.*\\n\\n## Verdict\\n\\n- .*${sentence.source}`));
    expect(of('report.html')).toMatch(new RegExp(`<h2 id="verdict">.*?${sentence.source}`, 's'));
    // Nothing of the paper's where it is not the paper's experiment.
    for (const text of [stdout, of('report.md'), of('report.html')])
      for (const word of ['Table 2', 'Chung', 'over 1 seeds', 'over  seeds'])
        expect(text).not.toContain(word);
  });

  it('keeps what the reported models make of each test sequence', () => {
    const rows = rowsOf(join(folder, 'sequence-nll.csv'));
    expect(rows.length).toBe(2 * 2 * 6);
    for (const unit of ['gru', 'lstm'])
      for (const seed of ['1', '2']) {
        const own = rows.filter((row) => row.unit === unit && row.seed === seed);
        const nll = own.reduce((sum, row) => sum + Number(row.nll), 0);
        const frames = own.reduce((sum, row) => sum + Number(row.predicted_frames), 0);
        expect(nll / frames).toBeCloseTo(reportedTestNlls(unit)[Number(seed) - 1], 9);
      }
    expect(rowsOf(join(folder, 'comparisons.csv')).map(({ verdict, models }) => [verdict, models])).toEqual([
      ['too few to say', '2'],
      ['too few to say', '2'],
    ]);
  });

  it('can be made of the published files alone', async () => {
    const before = readFileSync(join(folder, 'report.md'), 'utf8');
    rmSync(join(folder, 'trials'), { recursive: true });
    expect((await runHere(['report', folder])).code).toBe(0);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toBe(before);
  });

  it('--json has the same numbers, and is as its schema says', async () => {
    const report = JSON.parse((await runHere(['report', folder, '--json'])).stdout);
    expect(reportSchema.parse(report)).toEqual(report);
    const row = report.table2.find(
      (one: { split: string; rule: string }) => one.split === 'test' && one.rule === 'per frame',
    );
    for (const { unit, ours } of row.entries) {
      const [a, b] = reportedTestNlls(unit);
      expect(ours.mean).toBeCloseTo((a + b) / 2, 12);
    }
  });

  it('draws the figures as SVG', () => {
    for (const name of [
      'demo-music',
      'search-demo-music',
      'differences-demo-music',
      'expected-best-demo-music',
    ])
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
    // Differences by two averages, curves over two, search, expected best, two pieces.
    expect(await page.locator('figure svg').count()).toBe(8);
    const small = await page.evaluate<number>(
      `Math.min(...[...document.querySelectorAll('body *')]
        .filter((one) => one.checkVisibility() && [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
        .map((one) => {
          const size = parseFloat(getComputedStyle(one).fontSize);
          const svg = one.closest('svg');
          return svg ? (size * svg.getBoundingClientRect().width) / svg.viewBox.baseVal.width : size;
        }))`,
    );
    expect(small).toBeGreaterThanOrEqual(12);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds serious, %s', async (scheme) => {
    const { page } = await openPage(1200, scheme);
    await page.evaluate(readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8'));
    const { violations } = await page.evaluate<{ violations: { impact: string; id: string }[] }>('axe.run()');
    const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
    expect(serious.map(({ id }) => id)).toEqual([]);
    await page.close();
  });

  it('shows one average at a time, and sorts tables', async () => {
    const { page } = await openPage(1200, 'light');
    const visible = () => page.locator('[data-rule] table:visible').count();
    const before = await visible();
    expect(await page.locator('[data-rule] table').count()).toBe(2 * before);
    expect(await page.locator(TABLE_2).isVisible()).toBe(true);
    const switches = (rule: string) => page.getByRole('radio', { name: rule });
    const ofTable = page
      .locator('section[aria-labelledby="nll"]')
      .getByRole('radio', { name: 'per sequence' });
    await ofTable.check();
    expect([await page.locator(TABLE_2).isVisible(), await visible()]).toEqual([false, before]);
    const checked = await Promise.all((await switches('per sequence').all()).map((one) => one.isChecked()));
    expect(checked.length).toBeGreaterThan(2);
    expect(checked).not.toContain(false);
    await switches('per frame').first().check();
    const column = () => page.locator(`${TABLE_2} tbody tr td:nth-child(2)`).allInnerTexts();
    const head = page.locator(`${TABLE_2} th`).nth(1).locator('button');
    await head.click();
    const ascending = await column();
    await head.click();
    expect(await column()).toEqual([...ascending].reverse());
    expect(await page.locator(`${TABLE_2} th`).nth(1).getAttribute('aria-sort')).toBe('descending');
    await page.close();
  });

  it('zooms by pointer and by keys, and switches lines', async () => {
    const { page, troubles } = await openPage(1200, 'light');
    const figure = page.locator('figure[data-over=epoch]');
    const line = figure.locator('[data-label="GRU, validation"]').first();
    const ticks = () => figure.locator('.own-axis text').count();
    const points = () => figure.locator('[data-label][transform^=translate]:visible').count();
    const allPoints = await points();
    await figure.locator('svg').scrollIntoViewIfNeeded();
    const box = await figure.locator('svg').boundingBox();
    if (!box) throw new Error('no figure');
    await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 4 });
    await page.mouse.up();
    expect(await line.getAttribute('transform')).toMatch(/scale\([2-9]/);
    expect(await ticks()).toBeGreaterThan(4);
    expect(await points()).toBeLessThan(allPoints);
    await figure.focus();
    await page.keyboard.press('0');
    expect([await line.getAttribute('transform'), await ticks(), await points()]).toEqual([
      null,
      0,
      allPoints,
    ]);
    await page.keyboard.press('+');
    expect(await line.getAttribute('transform')).toContain('scale(2,');
    const legend = page.locator('.legend');
    const test = figure.locator('[data-label="GRU, test"]').first();
    expect(await test.isVisible()).toBe(false);
    await legend.getByRole('button', { name: 'test' }).click();
    expect(await test.isVisible()).toBe(true);
    await legend.getByRole('button', { name: 'GRU' }).click();
    expect([await test.isVisible(), await line.isVisible()]).toEqual([false, false]);
    expect(await figure.locator('[data-label="LSTM, test"]').first().isVisible()).toBe(true);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('plays the drawn piece and the real one, one at a time', async () => {
    const { page, troubles } = await openPage(1200, 'light');
    const buttons = page.locator('.play');
    expect(await buttons.count()).toBe(2);
    await buttons.first().click();
    await buttons.last().click();
    expect(await buttons.allInnerTexts()).toEqual(['Play', 'Stop']);
    const head = page.locator('.playhead');
    expect(await head.count()).toBe(1);
    const place = async () => Number(await head.getAttribute('x1'));
    await vi.waitFor(async () => expect(await place()).toBeGreaterThan(0), {
      timeout: 10_000,
      interval: 100,
    });
    await buttons.last().click();
    expect([await head.count(), ...(await buttons.allInnerTexts())]).toEqual([0, 'Play', 'Play']);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('says what a mark is, at the pointer', async () => {
    const { page } = await openPage(1200, 'light');
    const mark = page.locator('[data-rule="per frame"] [data-label*="seed 1"]').first();
    await mark.hover({ force: true });
    const [gru, lstm] = ['gru', 'lstm'].map((unit) => reportedTestNlls(unit)[0]);
    expect(await page.locator('#tooltip').innerText()).toContain((gru - lstm).toFixed(3).replace('-', '−'));
    await page.close();
  });

  it('has the numbers of results.csv', async () => {
    const { page } = await openPage(1200, 'light');
    const values = await page
      .locator(`${TABLE_2} tr`, { hasText: 'test' })
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
    const drawing = page.locator('figure[data-over=epoch] svg');
    await drawing.scrollIntoViewIfNeeded();
    const box = await drawing.boundingBox();
    if (!box) throw new Error('no figure');
    await page.mouse.move(box.x + box.width * 0.97, box.y + box.height * 0.4);
    const text = await page.locator('#tooltip').innerText();
    const [last] = rowsOf(join(folder, 'curves', 'demo-music-gru.csv')).slice(-1);
    expect(text).toContain(Number(last.valid_nll).toFixed(3));
    expect(text).toMatch(/GRU[\s\S]*LSTM/);
    // At the upper edge of the window there is room below the pointer alone.
    await drawing.evaluate((svg) => svg.scrollIntoView());
    await page.mouse.move(box.x + box.width * 0.6, 20);
    expect((await page.locator('#tooltip').boundingBox())?.y).toBeGreaterThan(20);
    await page.mouse.move(1, 1);
    expect(await page.locator('#tooltip').isHidden()).toBe(true);
    await page.close();
  });
});

describe('check', () => {
  it('holds its own results, with the same digits, and across kernels', async () => {
    const { code, stdout } = await runHere(['check', folder, '--strict']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n(\d+) of \1 checks hold, [\d,]+ numbers; 0 could not be made\.\n$/);
    const composed = await runHere(['check', folder, '--strict', '--kernels', 'composed', '--json']);
    expect(composed.code).toBe(0);
    const { checks } = JSON.parse(composed.stdout);
    const averages = checks.map(({ comparisons }: { comparisons: unknown[] }) => comparisons.length);
    expect(averages.filter((count: number) => count > 0)).toEqual([6, 6, 6, 6]);
  });

  it.each(['NaN', 'Infinity'])(
    'holds test NLLs that are %s, as training does, but no others',
    async (value) => {
      const copy = copyOfResults();
      rmSync(join(copy, 'checksums.sha256'));
      const others = (file: string, column: string, other: string) => {
        const path = join(copy, file);
        const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
        const at = header.split(',').indexOf(column);
        const changed = lines.map((line) => line.split(',').with(at, other).join(','));
        writeFileSync(path, `${[header, ...changed].join('\n')}\n`);
      };
      const curves = ['gru', 'lstm', 'gru@seed-2', 'lstm@seed-2'].map(
        (unit) => `curves/demo-music-${unit}.csv`,
      );
      for (const file of ['results.csv', 'short-runs.csv', 'reevaluation.csv', ...curves]) {
        others(file, 'test_nll', value);
        others(file, 'test_nll_per_sequence', value);
      }
      others('sequence-nll.csv', 'nll', value);
      expect((await runHere(['report', copy, '--no-reevaluate'])).code).toBe(0);
      const held = await runHere(['check', copy, '--files', '--quiet']);
      expect([held.code, held.stderr]).toEqual([0, '']);
      others('curves/demo-music-gru.csv', 'train_nll', 'NaN');
      others('results.csv', 'valid_nll_per_sequence', 'NaN');
      others('results.csv', 'test_nll', '3.5');
      const broken = await runHere(['check', copy, '--files', '--json', '--quiet']);
      const faults = JSON.parse(broken.stdout).checks.flatMap((held: { faults: { text: string }[] }) =>
        held.faults.map(({ text }) => text),
      );
      for (const part of [
        'train_nll is not a number',
        'valid_nll_per_sequence is NaN',
        `3.5 instead of ${value}`,
      ])
        expect(faults).toContainEqual(expect.stringContaining(part));
    },
  );

  it('counts the numbers that nothing but their checksum holds', async () => {
    const { stdout } = await runHere(['check', folder, '--files']);
    expect(stdout).toMatch(
      /\nHeld by their checksums alone:\n {2}results\.csv: \d+ of all NLLs, best_epoch, [^\n]*\n {2}curves\/: \d+ of /,
    );
  });

  it.each(['results.csv', 'short-runs.csv'])('names the number that does not hold: %s', async (file) => {
    const copy = copyOfResults();
    const path = join(copy, file);
    const edited = rowsOf(path).map((one) => one.test_nll_per_sequence);
    const changed = edited.reduce(
      (text, value) => text.replaceAll(value, (Number(value) + 3e-4).toString()),
      readFileSync(path, 'utf8'),
    );
    writeFileSync(path, changed);
    const junit = join(copy, 'check.xml');
    const { code, stderr } = await runHere(['check', copy, '--junit', junit]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\ngru-bench: .* does not hold: [^\n]*test_nll_per_sequence is [\d.]+ instead of/);
    const xml = readFileSync(junit, 'utf8');
    const [, failures] = xml.match(/<testsuites tests="21" failures="(\d+)"/) ?? [];
    expect(Number(failures)).toBeGreaterThan(1);
    expect(xml).toContain(`${file}: is not as it was written`);
  });

  // `npm run test:falsify` tries all of them.
  it('holds a number of each kind in each file, by more than its checksum where there is more', async () => {
    const { falsifications } = await import(join(FALSIFY, 'falsifications.mjs'));
    const { holdersOf, isHeld } = await import(join(FALSIFY, 'holders.mjs'));
    const copy = copyOfResults();
    expect(await holdersOf(copy)).toEqual([]);
    for (const falsification of falsifications(copy).filter(isEvery(6))) {
      const { file, what, alter } = falsification;
      const path = join(copy, file);
      const before = readFileSync(path);
      writeFileSync(path, alter(before));
      const holders = await holdersOf(copy);
      writeFileSync(path, before);
      expect(isHeld(falsification, before, holders), `${file}, ${what}`).toBe(true);
    }
  });

  it('holds a falsified number also where a report was made of it', async () => {
    const copy = copyOfResults();
    const path = join(copy, 'results.csv');
    const [, other] = rowsOf(path).filter(({ seed }) => seed === '2');
    writeFileSync(path, readFileSync(path, 'utf8').replace(other.train_nll, '3.5'));
    const made = await runHere(['report', copy]);
    expect([made.code, made.stdout]).toEqual([
      0,
      expect.stringContaining('Made of results.csv as it is now, which is not as it was written'),
    ]);
    const { stdout: json } = await runHere(['report', copy, '--json']);
    expect(JSON.parse(json).changed).toEqual(['results.csv']);
    const { code, stderr } = await runHere(['check', copy, '--files']);
    expect(code).toBe(1);
    expect(stderr).toContain('results.csv: is not as it was written');
  });

  it('computes the rows of a falsified second evaluation again, and notes none that it cannot compute', async () => {
    const copy = copyOfResults();
    const path = join(copy, 'reevaluation.csv');
    const before = readFileSync(path, 'utf8');
    const rows = rowsOf(path);
    const falsified = rows.reduce((text, { test_nll }) => text.replace(test_nll, '3.5'), before);
    writeFileSync(path, falsified);
    const { code, stdout } = await runHere(['report', copy]);
    expect([code, stdout.includes('Not computed again: ')]).toEqual([0, true]);
    const after = rowsOf(path);
    const isFirstSeed = ({ seed }: Record<string, string>) => seed === '1';
    // Those of further seeds went with the trials.
    expect(after.filter(isFirstSeed)).toEqual(rows.filter(isFirstSeed));
    expect(after.filter((row) => !isFirstSeed(row)).map(({ test_nll }) => test_nll)).toEqual(['3.5', '3.5']);
    const { stderr } = await runHere(['check', copy, '--files']);
    expect(stderr).toContain('reevaluation.csv: is not as it was written');
    rmSync(path);
    await runHere(['report', copy]);
    const mended = await runHere(['check', copy, '--files', '--quiet']);
    expect([mended.code, mended.stderr]).toEqual([0, '']);
  });

  it('a damaged checkpoint, other sequences: what fails does not hold', async () => {
    const copy = copyOfResults();
    const checkpoint = join(copy, 'checkpoints', 'demo-music-gru.safetensors');
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, -1));
    const experiment = join(copy, 'experiment.json');
    writeFileSync(
      experiment,
      readFileSync(experiment, 'utf8').replace(/"sha256": "[0-9a-f]{4}/, '"sha256": "0000'),
    );
    const { code, stdout } = await runHere(['check', copy, '--json', '--quiet']);
    expect(code).toBe(1);
    const verdicts = JSON.parse(stdout).checks.map(
      ({ unit, check, verdict }: Record<string, string>) => `${unit ?? ''} ${check}: ${verdict}`,
    );
    expect(verdicts).toContain('gru best parameters: does not hold');
    expect(verdicts).toContain(' data: does not hold');
  });

  it('names a file that cannot be parsed, in every report', async () => {
    const copy = copyOfResults();
    const path = join(copy, 'results.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^([^,\n]+),gru,\d+/m, '$1,gru,many'));
    const junit = join(copy, 'check.xml');
    const { code, stdout, stderr } = await runHere(['check', copy, '--json', '--quiet', '--junit', junit]);
    expect(stderr).toMatch(
      /^gru-bench: [^\n]* does not hold: results\.csv, format: line 2: draw many has to be a number\n$/,
    );
    const { checks } = JSON.parse(stdout);
    const [{ file, faults }] = checks;
    expect([code, checks.length, file]).toEqual([1, 1, 'results.csv']);
    expect(readFileSync(junit, 'utf8')).toContain(`${file}: ${faults[0].text.slice(0, 12)}`);
  });

  it.each([
    ['results.csv', 'results.csv, format'],
    ['curves/demo-music-gru.csv', 'curves/demo-music-gru.csv, format'],
    ['checkpoints/demo-music-gru.safetensors', 'checkpoints/, second evaluation'],
    ['figures/demo-music.svg', 'figures/, made again'],
    ['report.html', 'report.html, made again'],
    ['checksums.sha256', 'checksums.sha256, as written'],
    ['figures', 'figures/, made again'],
  ])('a folder or a file in place of %s does not hold, and is named', async (file, title) => {
    const copy = copyOfResults();
    const path = join(copy, file);
    rmSync(path, { recursive: true });
    if (file.includes('.')) mkdirSync(path);
    else writeFileSync(path, '');
    const { code, stdout, stderr } = await runHere(['check', copy, '--files', '--json', '--quiet']);
    expect(stderr).toMatch(/^gru-bench: [^\n]* does not hold: [^\n]+\n$/);
    expect(stderr).not.toContain('internal error');
    expect(stderr).toContain(title);
    const named = JSON.parse(stdout).checks.flatMap(({ faults }: { faults: { file: string }[] }) =>
      faults.map((fault) => fault.file),
    );
    expect([code, named.some((name: string) => name.startsWith(file))]).toEqual([1, true]);
  });

  it('names each file of a report that is not there, also without checksums', async () => {
    const copy = copyOfResults();
    const gone = [
      ...['table2.csv', 'comparisons.csv', 'report.md', 'report.html', 'reevaluation.csv'],
      ...['figures', 'short-runs.csv'],
    ];
    for (const file of gone) rmSync(join(copy, file), { recursive: true });
    const listed = await runHere(['check', copy, '--files', '--json', '--quiet']);
    const { faults } = JSON.parse(listed.stdout).checks.at(-1);
    const missing = faults.filter(({ text }: { text: string }) => text.startsWith('is missing'));
    expect([listed.code, missing.length]).toEqual([1, 6 + 4]);
    rmSync(join(copy, 'checksums.sha256'));
    const { code, stdout } = await runHere(['check', copy, '--files', '--json', '--quiet']);
    const open = JSON.parse(stdout).checks.filter(
      ({ verdict }: { verdict: string }) => verdict === 'not checked',
    );
    expect(code).toBe(0);
    expect(open.map(({ file }: { file: string }) => file)).toEqual([
      'results.csv',
      ...['short-runs.csv', 'table2.csv', 'comparisons.csv', 'report.md', 'report.html'],
      ...['figures/', 'checksums.sha256'],
    ]);
  });

  it('says what it could not check; --strict makes that a failure, by reason', async () => {
    const copy = copyOfResults();
    const path = join(copy, 'experiment.json');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('"dataset": "demo-music"', '"dataset": "gone/music"'),
    );
    rmSync(join(copy, 'checksums.sha256'));
    const lenient = await runHere(['check', copy]);
    expect([lenient.code, lenient.stderr.includes('DOES NOT HOLD')]).toEqual([0, false]);
    expect(lenient.stdout).toContain('9 could not be made');
    expect(lenient.stdout).toMatch(
      /\nNot checked:\n.*\n {2}demo-music, data and 7 more: its data are not here: /,
    );
    const strict = await runHere(['check', copy, '--strict', '--quiet']);
    expect(strict.code).toBe(1);
    expect(strict.stderr).toMatch(
      /^gru-bench: --strict: not checked: checksums.sha256, as written \([^\n]*\); demo-music, data and 7 more \(its data are not here: there is no [^\n]*gone\/music; where music lies elsewhere, set GRU_BENCH_DATA to its folder\)\n$/,
    );
  });

  it.each([
    ['a reader that is gone', '--json', '| true'],
    ['a reader that is gone', '', '| true'],
    ['no standard output', '', '>&-'],
  ])('exits with 1 for what does not hold: %s %s', (_, option, output) => {
    const copy = copyOfResults();
    const table = join(copy, 'table2.csv');
    writeFileSync(table, readFileSync(table, 'utf8').replace('6', '7'));
    const line = `set -o pipefail; "$0" "$1" check "$2" --files ${option} 2>/dev/null ${output}`;
    const { status } = spawnSync('bash', ['-c', line, process.execPath, PROGRAM, copy]);
    expect(status).toBe(1);
  });
});
