import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileStatus, isFolder } from './file-status.js';
import { guessText, nearestName } from './nearest-name.js';

/** Whether a path that is there can be meant. */
export type CanBeMeant = (path: string) => boolean;

export const isFile: CanBeMeant = (path) => fileStatus(path)?.isFile() ?? false;

/** Names in the folder of a path that can be meant by the path's own; hidden ones cannot. */
export function namesBeside(path: string, canBeMeant: CanBeMeant): string[] {
  const folder = dirname(path);
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.') && canBeMeant(join(folder, name)));
  } catch {
    return [];
  }
}

/**
 * The path that is most likely meant by one that is not there: the same but for an error of typing in its folder or
 * its name, or but for the name's extension. It is written as the other is.
 */
export function nearestPath(path: string, canBeMeant: CanBeMeant): string | undefined {
  const [folder, name] = [dirname(path), basename(path)];
  if (!isFolder(folder)) {
    const other = folder === path ? undefined : nearestPath(folder, isFolder);
    const moved = other && join(other, name);
    return moved && canBeMeant(moved) ? beginningAs(path, moved) : undefined;
  }
  const names = namesBeside(path, canBeMeant);
  const near =
    names.find((one) => one.slice(0, -extname(one).length || undefined) === name) ?? nearestName(name, names);
  return near && beginningAs(path, join(folder, near));
}

/** `join` takes a leading `./` away. */
const beginningAs = (path: string, other: string) => (/^\.[/\\]/.test(path) ? `./${other}` : other);

/** `; did you mean PATH?`, or nothing. */
export const guessOfPath = (path: string, canBeMeant: CanBeMeant): string =>
  guessText(nearestPath(path, canBeMeant));
