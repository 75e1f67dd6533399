import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';

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

/**
 * Runs a command in this process, from its sources: as `run`, without the second that a start takes. For what is
 * not about processes: `reproduce` starts its own from the built program, and TensorFlow keeps the threads that it
 * was first given.
 */
export async function runHere(
  words: string[],
  environment: Record<string, string> = {},
): Promise<Omit<Finished, 'signal'>> {
  const { main } = await import('../../src/cli/main.js');
  const printed = { stdout: '', stderr: '' };
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  process.exitCode = undefined;
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  try {
    await main(words);
    return { code: Number(process.exitCode ?? 0), ...printed };
  } finally {
    process.exitCode = undefined;
    // Each call listens to its process; here all are one.
    process.stdout.removeAllListeners('error');
    for (const stream of streams) stream.mockRestore();
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
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
