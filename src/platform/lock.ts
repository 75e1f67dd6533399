import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Failure } from './failure.js';
import { partialName, removeLeftOver } from './left-overs.js';
import { makeFolder } from './make-folder.js';
import { identityOf, isOfThisMachine, isRunning, type ProcessIdentity } from './process-identity.js';

/*
 * A lock is a file that names the process that holds it. Why no two processes hold the same one:
 *
 * 1. The file appears only where there is none (`link`, or an exclusive `open`: the file system lets one win).
 * 2. Its holder alone removes it.
 * 3. It is replaced only in one move (`rename`), only by a process that holds the lock's own lock, PATH.takeover,
 *    and that has seen, while it held that, that the process named in the file is dead.
 *
 * So from the moment that the file names a living process until that process removes it, it names no other: by 1 and
 * 2 for all that come fresh, and by 3 for those that take over, since of these one at a time looks and replaces, and
 * the dead do not come back. For PATH.takeover, which is a lock like any other and may be left by a process that was
 * killed during a take-over, the same holds by its own PATH.takeover.takeover, and so on: each level is there only
 * because a process died on the one before.
 *
 * What this hangs on is that the dead are dead. On this machine its process table says so. Of another machine on a
 * shared file system only the age of the file does, which its holder touches: one that was only asleep for longer
 * finds another's name in the file when it wakes, and stops (`isLost`).
 */

/** A folder or file that another living process works on. */
export class FolderInUse extends Failure {
  override readonly name = 'FolderInUse';
}

export interface Lock {
  /** Whether another process took it over, as it can from one that gave no sign of life for five minutes. */
  isLost(): boolean;
  release(): void;
}

/** Milliseconds. */
const HEARTBEAT = 15_000;
const LONGEST_SILENCE = 300_000;

/** What takes a lock is done within milliseconds: whoever meets it in that looks again. */
const TRIES = 50;
const PAUSE = 10;

/** What a test may change. */
export interface LockOptions {
  /** Instead of this process. */
  readonly self?: ProcessIdentity;
  /** Called between the steps, where another process may do some of its own. */
  readonly between?: (step: 'seen' | 'guarded' | 'judged') => void;
  /** Stands in for `link`, which some file systems do not have. */
  readonly link?: typeof linkSync;
  readonly tries?: number;
  /** Milliseconds between two signs of life. */
  readonly heartbeat?: number;
}

/**
 * Takes a lock for this process, until released or until the process ends, however it ends. One whose process is
 * gone (same machine) or silent for five minutes (another machine) is taken over.
 *
 * @param path of the lock's file; its folder is made if missing
 * @param what it is the lock of, for the message
 * @throws FolderInUse when a living process holds it; Failure when it cannot be written, or not be read
 */
export function takeLock(path: string, what: string, options: LockOptions = {}): Lock {
  const own = JSON.stringify(options.self ?? identityOf(process.pid));
  take(path, what, own, options);
  const interval = options.heartbeat ?? HEARTBEAT;
  let [lost, lastBeat] = [false, Date.now()];
  const beat = () => {
    lost ||= !touch(path, own);
    lastBeat = Date.now();
  };
  const heartbeat = setInterval(beat, interval).unref();
  return {
    isLost() {
      // Nothing beats while the process computes without a pause, or sleeps.
      if (Math.abs(Date.now() - lastBeat) > interval) beat();
      return lost;
    },
    release() {
      clearInterval(heartbeat);
      giveBack(path, own);
    },
  };
}

/** Whether a living process holds a lock at this moment, as far as can be told. @param path of the lock's file */
export function isHeld(path: string): boolean {
  const holder = tryToRead(path);
  return holder !== undefined && isAlive(path, holder);
}

/**
 * Does something while holding a lock, for which it waits.
 *
 * @param wait.patience milliseconds; as long as the holder lives if not given
 * @param wait.onBusy told once, before the first wait
 * @throws as `takeLock` does once the patience is over; what `act` throws
 */
export async function whileLocked<T>(
  path: string,
  what: string,
  act: () => T | Promise<T>,
  wait: { patience?: number; onBusy?: (busy: FolderInUse) => void } = {},
): Promise<T> {
  const lock = await waitForLock(path, what, wait);
  try {
    return await act();
  } finally {
    lock.release();
  }
}

async function waitForLock(
  path: string,
  what: string,
  {
    patience = Number.POSITIVE_INFINITY,
    onBusy,
  }: { patience?: number; onBusy?: (busy: FolderInUse) => void },
): Promise<Lock> {
  const start = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      return takeLock(path, what);
    } catch (error) {
      if (!(error instanceof FolderInUse) || performance.now() - start > patience) throw error;
      if (tries === 0) onBusy?.(error);
    }
    // Not all at the same time, and less often the longer it takes.
    await setTimeout(PAUSE * (1 + Math.random()) * Math.min(1 + tries, 50));
  }
}

