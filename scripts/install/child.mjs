import { spawn } from 'node:child_process';

/**
 * @typedef {object} Outcome
 * @property {boolean} ok the program ran, ended in time and with exit code 0
 * @property {string} stdout
 * @property {string} stderr
 * @property {string} reason one line: why it is not ok, or an empty string
 */

/** How much of a program's output is kept: the end, where the reason of a failure stands. */
const KEPT_CHARACTERS = 64_000;

/** How long after a program's end its output may still come in. */
const DRAIN_MILLISECONDS = 1000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs a program under a time limit. It gets its own process group, and at the limit the whole group is
 * killed: a compiler or a downloader that it started does not outlive it. Never rejects.
 *
 * @param {string} program
 * @param {string[]} parameters
 * @param {{ seconds: number, folder?: string, environment?: NodeJS.ProcessEnv }} limits
 * @returns {Promise<Outcome>}
 */
export function runChild(program, parameters, { seconds, folder, environment = process.env }) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: folder,
      env: environment,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    running.add(child);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup(child);
    }, seconds * 1000);
    const output = collectOutput(child);
    /** @param {string} reason */
    const finish = (reason) => {
      clearTimeout(timer);
      running.delete(child);
      // A grandchild may hold the pipes open after the child's end; it must not hold this process.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ok: reason === '', ...output, reason });
    };
    /** @type {(code: number | null, signal: NodeJS.Signals | null) => void} */
    const end = (code, signal) => {
      if (late) finish(`no end after ${seconds} s, stopped`);
      else finish(code === 0 ? '' : whyFailed(output, code, signal));
    };
    child.on('error', (error) => finish(startFailure(program, error)));
    child.on('close', end);
    child.on('exit', (code, signal) => setTimeout(end, DRAIN_MILLISECONDS, code, signal).unref());
  });
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child */
function collectOutput(child) {
  const output = { stdout: '', stderr: '' };
  for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      output[stream] = (output[stream] + text).slice(-KEPT_CHARACTERS);
    });
  }
  return output;
}

/** Kills every program that still runs, with its group. */
export function killAllChildren() {
  for (const child of running) killGroup(child);
}

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}

/**
 * @param {string} program
 * @param {Error & { code?: string }} error
 */
function startFailure(program, error) {
  return error.code === 'ENOENT'
    ? `${program} is not installed`
    : `cannot start ${program}: ${error.message}`;
}

/**
 * The first line of a failed program's output that names an error, else the last line.
 *
 * @param {{ stdout: string, stderr: string }} output
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function whyFailed({ stdout, stderr }, code, signal) {
  const lines = (stderr.trim() || stdout).split(/\r?\n/).map((line) => line.trim());
  const telling = lines.find((line) => /\berror\b/i.test(line)) ?? lines.findLast((line) => line !== '');
  return telling?.slice(0, 300) || (signal ? `ended by ${signal}` : `ended with exit code ${code}`);
}
