import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { Failure } from '../platform/failure.js';
import { cacheFolder, isBelow } from '../platform/folders.js';
import { partialName, removeLeftOvers } from '../platform/left-overs.js';
import { type FolderInUse, whileLocked } from '../platform/lock.js';
import { makeFolder } from '../platform/make-folder.js';
import { readAllBounded, readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { archiveFormat, readArchive } from './archive.js';
import { checkedRecordings, checkedRolls, locate, MAX_RECORDINGS_BYTES, waysOut } from './catalogue.js';
import { hashOfFiles, sha256Of } from './content-hash.js';
import { download, type Progress } from './download.js';
import { isHidden } from './file-names.js';
import { listFiles } from './folder.js';
import { foreignFile, pickle, shellWord } from './foreign-file.js';
import { formatOf, jsonRolls, mat, midi, wav } from './formats/registry.js';
import {
  type AptPlace,
  type Manifest,
  type RecordingsSource,
  type RollsManifest,
  readManifests,
  readRecordingsSource,
  type WebPlace,
} from './manifest.js';

const APT_MILLISECONDS = 300_000;

const OWN_RECORDINGS = 'recordings of your own need no import: name their folder with --dataset';

export interface AcquireOptions {
  /** Where data go: `datasets` in the user's cache folder if not given. */
  readonly folder?: string;
  readonly progress?: Progress;
  /** Told before each place that is tried. */
  readonly says?: (line: string) => void;
  /** Another way to reach the network; Node's own `fetch` if not given. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Where a data set now is, and whether it was there before. */
export interface Acquired {
  readonly path: string;
  readonly fetched: boolean;
}

/**
 * Sees to it that a data set's files are on this machine and are those of the manifest: from the places of its
 * manifest, one after another, into the user's cache folder.
 *
 * @throws Failure in one line with what each place answered and the ways out
 */
export async function downloadDataset(manifest: Manifest, options: AcquireOptions = {}): Promise<Acquired> {
  const folder = options.folder ?? downloadFolder();
  const ifPresent = () => {
    const path = presentAndRight(manifest, folder);
    return path === undefined ? undefined : { path, fetched: false };
  };
  const present = ifPresent();
  if (present) return present;
  if (manifest.from === 'package')
    throw new Failure(`${manifest.name} is missing in this package: install it again`);
  const fetch = async () => {
    // Another process may have brought it while this one waited.
    const brought = ifPresent();
    if (brought) return brought;
    const path =
      manifest.from === 'mat-file'
        ? await fetchRolls(manifest, folder, options)
        : await fetchRecordings(manifest, folder, options);
    return { path, fetched: true };
  };
  const files = manifest.from === 'mat-file' ? manifest.name : manifest.source;
  return whileFilesLocked(files, folder, fetch, options.says);
}

/** @param files name of a data set, or of the source of several: what one process at a time writes */
function whileFilesLocked<T>(
  files: string,
  folder: string,
  act: () => T | Promise<T>,
  says?: (line: string) => void,
): Promise<T> {
  const onBusy = ({ message }: FolderInUse) => says?.(message);
  return whileLocked(join(folder, `${files}.lock`), files, act, { onBusy });
}

function downloadFolder(): string {
  return join(cacheFolder(), 'datasets');
}

/**
 * Where the data set lies, if it is whole. Damaged files in the download folder count as absent and are
 * replaced; damaged ones elsewhere are their owner's to remove.
 */
function presentAndRight(manifest: Manifest, folder: string): string | undefined {
  const path = locate(manifest) ?? locate(manifest, [folder]);
  if (!path) return undefined;
  try {
    if (manifest.from === 'mat-file') checkedRolls(manifest, path);
    if (manifest.from === 'recordings') {
      checkedRecordings(readRecordingsSource(manifest.source), path, manifest.name);
    }
    return path;
  } catch (error) {
    if (isBelow(path, folder)) return undefined;
    throw error;
  }
}

async function fetchRolls(manifest: RollsManifest, folder: string, options: AcquireOptions): Promise<string> {
  const target = join(folder, manifest.file);
  removeLeftOvers(dirname(target));
  const { bytes, sha256 } = manifest;
  await firstThatWorks(manifest, manifest.places, options, (place) =>
    download({ ...options, url: place.url, target, bytes, maxBytes: bytes, sha256 }),
  );
  return target;
}

async function fetchRecordings(
  manifest: Manifest & { from: 'recordings' },
  folder: string,
  options: AcquireOptions,
): Promise<string> {
  const source = readRecordingsSource(manifest.source);
  await firstThatWorks(manifest, source.places, options, (place) =>
    'apt' in place ? fetchByApt(source, place, folder) : fetchArchive(source, place, folder, options),
  );
  return join(folder, source.folder);
}

/** Tries one place after another; what each answers goes into the one line if none works. */
async function firstThatWorks<Place extends WebPlace | AptPlace>(
  manifest: Manifest,
  places: readonly Place[],
  options: AcquireOptions,
  fetchFrom: (place: Place) => Promise<void>,
): Promise<void> {
  const answers: string[] = [];
  for (const place of places) {
    try {
      options.says?.(`${manifest.name}: from ${nameOfPlace(place)}`);
      await fetchFrom(place);
      return;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      answers.push(error.message);
    }
  }
  throw new Failure(`${manifest.name} could not be fetched (${answers.join('; ')}): ${waysOut(manifest)}`);
}

function nameOfPlace(place: WebPlace | AptPlace): string {
  return 'apt' in place ? `package ${place.apt} (apt-get download)` : new URL(place.url).host;
}

/** A Debian package through apt-get, which checks the archive's own signatures; needs no root. */
async function fetchByApt(source: RecordingsSource, place: AptPlace, folder: string): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'gru-bench-'));
  try {
    await runAptGet(place.apt, temporary);
    const packages = readdirSync(temporary).filter((file) => file.endsWith('.deb'));
    if (packages.length !== 1) throw new Failure(`apt-get left ${packages.length} packages instead of one`);
    await installRecordings(source, join(temporary, packages[0]), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function runAptGet(name: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['download', '-qq', name], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: APT_MILLISECONDS,
    });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => {
      if (complaint.length < 2000) complaint += text.toString('utf8');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(new Failure(error.code === 'ENOENT' ? 'no apt-get here' : `apt-get: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const why = complaint
        .split('\n')
        .find((line) => line.startsWith('E:'))
        ?.slice(2)
        .trim();
      const ended = signal ? `stopped after ${APT_MILLISECONDS / 1000} s` : `ended with ${code}`;
      reject(new Failure(`apt-get: ${why ?? ended} (an "apt-get update" may help)`));
    });
  });
}

async function fetchArchive(
  source: RecordingsSource,
  place: WebPlace,
  folder: string,
  options: AcquireOptions,
): Promise<void> {
  const target = join(folder, `${source.name}.archive`);
  await download({ ...options, url: place.url, target, maxBytes: source.maxArchiveBytes });
  try {
    await installRecordings(source, target, folder);
  } finally {
    rmSync(target, { force: true });
  }
}

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
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) throw new Failure(`${path}: no such file`);
  if (status.isFile()) {
    const rolls = rollsOf(manifests, path, status.size);
    if (rolls) return importRolls(rolls, path, folder);
    const known = foreignFile(path);
    if (known) throw new Failure(`${path}: ${known}`);
    if (!archiveFormat(path)) throw unknownFile(manifests, path);
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
  const { files, others } = await readRecordings(path);
  if (files.size === 0) throw otherContent(path, others);
  for (const name of new Set(cut.map(({ source }) => source))) {
    const source = readRecordingsSource(name);
    if (hashOfFiles(files) !== source.sha256) continue;
    const names = cut.filter((manifest) => manifest.source === name).map((manifest) => manifest.name);
    const write = () => writeRecordings(source, files, folder);
    return { names, path: await whileFilesLocked(source.name, folder, write, options.says) };
  }
  throw new Failure(
    `${path}: its ${files.size} .wav files are not the recordings of ${cut.map(({ name }) => name).join(', ')} (their common SHA-256 is in no manifest); ${OWN_RECORDINGS}`,
  );
}

/** What archives and folders may hold beside recordings: music, a file a piece and a file a set. */
const OTHERS = [midi, mat, pickle, jsonRolls];

/** An archive or folder that holds none of the recordings, but other data. */
function otherContent(path: string, others: readonly string[]): Failure {
  const [pieces, ...sets] = OTHERS.map((format) => others.filter((file) => formatOf([format], file)));
  const isFolder = statSync(path).isDirectory();
  if (pieces.length > 0) {
    const what = isFolder
      ? `name the folder itself: --dataset ${shellWord(path)}`
      : 'unpack it, and name the folder that comes out: --dataset FOLDER';
    return new Failure(
      `${path}: ${pieces.length === 1 ? 'one MIDI file, which needs' : `${pieces.length} MIDI files, which need`} no import; ${what}`,
    );
  }
  const rolls = sets.find((files) => files.length > 0);
  if (!rolls) return new Failure(`${path}: no .wav file in it, nor any other that can be imported`);
  const ending = extname(rolls[0]).toLowerCase();
  const what = rolls.length === 1 ? `a ${ending} file` : `${rolls.length} ${ending} files`;
  const next = rolls.length === 1 ? 'import that file itself' : 'import them one by one';
  return new Failure(`${path}: holds ${what}; ${isFolder ? '' : 'unpack it, and '}${next}`);
}

async function installRecordings(source: RecordingsSource, archive: string, folder: string): Promise<void> {
  const { files } = await readRecordings(archive);
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
async function readRecordings(path: string): Promise<{ files: Map<string, Uint8Array>; others: string[] }> {
  if (statSync(path).isDirectory()) {
    const others = listFiles(path, OTHERS).map((other) => other.path);
    const recordings = listFiles(path, [wav]);
    const bytes = recordings.reduce((sum, { place }) => sum + statSync(place).size, 0);
    if (bytes > MAX_RECORDINGS_BYTES)
      throw new Failure(
        `${path}: ${recordings.length} .wav files of more than ${MAX_RECORDINGS_BYTES / 2 ** 20} MiB, which no named data set has; ${OWN_RECORDINGS}`,
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
function writeRecordings(
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
