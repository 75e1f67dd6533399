import { basename, resolve } from 'node:path';

/** What a data set may be beside a named one; the formats are those of `formats/registry.ts`. */
export const OWN_DATA = 'a folder of .mid or .wav files, or a .json file of piano-rolls';

/** Bytes of UTF-8; with unit, extension and the name of a partial file it stays below the 255 of file systems. */
const LONGEST_NAME = 100;

/** Names that Windows keeps for devices, with any extension, and those of files beside the trials' folders. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|^(slurm|plan\.json)$/i;

/**
 * The short name of a data set for tables, files and folders: that of the catalogue, of the folder or of the .json
 * file, with one dash for each run of characters that a table or a file system might trip over.
 *
 * @param nameOrFolder a relative path counts from the working directory
 */
export function shortName(nameOrFolder: string): string {
  return cleanName(nameOfPath(resolve(nameOrFolder)));
}

/** The same name where it is safe in a table, as a file on every system, and as a word of a command. */
export function cleanName(name: string): string {
  const kept = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} _.+-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '');
  let short = '';
  for (const character of kept) {
    if (Buffer.byteLength(short + character) > LONGEST_NAME) break;
    short += character;
  }
  const trimmed = short.replace(/[ .-]+$/, '');
  if (trimmed === '') return 'data';
  return RESERVED.test(trimmed) ? `data-${trimmed}` : trimmed;
}

/** The name of a data set by its path: the last part of it, without `.json`. */
export function nameOfPath(path: string): string {
  return basename(path).replace(/\.json$/i, '');
}
