import { statSync } from 'node:fs';
import { Failure } from '../platform/failure.js';
import type { ListedFile } from './listing.js';
import { roleOfPath } from './own-splits.js';
import { type FileRemark, type Remark, SPLITS, type Split, type SplitFiles } from './sequence.js';
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

/** Pairs of copies that a remark names. */
const MOST_NAMED = 3;

/**
 * A remark where files of one split are copies of files of another, byte for byte.
 *
 * @param contents SHA-256 of each file by its path
 */
export function copyRemarks(files: SplitFiles, contents: ReadonlyMap<string, string>): Remark[] {
  const first = new Map<string, { path: string; split: Split }>();
  const pairs: string[] = [];
  for (const split of SPLITS) {
    for (const path of files[split]) {
      const content = contents.get(path) as string;
      const other = first.get(content);
      if (!other) first.set(content, { path, split });
      else if (other.split !== split) pairs.push(`${path} as ${other.path}`);
    }
  }
  if (pairs.length === 0) return [];
  const have = pairs.length === 1 ? '1 file has' : `${pairs.length} files have`;
  const rest = pairs.length > MOST_NAMED ? `, and ${pairs.length - MOST_NAMED} more` : '';
  const named = pairs.slice(0, MOST_NAMED).join(', ');
  return [{ what: `${have} the same content as a file of another split: ${named}${rest}` }];
}
