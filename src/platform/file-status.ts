import { lstatSync, type Stats, statSync } from 'node:fs';

/** What a path leads to; undefined where that is nothing, or a name that the system does not take. */
export function fileStatus(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return fileStatus(path)?.isDirectory() ?? false;
}

/**
 * Whether a folder has a file of that name, also one that cannot be read, such as a link to nothing: reading it then
 * tells why, where `existsSync` has it missing.
 */
export function isListed(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
