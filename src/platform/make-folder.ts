import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFolder } from './file-status.js';

/**
 * Makes a folder and those above it that are missing. Not by Node's own `recursive`, which never returns where a
 * file system has no place for new folders, such as /proc.
 *
 * @throws Error with the system's reason
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in between.
    if (isFolder(path)) return;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Error(`${path} is ${existsSync(path) ? 'a file, not a folder' : 'a link to nothing'}`);
    throw error;
  }
}
