// Trains a small model on a terminal and draws what stands on it in the end: docs/terminal.svg. Needs util-linux's script.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { screenSvg } from './screen.mjs';

const COMMAND = 'gru-bench train --model gru --dataset demo-music --epochs 8';
const COLUMNS = 72;
const PROGRAM = fileURLToPath(new URL('../../bin/gru-bench.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'gru-bench-picture-'));
try {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: 100, allowProposedApi: true });
  const write = (/** @type {string | Buffer} */ text) =>
    new Promise((resolve) => terminal.write(text, () => resolve(undefined)));
  await write(`\u001b[2m$\u001b[22m npx ${COMMAND}\r\n`);
  for await (const chunk of onTerminal(COMMAND.replace('gru-bench', `'${process.execPath}' '${PROGRAM}'`)))
    await write(chunk);
  writeFileSync(
    new URL('../../docs/terminal.svg', import.meta.url),
    screenSvg(terminal, `What ${COMMAND} prints`),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What a command writes to a terminal of its own. @param {string} command */
async function* onTerminal(command) {
  const { CI, NO_COLOR, ...environment } = process.env;
  const child = spawn('script', ['-qec', `stty cols ${COLUMNS} rows 100; ${command}`, '/dev/null'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  yield* child.stdout;
  const status = await ended;
  if (status !== 0) throw new Error(`${COMMAND} ended with ${status}`);
}
