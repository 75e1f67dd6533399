import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../platform/failure.js';
import { isFolder } from '../platform/file-status.js';
import { listFiles } from './folder.js';
import { MUSIC_FORMATS, SPEECH_FORMATS } from './formats/registry.js';

/*
 * A name that gru-bench knows goes before a folder of that name, and a path before a name: of two data sets that are
 * called the same, a line says which one is taken.
 */

/**
 * That a folder of data with the name of a named data set is not read; nothing where there is none, or it is where the
 * named one lies.
 *
 * @param place where the named one lies, if it is on this machine
 * @param folder where names count from: the working folder, or that of the file that names the data set
 */
export function shadowedText(name: string, place: string | undefined, folder = '.'): string | undefined {
  const own = join(folder, name);
  if (!holdsData(own) || (place !== undefined && realpathSync(own) === realpathSync(place))) return undefined;
  return `the named data set ${name} is taken, not the folder ${own === name ? 'here' : own}; that is called ./${name}`;
}

/** That own data have the name of a named data set, by which tables and files call them. */
export const shadowingText = (name: string): string =>
  `own data, not the named data set ${name}, although they are called the same`;

function holdsData(folder: string): boolean {
  if (!isFolder(folder)) return false;
  try {
    return listFiles(folder, [...MUSIC_FORMATS, ...SPEECH_FORMATS]).length > 0;
  } catch (error) {
    // Too large, or not to be looked into: hardly data.
    if (error instanceof Failure) return false;
    throw error;
  }
}
