import { join } from 'node:path';
import { removeLeftOvers } from './left-overs.js';
import { isHeld, type Lock, takeLock, whileLocked } from './lock.js';

/** The lock of a folder, in it. */
function lockFile(folder: string): string {
  return join(folder, 'lock.json');
}

/**
 * Takes a folder for this process, as `takeLock` does, and removes what killed processes left in it.
 *
 * @throws FolderInUse when a living process holds it; Failure when it cannot be written, or the lock not be read
 */
export function lockFolder(folder: string): Lock {
  const lock = takeLock(lockFile(folder), folder);
  removeLeftOvers(folder);
  return lock;
}

/** Whether a living process works on a folder at this moment. */
export function isInUse(folder: string): boolean {
  return isHeld(lockFile(folder));
}

/** What is done between reading and writing takes a moment; milliseconds. */
const PATIENCE = 60_000;

/**
 * Reads, changes and writes files of a folder that several processes work on: one at a time. Removes what killed
 * processes left in it.
 *
 * @throws FolderInUse where another process has it for a minute; otherwise as `lockFolder`, and what `act` throws
 */
export function oneAtATime<T>(folder: string, act: () => T | Promise<T>): Promise<T> {
  const locked = () => {
    removeLeftOvers(folder);
    return act();
  };
  return whileLocked(lockFile(folder), folder, locked, { patience: PATIENCE });
}
