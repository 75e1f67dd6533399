import { once } from 'node:events';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_FILE } from '../../src/play/serve.js';
import { skipWhere } from '../skip.js';
import { emptyFolder, numbers, run, start } from './command.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const DEMO = fileURLToPath(new URL('../../datasets/demo-music', import.meta.url));
const piece = (name: string) => join(DEMO, name);

const noPage = existsSync(PAGE_FILE) ? undefined : 'not built: the page (npm run build:play)';

describe('play', skipWhere(noPage), () => {
  it('serves the page to this machine until Ctrl-C', async () => {
    const { child, finished } = start(['play', '--no-open']);
    const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const [url] = /^http:\/\/127\.0\.0\.1:\d+\/$/m.exec(first.toString()) ?? [''];
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe(readFileSync(PAGE_FILE, 'utf8'));
    expect((await fetch(`${url}package.json`)).status).toBe(404);
    expect(await statusOf(`${url}..%2Fpackage.json`)).toBe(404);
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '', stdout: `${url}\nCtrl-C ends it.\n` });
  });

  it('refuses a port that is taken, in one line', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const refused = await run(['play', '--no-open', '--port', String(port)]);
    server.close();
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `gru-bench: port ${port}: another program has it; --port takes another, or leave it out for one that is free\n`,
    });
  });
});

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) =>
    request(url, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end(),
  );
}

const why = noPage ?? (CHROMIUM ? undefined : 'not installed: Chromium');

