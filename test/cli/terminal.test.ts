import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { skipWhere } from '../skip.js';
import { emptyFolder, PROGRAM, runHere } from './command.js';
import { configFile } from './experiment.js';

const [COLUMNS, ROWS] = [100, 12];

/** util-linux's `script` gives a program a terminal. */
const HAS_SCRIPT = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

/** Runs the program on a terminal. @returns what the user can scroll through afterwards, a line each */
async function onTerminal(...words: string[]): Promise<string[]> {
  const command = [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
  const size = `stty cols ${COLUMNS} rows ${ROWS}`;
  const child = spawn('script', ['-qec', `${size}; ${command}`, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const terminal = new xterm.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    scrollback: 1000,
    allowProposedApi: true,
  });
  child.stdout.on('data', (chunk: Buffer) => terminal.write(chunk));
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  await new Promise<void>((resolve) => terminal.write('', resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, y) => active.getLine(y));
  return rows
    .reduce<string[]>((lines, row) => {
      const text = row?.translateToString(true) ?? '';
      if (row?.isWrapped) lines.push(`${lines.pop()}${text}`);
      else lines.push(text);
      return lines;
    }, [])
    .map((line) => line.trimEnd());
}

const withoutTimes = (text: string) => text.replaceAll(/[\d.,]+ (min [\d.]+ )?s\b/g, 'T');

describe('on a terminal', skipWhere(HAS_SCRIPT ? undefined : 'not installed: script, of util-linux'), () => {
  it('train leaves the same lines as when piped, none of them overwritten by the bar', async () => {
    const small = '--model gru --dataset demo-music --epochs 40 --max-sequences 20 --backend cpu';
    const words = small.split(' ');
    const folder = join(emptyFolder(), 'run');
    const shown = await onTerminal('train', ...words, '--out', folder);
    const piped = (await runHere(['train', ...words, '--out', `${folder}2`])).stdout.replaceAll(
      `${folder}2`,
      folder,
    );
    expect(withoutTimes(shown.join('\n')).trimEnd()).toBe(withoutTimes(piped).trimEnd());
  });

  it('reproduce leaves a line for every trial, also for the last', async () => {
    const folder = join(emptyFolder(), 'out');
    const shown = await onTerminal('reproduce', configFile(), '--out', folder, '--jobs', '2');
    const lines = shown.filter((line) => line !== '');
    expect(lines[0]).toBe(`demo-music; 2 cells, 2 at a time; results go to ${folder}`);
    for (const line of lines.slice(1))
      expect(line).toMatch(
        /^\[ *\d+ %, .*\] {2}demo-music (gru|lstm), (short run|draw \d(, seed \d)?), .* \(best of \d epochs\)$/,
      );
    // Two cells of three draws, to the rung; two of them on to their end; a further seed; and a short run.
    expect(lines.length - 1).toBe(2 * (3 + 2 + 1 + 1));
  });
});
