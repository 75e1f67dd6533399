import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const PROGRAM = fileURLToPath(new URL('../../bin/gru-bench.js', import.meta.url));

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts the built program as a process of its own, as a user would, in a folder or the tests' own. */
export function start(words: string[], environment: Record<string, string> = {}, folder?: string) {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, finished: finished(child) };
}

function finished(child: ChildProcess): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

export function run(
  words: string[],
  environment?: Record<string, string>,
  folder?: string,
): Promise<Finished> {
  return start(words, environment, folder).finished;
}

/** An empty folder that is removed when the test ends. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All columns of a run's curve but the wall-clock time. */
export function numbers(folder: string): string[] {
  const [header, ...rows] = readFileSync(join(folder, 'curve.csv'), 'utf8').trimEnd().split('\n');
  const clock = header.split(',').indexOf('wall_clock_s');
  return rows.map((row) =>
    row
      .split(',')
      .filter((_, i) => i !== clock)
      .join(','),
  );
}
