import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Failure } from '../platform/failure.js';
import { fileStatus, isFolder } from '../platform/file-status.js';
import { guessOfPath } from '../platform/nearest-path.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import type { AcquireOptions } from './acquire.js';
import { checkedRolls } from './catalogue.js';
import { hashOfFiles, sha256Of } from './content-hash.js';
import { downloadFolder, whileFilesLocked } from './download-folder.js';
import { archiveFormat, readHead } from './file-head.js';
import { foreignFile, nameTheFolder } from './foreign-file.js';
import { formatOf } from './formats/file-format.js';
import { type Manifest, type RollsManifest, readManifests, readRecordingsSource } from './manifest.js';
import { OTHERS, takeRecordings, writeRecordings } from './recordings.js';

/**
 * Brings a file that the user has into the cache folder: the .mat file of a named data set, or the recordings of
 * one as a .deb, .zip, .tar, .tar.gz or folder. What it is follows from its content.
 *
 * @returns the names of the data sets that can now be loaded, and where the data lie
 * @throws Failure or BadFile if it is none of these; then nothing is written
 */
export async function importFile(
  path: string,
  options: AcquireOptions = {},
): Promise<{ names: string[]; path: string }> {
  const folder = options.folder ?? downloadFolder();
  const manifests = readManifests();
  const status = fileStatus(path);
  if (!status) throw new Failure(`${path}: no such file${guessOfPath(path, existsSync)}`);
  if (status.isFile()) {
    const rolls = rollsOf(manifests, path, status.size);
    if (rolls) return importRolls(rolls, path, folder);
    const known = foreignFile(path);
    if (known) throw new Failure(`${path}: ${known}`);
    if (!archiveFormat(readHead(path))) throw unknownFile(manifests, path);
  } else if (!status.isDirectory()) {
    throw new Failure(`${path}: neither a file nor a folder`);
  }
  return importRecordings(manifests, path, folder, options);
}

/** The data set whose file has this size and SHA-256. */
function rollsOf(manifests: readonly Manifest[], path: string, bytes: number): RollsManifest | undefined {
  const sized = manifests.filter(
    (manifest): manifest is RollsManifest => manifest.from === 'mat-file' && manifest.bytes === bytes,
  );
  if (sized.length === 0) return undefined;
  const sha256 = sha256Of(readBounded(path, bytes));
  return sized.find((manifest) => manifest.sha256 === sha256);
}

function importRolls(manifest: RollsManifest, path: string, folder: string) {
  const target = join(folder, manifest.file);
  writeWholeFile(target, checkedRolls(manifest, path));
  return { names: [manifest.name], path: target };
}

function unknownFile(manifests: readonly Manifest[], path: string): Failure {
  const names = manifests.filter(({ from }) => from === 'mat-file').map(({ name }) => name);
  return new Failure(
    `${path}: not the .mat file of ${names.join(', ')} (its SHA-256 is in no manifest), and no .deb, .zip, .tar or .tar.gz of recordings`,
  );
}

async function importRecordings(
  manifests: readonly Manifest[],
  path: string,
  folder: string,
  options: AcquireOptions,
) {
  const cut = manifests.filter((manifest) => manifest.from === 'recordings');
  const { files, others } = await takeRecordings(path);
  if (files.size === 0) throw otherContent(path, others);
  for (const name of new Set(cut.map(({ source }) => source))) {
    const source = readRecordingsSource(name);
    if (hashOfFiles(files) !== source.sha256) continue;
    const names = cut.filter((manifest) => manifest.source === name).map((manifest) => manifest.name);
    const write = () => writeRecordings(source, files, folder);
    return { names, path: await whileFilesLocked(source.name, folder, write, options.says) };
  }
  throw new Failure(
    `${path}: its ${files.size} .wav files are not the recordings of ${cut.map(({ name }) => name).join(', ')} (their common SHA-256 is in no manifest); recordings of your own need no import: ${nameTheFolder(path)}`,
  );
}

/** An archive or folder that holds none of the recordings, but other data. */
function otherContent(path: string, others: readonly string[]): Failure {
  const [pieces, ...sets] = OTHERS.map((format) => others.filter((file) => formatOf([format], file)));
  if (pieces.length > 0) {
    const what =
      pieces.length === 1 ? 'one MIDI file, which needs' : `${pieces.length} MIDI files, which need`;
    return new Failure(`${path}: ${what} no import; ${nameTheFolder(path)}`);
  }
  const rolls = sets.find((files) => files.length > 0);
  if (!rolls) return new Failure(`${path}: no .wav file in it, nor any other that can be imported`);
  const ending = extname(rolls[0]).toLowerCase();
  const what = rolls.length === 1 ? `a ${ending} file` : `${rolls.length} ${ending} files`;
  const next = rolls.length === 1 ? 'import that file itself' : 'import them one by one';
  return new Failure(`${path}: holds ${what}; ${isFolder(path) ? '' : 'unpack it, and '}${next}`);
}
