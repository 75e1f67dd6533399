import { join } from 'node:path';
import { Failure, reasonOf } from '../platform/failure.js';
import { plural } from '../platform/format-number.js';
import { readBounded } from '../platform/read-file.js';
import { sha256Of } from './content-hash.js';
import { type FileFormat, formatOf } from './formats/file-format.js';
import type { ListedFile } from './listing.js';
import { type FileRemark, SPLITS, type Split } from './sequence.js';

/** A file that could not be read, and why. */
interface Broken {
  readonly path: string;
  readonly error: Failure;
}

/** What became of the files of a folder, filled in as they are read. */
export interface FilesRead {
  readonly broken: Broken[];
  /** SHA-256 of each file, whole or broken, by its path. */
  readonly contents: Map<string, string>;
}

export function noneRead(): FilesRead {
  return { broken: [], contents: new Map() };
}

/** Reads a file in that of the formats which its name says, or notes that it is broken. */
export function tryToRead<T>(
  folder: string,
  { path, place }: ListedFile,
  formats: readonly FileFormat<T>[],
  { broken, contents }: FilesRead,
): T | undefined {
  const file = join(folder, path);
  const { limit, read } = formatOf(formats, path) as FileFormat<T>;
  try {
    const bytes = readBounded(place, limit, file);
    contents.set(path, sha256Of(bytes));
    return read(bytes, file);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    broken.push({ path, error });
    return undefined;
  }
}

/** Broken files that a message names. */
const MOST_NAMED = 3;

/**
 * What is broken, for the record, where the user goes on without it.
 *
 * @param left what is read of each split
 * @throws Failure naming the first broken ones, and how many there are; or if they leave a split empty
 */
export function skipBroken(
  folder: string,
  { broken }: FilesRead,
  left: Readonly<Record<Split, readonly unknown[]>>,
  skip: boolean | undefined,
): FileRemark[] {
  const remarks = broken.map(({ path, error }) => ({ file: path, what: reasonOf(error) }));
  const [first] = broken;
  if (!first) return remarks;
  if (!skip && broken.length === 1)
    throw new Failure(`${first.error.message}; --skip-broken goes on without it`);
  const named = remarks.slice(0, MOST_NAMED).map(({ file, what }) => `${file}: ${what}`);
  const rest = broken.length > MOST_NAMED ? `; and ${broken.length - MOST_NAMED} more` : '';
  const list = `${folder}: ${plural(broken.length, 'broken file')} (${named.join('; ')}${rest})`;
  if (!skip) throw new Failure(`${list}; --skip-broken goes on without them`);
  const empty = SPLITS.find((split) => left[split].length === 0);
  if (empty) throw new Failure(`${list}; without them ${empty} is empty`);
  return remarks;
}
