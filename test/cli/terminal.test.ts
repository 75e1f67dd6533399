import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { describe, expect, it, vi } from 'vitest';
import { progressBars } from '../../src/cli/progress-bars.js';
import { skipWhere } from '../skip.js';
import { emptyFolder, PROGRAM, runHere } from './command.js';
import { configFile } from './experiment.js';

/** util-linux's `script` gives a program a terminal. */
const HAS_SCRIPT = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

interface Screen {
  /** What the user can scroll through afterwards, a row each. */
  readonly rows: string[];
  /** What the program wrote. */
  readonly output: string;
  /** The screen at each moment that something was written, as far as bars were on it. */
  readonly bars: string[][];
}

/** Runs the program on a terminal. */
async function onTerminal(
  words: readonly string[],
  {
    columns = 80,
    rows = 24,
    ...environment
  }: { columns?: number; rows?: number; [name: string]: unknown } = {},
): Promise<Screen> {
  const { CI, NO_COLOR, FORCE_COLOR, ...inherited } = process.env;
  const command = [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} rows ${rows}; ${command}`, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...inherited, TERM: 'xterm', ...(environment as Record<string, string>) },
  });
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
  const shown = () => {
    const { active } = terminal.buffer;
    return Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
  };
  let output = '';
  const bars: string[][] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    terminal.write(chunk, () => bars.push(shown().filter((row) => /^[=-]* *\d+%/.test(row))));
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  await new Promise<void>((resolve) => terminal.write('', resolve));
  return { rows: shown(), output, bars };
}

/** A cursor that moves, or a line or screen that is cleared. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals obey begins with one
const CURSOR_CODE = /\u001b\[[\d;?]*[A-HJKhlsu]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: so do colours
const COLOUR = /\u001b\[\d+m/;

const withoutTimes = (text: string) => text.replaceAll(/[\d.,]+ (min [\d.]+ )?s\b/g, 'T');

const wordsOf = (text: string) => withoutTimes(text.split(/\s+/).filter(Boolean).join(' ')).split(' ');

describe('bars', () => {
  it('are all there after each line and whenever one comes or goes', async () => {
    vi.stubEnv('CI', undefined);
    vi.stubEnv('TERM', 'xterm');
    const terminal = new xterm.Terminal({ cols: 80, rows: 8, convertEol: true, allowProposedApi: true });
    const stream = new Writable({ write: (chunk, _, done) => terminal.write(chunk, done) });
    const bars = progressBars(
      Object.assign(stream, { isTTY: true, columns: 80, rows: 8 }) as unknown as NodeJS.WriteStream,
    );
    const rowsNow = () => {
      const { active } = terminal.buffer;
      const rows = Array.from({ length: active.length }, (_, y) =>
        active.getLine(y)?.translateToString(true),
      );
      return rows.filter(Boolean).map((row) => String(row).replace(/^.*% +/, ''));
    };
    // Once the stream has handed over all before, and before any later redraw, of which half may be there.
    const shown = () => new Promise((resolve) => stream.write('', () => resolve(rowsNow())));
    const fields = (text: string) => [{ text, weight: 1 }];
    const one = bars.add(0.5, fields('one'));
    bars.add(0, fields('all'));
    const lines = Array.from({ length: 12 }, (_, i) => `line ${i}`);
    for (const [i, line] of lines.entries()) {
      bars.print(line);
      expect(await shown()).toEqual([...lines.slice(0, i + 1), 'one', 'all']);
    }
    one.remove();
    expect(await shown()).toEqual([...lines, 'all']);
    bars.add(0, fields('two'));
    expect(await shown()).toEqual([...lines, 'all', 'two']);
    bars.close();
    expect(await shown()).toEqual(lines);
  });
});

describe('on a terminal', skipWhere(HAS_SCRIPT ? undefined : 'not installed: script, of util-linux'), () => {
  // Large enough to take a second or two: a bar is looked at some times a second.
  const train = 'train --model gru --dataset demo-music --max-sequences 40 --epochs 30 --hidden 128'.split(
    ' ',
  );

  it('train leaves the words of its lines, broken between words, however narrow it is', async () => {
    const folder = join(emptyFolder(), 'run');
    const [wide, narrow, piped] = await Promise.all([
      onTerminal([...train, '--out', `${folder}1`], { columns: 80 }),
      onTerminal([...train, '--out', `${folder}2`], { columns: 40 }),
      runHere([...train, '--out', `${folder}3`]),
    ]);
    const wordsIn = (text: string) => wordsOf(text.replaceAll(/run[123]/g, 'run'));
    for (const { rows, bars } of [wide, narrow]) {
      // Below the words, a terminal shows the curve.
      const plot = rows.indexOf('NLL per frame, nats');
      expect(wordsIn(rows.slice(0, plot).join('\n'))).toEqual(wordsIn(piped.stdout));
      const drawn = rows.slice(plot).join('\n');
      for (const part of [/[\u2801-\u28ff]/, /train/, /valid/, /┤/, /^ +0 .*epochs$/m])
        expect(drawn).toMatch(part);
      expect(bars.flat().some((bar) => / (s|min) left$/.test(bar))).toBe(true);
    }
  });

  it('compare draws the curves over epochs and over seconds, however narrow it is', async () => {
    const folder = emptyFolder();
    for (const seed of ['1', '2'])
      await runHere([...train, '--seed', seed, '--out', join(folder, seed), '--quiet']);
    for (const columns of [140, 45]) {
      const { rows } = await onTerminal(['compare', folder], { columns, rows: 60 });
      const text = rows.join('\n');
      for (const over of ['epochs', 'seconds']) {
        const first = rows.indexOf(`Validation NLL per frame, nats, over ${over}`) + 1;
        const plot = rows.slice(first, first + 14);
        for (const row of plot) expect(row).toMatch(/^ *[\d.]* +[│┤└]|^ +0.* (epochs|seconds)$/);
        for (const mark of ['a', 'b']) expect(plot.slice(0, 12).join('')).toContain(mark);
        expect(plot[13]).toMatch(new RegExp(`${over}$`));
      }
      expect(text).toMatch(/^seed +a: 1 {3}b: 2$/m);
      expect(text.includes('No room for: ')).toBe(columns === 45);
    }
  });

  it('reproduce leaves a line for every trial, and no bar', async () => {
    const folder = join(emptyFolder(), 'out');
    const { rows, bars } = await onTerminal(['reproduce', configFile(), '--out', folder, '--jobs', '2']);
    const lines = rows.filter((row) => / \d\/\d(, rung)?$/.test(row));
    for (const line of lines)
      expect(line).toMatch(/^demo-music (gru|lstm), (short run|draw \d(, seed \d)?) +\S+e-\d +\d/);
    // Two cells of three draws, to the rung; two of them on to their end; a further seed; and a short run.
    expect(lines.length).toBe(2 * (3 + 2 + 1 + 1));
    expect(bars.flat().some((bar) => /% {2}all {2}about \d+ s left$/.test(bar))).toBe(true);
    expect(bars.at(-1)).toEqual([]);
  });

  it('that is dumb gets plain lines and no bars', async () => {
    const folder = join(emptyFolder(), 'run');
    const { output } = await onTerminal([...train, '--out', folder], { TERM: 'dumb' });
    expect(output).not.toMatch(CURSOR_CODE);
    expect(output).not.toMatch(COLOUR);
    expect(output).toContain('epoch 30/30');
  });

  it('there are colours, none with NO_COLOR or --no-color', async () => {
    const shown = async (words: string[], variables = {}) =>
      COLOUR.test((await onTerminal(['datasets', 'info', 'demo-music', ...words], variables)).output);
    expect(await Promise.all([shown([]), shown(['--no-color']), shown([], { NO_COLOR: '1' })])).toEqual([
      true,
      false,
      false,
    ]);
  });
});
