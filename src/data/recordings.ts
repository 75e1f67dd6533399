import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../platform/failure.js';
import { isFolder } from '../platform/file-status.js';
import { partialName, removeLeftOvers } from '../platform/left-overs.js';
import { makeFolder } from '../platform/make-folder.js';
import { readAllBounded } from '../platform/read-file.js';
import { readArchive } from './archive.js';
import { MAX_RECORDINGS_BYTES } from './catalogue.js';
import { hashOfFiles } from './content-hash.js';
import { listFiles } from './folder.js';
import { nameTheFolder, pickle } from './foreign-file.js';
import { formatOf } from './formats/file-format.js';
import { jsonRolls, mat, midi, wav } from './formats/registry.js';
import { isHidden } from './hidden-names.js';
import type { RecordingsSource } from './manifest.js';

/** What archives and folders may hold beside recordings: music, a file a piece and a file a set. */
export const OTHERS = [midi, mat, pickle, jsonRolls];

/** Takes recordings out of an archive. @throws Failure where they are not those of the source */
export async function installRecordings(
  source: RecordingsSource,
  archive: string,
  folder: string,
): Promise<void> {
  const { files } = await takeRecordings(archive);
  if (hashOfFiles(files) !== source.sha256) {
    throw new Failure(
      `${archive}: its ${files.size} .wav files are not those of ${source.name} (their common SHA-256 differs)`,
    );
  }
  writeRecordings(source, files, folder);
}

/**
 * The .wav files of an archive or folder, by their path below the innermost folder that holds them all, and the paths
 * of other files that data sets come in.
 */
export async function takeRecordings(
  path: string,
): Promise<{ files: Map<string, Uint8Array>; others: string[] }> {
  if (isFolder(path)) {
    const others = listFiles(path, OTHERS).map((other) => other.path);
    const recordings = listFiles(path, [wav]);
    const bytes = recordings.reduce((sum, { place }) => sum + statSync(place).size, 0);
    if (bytes > MAX_RECORDINGS_BYTES)
      throw new Failure(
        `${path}: ${recordings.length} .wav files of more than ${MAX_RECORDINGS_BYTES / 2 ** 20} MiB, which no named data set has; recordings of your own need no import: ${nameTheFolder(path)}`,
      );
    const files = readAllBounded(recordings, MAX_RECORDINGS_BYTES);
    return { files: belowCommonFolder(files), others };
  }
  const others: string[] = [];
  const files = await readArchive(path, (file) => {
    if (isHidden(file)) return false;
    if (formatOf(OTHERS, file)) others.push(file);
    return formatOf([wav], file) !== undefined;
  });
  return { files: belowCommonFolder(files), others };
}

function belowCommonFolder(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const root = commonFolder([...files.keys()]);
  return new Map([...files].map(([file, bytes]) => [file.slice(root.length), bytes]));
}

/** The longest folder, with its final slash, that all paths begin with. */
function commonFolder(paths: readonly string[]): string {
  let common = paths[0]?.replace(/[^/]*$/, '') ?? '';
  for (const path of paths) {
    while (!path.startsWith(common)) common = common.replace(/[^/]*\/$/, '');
  }
  return common;
}

/** Writes all recordings beside their place and then renames the folder, so that it is there whole or not at all. */
export function writeRecordings(
  source: RecordingsSource,
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
): string {
  const target = join(folder, source.folder);
  const beside = partialName(target);
  removeLeftOvers(dirname(target));
  try {
    for (const [path, bytes] of files) {
      makeFolder(dirname(join(beside, path)));
      writeFileSync(join(beside, path), bytes);
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw new Failure(`cannot write ${target}: ${(error as Error).message}`);
  }
  return target;
}
