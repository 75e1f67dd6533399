import { join } from 'node:path';
import { cacheFolder } from '../platform/folders.js';
import { type FolderInUse, whileLocked } from '../platform/lock.js';

/** Where downloads and imports go. */
export function downloadFolder(): string {
  return join(cacheFolder(), 'datasets');
}

/**
 * Writes files there, one process at a time.
 *
 * @param files name of a data set, or of the source of several: what one process at a time writes
 */
export function whileFilesLocked<T>(
  files: string,
  folder: string,
  act: () => T | Promise<T>,
  says?: (line: string) => void,
): Promise<T> {
  const onBusy = ({ message }: FolderInUse) => says?.(message);
  return whileLocked(join(folder, `${files}.lock`), files, act, { onBusy });
}
