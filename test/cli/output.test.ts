import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { writeFiles } from '../data/files.js';
import { skipWhere } from '../skip.js';
import { emptyFolder, PROGRAM, start } from './command.js';

const TRAIN = ['train', '--model', 'gru', '--dataset', 'demo-music', '--max-sequences', '4'];

/** Runs the program with a reader that goes away after the first line, as `| head -1` does. */
async function readOnce(words: string[], environment?: Record<string, string>) {
  const { child, finished } = start(words, environment);
  child.stdout?.once('data', () => child.stdout?.destroy());
  return finished;
}

/** Runs the program with some of its output on a disk that is full. */
function onFullDisk(words: string[], streams: readonly ('stdout' | 'stderr')[]) {
  const full = openSync('/dev/full', 'w');
  const stream = (name: 'stdout' | 'stderr') => (streams.includes(name) ? full : 'pipe');
  return spawnSync(process.execPath, [PROGRAM, ...words], {
    stdio: ['ignore', stream('stdout'), stream('stderr')],
    encoding: 'utf8',
  });
}

describe('a reader that has gone', () => {
  it('does not stop a run', async () => {
    const folder = join(emptyFolder(), 'run');
    expect(await readOnce([...TRAIN, '--epochs', '20', '--out', folder])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(readdirSync(folder).sort()).toEqual([
      'best.safetensors',
      'config.json',
      'curve.csv',
      'result.json',
      'state.safetensors',
    ]);
  });

  it('leaves a command that prints its exit code', async () => {
    expect(await readOnce(['datasets', 'list'])).toMatchObject({ code: 0, stderr: '' });
    const data = emptyFolder();
    writeFiles(data, { 'nottingham/Nottingham.mat': 'damaged' });
    const wrong = await readOnce(['datasets', 'verify'], { GRU_BENCH_DATA: data });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^gru-bench: [^\n]*Nottingham\.mat[^\n]*\n$/);
  });
});

describe(
  'output on a full disk',
  skipWhere(existsSync('/dev/full') ? undefined : 'not here: /dev/full'),
  () => {
    it('is told of in one line, and the run goes on', () => {
      const folder = join(emptyFolder(), 'run');
      const { status, stderr } = onFullDisk([...TRAIN, '--epochs', '3', '--out', folder], ['stdout']);
      expect(stderr).toBe('gru-bench: output is lost: ENOSPC: no space left on device; what runs goes on\n');
      expect(status).toBe(1);
      expect(existsSync(join(folder, 'result.json'))).toBe(true);
      expect(existsSync(join(folder, 'lock.json'))).toBe(false);
    });

    it('of both streams, and of what only prints, shows in the exit code', () => {
      const folder = join(emptyFolder(), 'run');
      expect(onFullDisk([...TRAIN, '--epochs', '3', '--out', folder], ['stdout', 'stderr']).status).toBe(1);
      expect(existsSync(join(folder, 'result.json'))).toBe(true);
      expect(onFullDisk(['datasets', 'list', '--quiet'], ['stdout']).status).toBe(1);
      expect(onFullDisk(['train', '--nonsense'], ['stderr']).status).toBe(2);
    });
  },
);

const ENDLESS = [...TRAIN, '--epochs', '100000', '--patience', '0'];

it('a hang-up, sent twice as shells do, lets the run save and ends it with 129', async () => {
  const folder = join(emptyFolder(), 'run');
  const { child, finished } = start([...ENDLESS, '--out', folder]);
  while (!String((await once(child.stdout as Readable, 'data'))[0]).includes('epoch'));
  child.kill('SIGHUP');
  child.kill('SIGHUP');
  const { code, stdout, stderr } = await finished;
  expect([code, stderr]).toEqual([129, '']);
  expect(stdout).toContain(`train --resume ${folder}`);
  expect(existsSync(join(folder, 'lock.json'))).toBe(false);
});

const HAS_SCRIPT = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

it(
  'a terminal that is closed lets the run save',
  skipWhere(HAS_SCRIPT ? undefined : 'not installed: script, of util-linux'),
  async () => {
    const folder = join(emptyFolder(), 'run');
    const command = [process.execPath, PROGRAM, ...ENDLESS, '--out', folder];
    const terminal = spawn('script', ['-qec', `exec ${command.join(' ')}`, '/dev/null'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    while (!String((await once(terminal.stdout, 'data'))[0]).includes('epoch'));
    expect(existsSync(join(folder, 'lock.json'))).toBe(true);
    terminal.kill('SIGKILL');
    // Only a run that has ended by itself gives its folder back.
    await vi.waitFor(() => expect(existsSync(join(folder, 'lock.json'))).toBe(false), 5000);
    expect(existsSync(join(folder, 'state.safetensors'))).toBe(true);
  },
);