function take(path: string, what: string, own: string, options: LockOptions): void {
  for (let tries = 0; tries < (options.tries ?? TRIES); tries++) {
    if (create(path, own, options.link ?? linkSync)) return;
    const holder = read(path, what);
    if (holder !== undefined) {
      if (isAlive(path, holder)) throw inUse(what, holder);
      options.between?.('seen');
      if (takeOver(path, holder, what, own, options)) return;
    }
    pause();
  }
  const holder = tryToRead(`${path}.takeover`) ?? tryToRead(path);
  if (holder !== undefined) throw inUse(what, holder);
  throw new Failure(`${what} cannot be locked: ${path} is in the way; remove it`);
}

/** @returns false where another process is at it or was quicker: then it has to be looked at anew */
function takeOver(path: string, dead: string, what: string, own: string, options: LockOptions): boolean {
  const guard = `${path}.takeover`;
  try {
    take(guard, what, own, options);
  } catch (error) {
    if (error instanceof FolderInUse) return false;
    throw error;
  }
  try {
    options.between?.('guarded');
    if (tryToRead(path) !== dead || isAlive(path, dead)) return false;
    options.between?.('judged');
    replace(path, own);
    return true;
  } finally {
    giveBack(guard, own);
  }
}

function giveBack(path: string, own: string): void {
  if (tryToRead(path) === own) removeLeftOver(path);
}

/** Makes the file, with its content, where there is none. */
function create(path: string, content: string, link: typeof linkSync): boolean {
  const beside = writeBeside(path, content);
  try {
    link(beside, path);
    return true;
  } catch (error) {
    // The first answer of a server may get lost, and the same question be asked twice.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      return statSync(beside, { throwIfNoEntry: false })?.nlink === 2;
    // File systems without links say so in many ways; one that cannot be written says it again.
    return createInPlace(path, content);
  } finally {
    removeLeftOver(beside);
  }
}

/** A process killed between the two calls leaves a lock without a name, which is dead after five minutes. */
function createInPlace(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx');
    try {
      writeSync(file, content);
    } catch (error) {
      removeLeftOver(path);
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(path, error);
  }
}

function replace(path: string, content: string): void {
  const beside = writeBeside(path, content);
  try {
    renameSync(beside, path);
  } catch (error) {
    removeLeftOver(beside);
    throw cannotWrite(path, error);
  }
}

/** A new file, not one of that name: a process that was killed may have left it linked to the lock. */
function writeBeside(path: string, content: string): string {
  const beside = partialName(path);
  try {
    makeFolder(dirname(path));
    removeLeftOver(beside);
    writeFileSync(beside, content, { flag: 'wx' });
    return beside;
  } catch (error) {
    removeLeftOver(beside);
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): Failure {
  return new Failure(`cannot write ${path}: ${(error as Error).message}`);
}

/**
 * @returns the holder as the file has it; undefined where the file has gone
 * @throws Failure where nobody can tell who holds it
 */
function read(path: string, what: string): string | undefined {
  try {
    if (!statSync(path).isFile()) throw new Error('it is not a file');
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESTALE') return undefined;
    throw new Failure(
      `${what} may be in use: its lock ${path} cannot be read (${message}); where no process works on it, remove the lock`,
    );
  }
}

function tryToRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(content: string): Partial<ProcessIdentity> {
  try {
    return { ...JSON.parse(content) };
  } catch {
    return {};
  }
}

function isAlive(path: string, content: string): boolean {
  const { pid, ...holder } = parse(content);
  if (!Number.isInteger(pid) || !isOfThisMachine(holder)) return silence(path) < LONGEST_SILENCE;
  return isRunning({ ...holder, pid: pid as number });
}

/** Milliseconds since the lock was touched, by the clock of the file system that both machines see. */
function silence(path: string): number {
  const probe = partialName(`${path}.clock`);
  try {
    writeFileSync(probe, '');
    return statSync(probe).mtimeMs - statSync(path).mtimeMs;
  } catch {
    return 0;
  } finally {
    removeLeftOver(probe);
  }
}

/**
 * Writes the same content again, so that the time is that of the file system's clock, into the very file that has it.
 *
 * @returns false where it is another's; a lock that cannot be touched, or is gone, can be at the next beat
 */
function touch(path: string, own: string): boolean {
  try {
    const file = openSync(path, 'r+');
    try {
      if (readFileSync(file, 'utf8') !== own) return false;
      writeSync(file, own, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EACCES';
  }
  return true;
}

function inUse(what: string, content: string): FolderInUse {
  const { host, pid, machine } = parse(content);
  const who = pid === undefined ? 'another process' : `process ${pid} on ${host}`;
  const until = isOfThisMachine({ host, machine })
    ? 'wait for it to end'
    : 'wait for it to end, or, should it have been killed, for 5 minutes';
  return new FolderInUse(`${what} is in use by ${who}; ${until}`);
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE * (1 + Math.random()));
}
