import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { sha256Of } from '../data/content-hash.js';
import { BadFile, Failure, UnreadableFile } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { oneAtATime } from '../platform/folder-lock.js';
import { readBounded, readLines } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { FILE_NAMES, FOLDER_ENDINGS, pathsIn, pathsOf, publishedFiles } from './published.js';

/** Bytes; a line has about a hundred, and an experiment some files a cell. */
const LARGEST_FILE = 16 * 1024 * 1024;
/** Bytes; parameters and pages are the largest files of an experiment. */
export const LARGEST_RESULT = 1024 * 1024 * 1024;

/**
 * The SHA-256 of each file of an experiment's folder as it was written, by its path in the folder.
 *
 * @returns nothing where the folder has no checksums.sha256. @throws BadFile where a line is none of sha256sum's, or is
 *   about a file that another is about
 */
export function readChecksums(folder: string): Map<string, string> | undefined {
  const path = publishedFiles(folder).checksums;
  if (!isListed(path)) return undefined;
  const noted = new Map<string, string>();
  for (const [i, line] of readLines(path, LARGEST_FILE).entries()) {
    const [, sha256, name] = line.match(/^([0-9a-f]{64}) [ *](.+)$/) ?? [];
    const refuse = (what: string) => new BadFile(path, `line ${i + 1}`, `${what}: put the file back`);
    if (!name) throw refuse('is not a SHA-256 and a path, as sha256sum writes');
    if (noted.has(name)) throw refuse(`is about ${name}, which an earlier line is about`);
    noted.set(name, sha256);
  }
  return noted;
}

/**
 * Notes the checksums of files that were just written, for `check` and `sha256sum --check`. Lines of other files stay
 * as they are, so that a file that was changed by hand stays one that its checksum does not fit. Where the folder has
 * no checksums yet, all its files are noted as they are. Of several that note at once, each keeps the others' lines.
 *
 * @param isOwn whether a path in the folder is of a kind that the caller writes: such lines go where not written again
 * @param written paths of files
 */
export function noteChecksums(
  folder: string,
  isOwn: (path: string) => boolean,
  written: readonly string[],
): Promise<void> {
  return oneAtATime(folder, () => writeChecksums(folder, isOwn, written));
}

function writeChecksums(folder: string, isOwn: (path: string) => boolean, written: readonly string[]): void {
  const before = readChecksums(folder);
  const all = new Map([...(before ?? [])].filter(([path]) => !isOwn(path)));
  const noted = written.map((path) => pathIn(folder, path));
  for (const path of before ? noted : filesOfResults(folder)) all.set(path, checksumOf(join(folder, path)));
  const lines = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, sha256]) => `${sha256}  ${path}\n`);
  writeWholeFile(publishedFiles(folder).checksums, lines.join(''));
}

/** Whether a file of the folder is the one that was noted; where there are no checksums, nothing says otherwise. */
export function isAsNoted(folder: string, path: string): boolean {
  const noted = readChecksums(folder);
  if (!noted || !existsSync(path)) return true;
  return noted.get(pathIn(folder, path)) === checksumOf(path);
}

/**
 * Paths in the folder of files that are no longer as they were noted; what is missing is not among them.
 *
 * @param isAsked of which paths
 */
export function changedFiles(folder: string, isAsked: (path: string) => boolean): string[] {
  const noted = [...(readChecksums(folder) ?? [])].filter(([name]) => isAsked(name));
  return noted.flatMap(([name, sha256]) => {
    const path = join(folder, name);
    return existsSync(path) && checksumOf(path) !== sha256 ? [name] : [];
  });
}

/**
 * What is computed of other parameters than those that were written would take the place of what was computed of them.
 *
 * @throws Failure where parameters of the folder are not as they were noted
 */
export function refuseChangedCheckpoints(folder: string): void {
  const [changed] = changedFiles(folder, pathsOf([], ['checkpoints']));
  if (changed !== undefined)
    throw new Failure(
      `${join(folder, changed)} is not as it was written: its SHA-256 is not that of ${FILE_NAMES.checksums}; put it back, or remove it to go without`,
    );
}

const pathIn = (folder: string, path: string) => relative(folder, path).split(sep).join('/');

/** @returns the SHA-256 of a file. @throws UnreadableFile where it cannot be read */
export function checksumOf(path: string): string {
  return sha256Of(readBounded(path, LARGEST_RESULT));
}

/** Paths in an experiment's folder of the files that belong to its results, their checksums apart. @throws UnreadableFile */
export function filesOfResults(folder: string): string[] {
  const { checksums, ...all } = pathsIn(folder);
  const single = Object.values(all).filter(existsSync);
  const inFolders = Object.entries(FOLDER_ENDINGS).flatMap(([name, ending]) => {
    const path = join(folder, name);
    return namesIn(path)
      .filter((file) => file.endsWith(ending))
      .map((file) => `${name}/${file}`);
  });
  return [...single.map((path) => relative(folder, path)), ...inFolders];
}

function namesIn(folder: string): string[] {
  try {
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  } catch (error) {
    throw new UnreadableFile(folder, `cannot read ${folder}: ${(error as Error).message}`);
  }
}
