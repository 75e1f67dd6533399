import { statSync } from 'node:fs';
import { Failure } from '../platform/failure.js';
import type { ListedFile } from './listing.js';
import { roleOfPath } from './own-splits.js';
import type { FileRemark } from './sequence.js';
import { areApart } from './split-words.js';

/*
 * A file that is reached by several paths is one sequence, and may be in one split alone. Links of both kinds lead to
 * one file; a copy is another file, which is taken, but said.
 */

/** More links than any path has. */
const MANY_LINKS = 1_000_000;

/** The same for all hard links of a file as well, where the file system numbers its files. */
export function withHardLinks(file: ListedFile): ListedFile {
  const status = statSync(file.place, { bigint: true, throwIfNoEntry: false });
  if (!status || status.ino === 0n || status.nlink < 2n) return file;
  return { ...file, identity: `file ${status.ino} of device ${status.dev}` };
}

/**
 * Of the paths that lead to one file through links, the one below a split's folder, if there is any, and with the
 * fewest links.
 */
export function eachOnce(files: readonly ListedFile[]): { files: ListedFile[]; twice: FileRemark[] } {
  const best = new Map<string, ListedFile>();
  const rank = ({ path, links }: ListedFile) => links - (roleOfPath(path) ? MANY_LINKS : 0);
  for (const file of files) {
    const other = best.get(file.identity);
    if (!other || rank(file) < rank(other)) best.set(file.identity, file);
  }
  const isKept = (file: ListedFile) => best.get(file.identity) === file;
  return {
    files: files.filter(isKept),
    twice: files
      .filter((file) => !isKept(file))
      .map(({ path }) => ({ file: path, what: 'a second path to a file that is taken' })),
  };
}

/** No link may bring a file of one split into another. */
export function refuseSharedFiles(folder: string, files: readonly ListedFile[]): void {
  // Of each identity one path of each role: all others of the role are apart from the same roles.
  const paths = new Map<string, ListedFile[]>();
  for (const file of files) {
    const role = roleOfPath(file.path);
    const others = paths.get(file.identity) ?? [];
    const apart = others.find(({ path }) => areApart(roleOfPath(path), role));
    if (apart)
      throw new Failure(`${folder}: ${apart.path} and ${file.path} are one file; remove one of the two`);
    if (others.every(({ path }) => roleOfPath(path) !== role)) paths.set(file.identity, [...others, file]);
  }
}
