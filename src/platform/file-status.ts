import { type Stats, statSync } from 'node:fs';

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
