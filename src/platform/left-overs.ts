import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, OWN_HOST, OWN_MACHINE } from './process-identity.js';

/*
 * Whatever is to appear whole is first written beside its place. The name there tells whose it is, so that what a
 * killed process left is known for that.
 */

/** What numbers the processes, as a part of a file's name: the host, and which of those that are called so. */
const PLACE = [OWN_HOST.replace(/[^\w.-]/g, '_'), OWN_MACHINE.slice(0, 8)].filter(Boolean).join('-');
/** Process and place of `partialName`; names without a place are those of other parts of this package. */
const PARTIAL = /\.(\d+)(?:@([\w.-]+))?\.partial$/;
/** Nothing takes so long to write; milliseconds. */
const LONGEST_WRITE = 3_600_000;

/** Where this process writes what goes to `path`. */
export function partialName(path: string): string {
  return `${path}.${process.pid}@${PLACE}.partial`;
}

/**
 * Removes from a folder, not from those in it, what processes left half written: those of this machine that have
 * ended, and any others whose file is old. What cannot be removed stays.
 */
export function removeLeftOvers(folder: string): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (isLeftOver(name) || (PARTIAL.test(name) && age(path) > LONGEST_WRITE)) removeLeftOver(path);
  }
}

/** Whether a name is of what a process of this machine was writing, and has ended before it was done. */
export function isLeftOver(name: string): boolean {
  const found = PARTIAL.exec(name);
  if (!found) return false;
  const [, pid, place = PLACE] = found;
  return place === PLACE && !isRunning({ pid: Number(pid) });
}

/** Removes a file or a folder that is of no use any more, if it is there and can be removed. */
export function removeLeftOver(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Whatever failed before this is the reason to tell; a left-over harms nothing.
  }
}

/** None where the folder cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function age(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
