import { linkSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from './failure.js';
import { makeFolder } from './make-folder.js';
import { removeLeftOver } from './remove-left-over.js';

/** A folder that another living process works on. */
export class FolderInUse extends Failure {
  override readonly name = 'FolderInUse';
}

export interface FolderLock {
  release(): void;
}

/** Of a process on another machine only the age of its lock tells whether it lives; milliseconds. */
const HEARTBEAT = 15_000;
const LONGEST_SILENCE = 300_000;

/**
 * Takes a folder for this process, until released or until the process ends, however it ends. A lock whose
 * process is gone (same machine) or silent for five minutes (another machine on a shared file system) is taken
 * over.
 *
 * @throws FolderInUse when a living process holds it; Failure when the folder cannot be written to
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock.json');
  const own = JSON.stringify({ host: hostname(), pid: process.pid, started: startOf(process.pid) });
  while (!tryToCreate(path, own)) {
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isAlive(path, holder)) throw inUse(folder, holder);
    takeAway(path, holder);
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT).unref();
  return {
    release() {
      clearInterval(heartbeat);
      if (readHolder(path) === own) removeLeftOver(path);
    },
  };
}

/** The lock appears with its content, or not at all. */
function tryToCreate(path: string, content: string): boolean {
  const beside = `${path}.${process.pid}.partial`;
  try {
    makeFolder(dirname(path));
    writeFileSync(beside, content);
  } catch (error) {
    removeLeftOver(beside);
    throw cannotWrite(path, error);
  }
  try {
    linkSync(beside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(path, error);
  } finally {
    removeLeftOver(beside);
  }
}

function cannotWrite(path: string, error: unknown): Failure {
  return new Failure(`cannot write ${path}: ${(error as Error).message}`);
}

function readHolder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

function parse(content: string): Partial<Holder> {
  try {
    return JSON.parse(content) as Partial<Holder>;
  } catch {
    return {};
  }
}

function isAlive(path: string, content: string): boolean {
  const { host, pid, started } = parse(content);
  if (host !== hostname() || pid === undefined) return silence(path) < LONGEST_SILENCE;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(pid) === started;
}

/** Milliseconds since the lock was touched, by the clock of the file system that both machines see. */
function silence(path: string): number {
  const probe = `${path}.${process.pid}.clock`;
  try {
    writeFileSync(probe, '');
    return statSync(probe).mtimeMs - statSync(path).mtimeMs;
  } catch {
    return 0;
  } finally {
    removeLeftOver(probe);
  }
}

/** Two may find the same dead lock: the one that renames it first has removed it, the other puts back what it took. */
function takeAway(path: string, dead: string): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    if (readHolder(aside) !== dead) linkSync(aside, path);
  } catch {
    // Somebody else was first; the next round sees what is there now.
  } finally {
    removeLeftOver(aside);
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // A lock that cannot be touched now can be touched at the next beat.
  }
}

/** What tells a process from an earlier one of the same number, where the system says (Linux). */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const STARTTIME = 22 - 3;
    return `${boot} ${afterName.split(' ')[STARTTIME]}`;
  } catch {
    return '';
  }
}

function inUse(folder: string, content: string): FolderInUse {
  const { host, pid } = parse(content);
  const who = pid === undefined ? 'another process' : `process ${pid} on ${host}`;
  return new FolderInUse(`${folder} is in use by ${who}; wait for it to end`);
}
