import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure, Misuse } from '../platform/failure.js';
import { HIDDEN, isHidden } from './hidden-names.js';
import type { FileRemark } from './sequence.js';
import { byCodeUnit } from './split.js';

/** A folder with more entries than this was hardly meant (`/`, a home folder). */
const MAX_FOLDER_ENTRIES = 200_000;

/** A file below a folder. */
export interface ListedFile {
  /** Relative to the folder, with forward slashes; a byte that is not UTF-8 stands as `\xE9`. */
  readonly path: string;
  /** What opens it: a name that is not UTF-8 opens by its bytes alone. */
  readonly place: string | Buffer;
  /** The same for all paths that lead to this file through links. */
  readonly identity: string;
  /** Links to folders, and to the file, on its path. */
  readonly links: number;
}

/** All that lies below a folder. */
export interface Listing {
  /** Sorted by path. */
  readonly files: readonly ListedFile[];
  /** Paths of the folders, relative to the folder. */
  readonly folders: readonly string[];
  /** What is no file to look at: hidden names, links that lead nowhere, devices. */
  readonly passedOver: readonly FileRemark[];
}

/** Bytes are kept as latin1 strings, which hold each as one character. */
interface Folder {
  readonly path: string;
  readonly place: Buffer;
  readonly real: string;
  /** Real paths of the folders that it was reached through, itself included. */
  readonly around: readonly string[];
  readonly links: number;
}

/**
 * All files below a folder, through links to files and folders as well; a link back to a folder around it is not
 * followed. Names that begin with a dot are passed over.
 *
 * @throws Misuse if the folder holds more than 200 000 entries; Failure if it cannot be read, or if two names
 *   read the same
 */
export function listFolder(folder: string): Listing {
  const walk: Walk = { files: [], folders: [], passedOver: [] };
  const real = realOf(Buffer.from(folder));
  const top = { path: '', place: Buffer.from(folder), real, around: [real], links: 0 };
  const waiting: Folder[] = [top];
  let entries = 0;
  for (let inner = waiting.pop(); inner !== undefined; inner = waiting.pop()) {
    for (const name of readNames(inner.place, join(folder, inner.path))) {
      if (++entries > MAX_FOLDER_ENTRIES) {
        throw new Misuse(
          `${folder}: more than ${MAX_FOLDER_ENTRIES} entries; name the folder of one data set`,
        );
      }
      const below = look(name, inner, walk);
      if (below) waiting.push(below);
    }
  }
  walk.files.sort((a, b) => byCodeUnit(a.path, b.path));
  refuseSameNames(folder, walk.files);
  return {
    ...walk,
    passedOver: walk.passedOver.sort((a, b) => byCodeUnit(a.file, b.file)),
  };
}

interface Walk {
  readonly files: ListedFile[];
  readonly folders: string[];
  readonly passedOver: FileRemark[];
}

/** Notes an entry. @returns the folder that it is or leads to */
function look(bytes: Buffer, folder: Folder, walk: Walk): Folder | undefined {
  const name = readable(bytes);
  const path = folder.path ? `${folder.path}/${name}` : name;
  const passOver = (what: string) => void walk.passedOver.push({ file: path, what });
  if (isHidden(name)) return passOver(HIDDEN);
  const place = Buffer.concat([folder.place, Buffer.from('/'), bytes]);
  const stats = orRefuse(path, () => lstatSync(place, { throwIfNoEntry: false }));
  // Someone has removed it meanwhile.
  if (!stats) return undefined;
  const isLink = stats.isSymbolicLink();
  const kind = isLink ? kindBehind(place) : kindOf(stats);
  if (kind !== 'file' && kind !== 'folder') return passOver(kind);
  const real = isLink ? realOf(place) : `${folder.real}${sep}${bytes.toString('latin1')}`;
  const links = folder.links + (isLink ? 1 : 0);
  if (kind === 'file') {
    walk.files.push({ path, place: isUtf8(place) ? place.toString() : place, identity: real, links });
    return undefined;
  }
  if (isLink && folder.around.some((one) => one === real || one.startsWith(real + sep)))
    return passOver('a link to a folder around it');
  walk.folders.push(path);
  return { path, place, real, around: [...folder.around, real], links };
}

type Kind = 'file' | 'folder' | (string & {});

function kindOf(entry: Stats): Kind {
  if (entry.isDirectory()) return 'folder';
  // A pipe or a device would hang the reader.
  return entry.isFile() ? 'file' : 'neither a file nor a folder';
}

function kindBehind(link: Buffer): Kind {
  try {
    return kindOf(statSync(link));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'a link to nothing';
    return code === 'ELOOP' ? 'a link to itself' : `a link that cannot be followed (${code})`;
  }
}

/** Bytes, as a name need not be text. Bun gives no kinds of files along with bytes. */
function readNames(folder: Buffer, shown: string): Buffer[] {
  return orRefuse(`folder ${shown}`, () => readdirSync(folder, { encoding: 'buffer' }));
}

function orRefuse<Result>(what: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new Failure(`cannot read ${what}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** The path without links and without a separator at its end, a character a byte. */
function realOf(place: Buffer): string {
  try {
    const real = realpathSync.native(place, 'buffer').toString('latin1');
    return real.endsWith(sep) ? real.slice(0, -1) : real;
  } catch (error) {
    throw new Failure(`cannot read ${place}: ${(error as Error).message}`);
  }
}

/** A name as text: what is UTF-8 as it is, every other byte as `\xE9`. */
function readable(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  let text = '';
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((bytes) => isUtf8(name.subarray(at, at + bytes)));
    if (length) text += name.toString('utf8', at, at + length);
    else text += `\\x${name[at].toString(16).toUpperCase()}`;
    at += length ?? 1;
  }
  return text;
}

/** Only where a name spells out such a byte as text. */
function refuseSameNames(folder: string, sorted: readonly ListedFile[]): void {
  const twin = sorted.find(({ path }, i) => path === sorted[i + 1]?.path);
  if (twin) throw new Failure(`${folder}: two files read as ${twin.path}; give one of them another name`);
}