describe('the page that trains, in Chromium', skipWhere(why), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  /** The page from the disk, once it can train; and whatever it complains of or asks for. */
  async function openPage(width = 1280, colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (asked) => {
      if (!/^(file|blob|data):/.test(asked.url())) troubles.push(asked.url());
    });
    await page.goto(`file://${PAGE_FILE}`);
    await page.locator('#train:enabled').waitFor();
    return { page, troubles };
  }

  /** @returns once all epochs are done */
  async function train(page: Page, unit: string, epochs: number) {
    await page.locator(`input[name=unit][value=${unit}] + span`).click();
    await page.locator('#epochs').fill(String(epochs));
    await page.locator('#train').click();
    await page.locator('#train:visible').waitFor();
  }

  /** Whole digits of the row of a run, from 0. */
  const nlls = (page: Page, row: number) =>
    page
      .locator('tr[data-run]')
      .nth(row)
      .locator('data')
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute('value'))));

  async function saved(page: Page, button: string, to: string): Promise<Buffer> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    await download.saveAs(to);
    return readFileSync(to);
  }

  it('trains to the digits of the command line, model and all, and draws a piece to hear', async () => {
    const { page, troubles } = await openPage();
    const isFused = (await page.locator('#engine').textContent())?.includes('with fused multiply-adds');
    const folder = join(emptyFolder(), 'run');
    const words = ['train', '--model', 'gru', '--dataset', 'demo-music', '--epochs', '2', '--out', folder];
    const command = run([...words, '--quiet', ...(isFused ? [] : ['--kernels', 'wasm'])]);
    await train(page, 'gru', 2);
    expect(await page.locator('#command').textContent()).toBe(`gru-bench ${words.slice(0, -2).join(' ')}`);
    expect(await command).toMatchObject({ code: 0, stderr: '' });

    const curve = await saved(page, 'Curve: GRU', join(folder, '..', 'curve.csv'));
    expect(curve.length).toBeGreaterThan(0);
    expect(numbers(join(folder, '..'))).toEqual(numbers(folder));
    const [, , ...expected] = (numbers(folder).at(-1) ?? '').split(',').map(Number);
    expect(await nlls(page, 0)).toEqual(expected.slice(0, 3));
    const model = await saved(page, 'Model: GRU', join(folder, '..', 'model.safetensors'));
    expect(model.equals(readFileSync(join(folder, 'best.safetensors')))).toBe(true);

    await train(page, 'min-gru', 1);
    expect(await page.locator('.plot path.valid_nll').count()).toBe(4);
    await page.getByText('Drawn from minGRU after epoch 1').waitFor();
    const drawn = await saved(page, 'Save as MIDI', join(folder, '..', 'piece.mid'));
    expect(drawn.subarray(0, 4).toString()).toBe('MThd');
    await page.getByRole('button', { name: 'Play the drawn piece' }).click();
    await page.locator('#drawn .time', { hasText: /^0:01/ }).waitFor();
    await page.getByRole('button', { name: 'Pause the drawn piece' }).click();
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('stops when it is told to, goes on, and forgets a run', async () => {
    const { page, troubles } = await openPage(390, 'dark');
    await page.locator('#epochs').fill('400');
    await page.locator('#train').click();
    await page.locator('tr[data-run] data').first().waitFor();
    await page.locator('#stop').click();
    await page.locator('tr[data-state=stopped]').waitFor();
    const [stopped] = await nlls(page, 0);
    await page.getByRole('button', { name: 'Go on: GRU' }).click();
    await expect.poll(async () => (await nlls(page, 0))[0]).toBeLessThan(stopped);
    await page.locator('#stop').click();
    await page.getByRole('button', { name: 'Remove: GRU' }).click();
    expect(await page.locator('tr[data-run]').count()).toBe(0);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('takes files that are dropped or chosen, and says in one line what is wrong with others', async () => {
    const { page, troubles } = await openPage(390);
    const trouble = page.locator('#music-trouble');
    const drop = (files: Record<string, string>) =>
      page.evaluate(`{
        const dataTransfer = new DataTransfer();
        for (const [name, base64] of Object.entries(${JSON.stringify(files)}))
          dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      }`);
    const midi = (name: string) => readFileSync(piece(name)).toString('base64');

    await drop({ 'bad.mid': btoa('MThd, but no more') });
    await expect.poll(() => trouble.textContent()).toMatch(/^bad\.mid: byte \d+: [^\n]+$/);
    await drop({ 'one.mid': midi('test/01.mid') });
    await expect.poll(() => trouble.textContent()).toMatch(/^1 piece is too little to train on/);
    expect(await page.locator('#piece option:checked').textContent()).toBe('one.mid');
    await drop({
      'a.mid': midi('test/02.mid'),
      'b.mid': midi('test/03.mid'),
      'c.mid': midi('test/04.mid'),
      'd.mid': '',
    });
    await page.locator('#music-text', { hasText: /^your files: 1 pieces? to train on, 1 / }).waitFor();
    expect(await page.locator('#remarks li').first().textContent()).toMatch(
      /^1 file, broken and skipped \(d\.mid: /,
    );
    expect(await page.locator('#command').textContent()).toMatch(
      /--dataset FOLDER --split-seed \d+ .*--skip-broken$/,
    );
    await train(page, 'tanh', 1);
    expect((await nlls(page, 0)).length).toBe(3);

    const folder = emptyFolder();
    for (const split of ['train', 'valid', 'test'])
      cpSync(piece(`${split}/${split === 'train' ? '001' : '01'}.mid`), join(folder, split, 'a.mid'));
    await page.locator('#folder').setInputFiles(folder);
    await page.locator('#music-text', { hasText: /: 1 piece to .* split as the folders say/ }).waitFor();
    expect(await trouble.textContent()).toBe('');
    expect(await page.locator('tr[data-run]').count()).toBe(0);

    await page.locator('#rate').fill('2');
    await page.locator('#train').click();
    await expect
      .poll(() => page.locator('#training-trouble').textContent())
      .toBe('Learning rate 2: has to be at most 1');
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
    expect(await smallestText(page)).toBeGreaterThanOrEqual(12);
    expect(troubles).toEqual([]);
    await page.close();
  });
});

/** Of all text that is shown, pixels. */
function smallestText(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let smallest = Infinity;
    while (texts.nextNode()) {
      const { parentElement: around, textContent } = texts.currentNode;
      if (textContent.trim() && around.checkVisibility() && !around.closest('script'))
        smallest = Math.min(smallest, parseFloat(getComputedStyle(around).fontSize));
    }
    return smallest;
  })()`);
}
