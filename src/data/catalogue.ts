import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, Misuse } from '../platform/failure.js';
import { fileStatus, isFolder } from '../platform/file-status.js';
import { dataFolders, PACKAGE_ROOT } from '../platform/folders.js';
import { adviceOnName, nearestName } from '../platform/nearest-name.js';
import { guessOfPath, namesBeside } from '../platform/nearest-path.js';
import { readAllBounded, readBounded } from '../platform/read-file.js';
import { shellWord } from '../platform/shell-word.js';
import { hashOfFiles, hashOfSequences, sha256Of } from './content-hash.js';
import { nameOfPath, OWN_DATA, shortName } from './dataset-name.js';
import { datasetNames, isDatasetName } from './dataset-names.js';
import { archiveFormat, readHead } from './file-head.js';
import { listFiles, loadFolder, speechDataset } from './folder.js';
import type { SplitOptions } from './folder-splits.js';
import { foreignFile, nameTheFolder } from './foreign-file.js';
import { formatOf } from './formats/file-format.js';
import { jsonRolls, mat, wav } from './formats/registry.js';
import {
  type Manifest,
  manifestNamed,
  type RecordingsManifest,
  type RecordingsSource,
  type RollsManifest,
  readRecordingsSource,
} from './manifest.js';
import { shadowedText, shadowingText } from './namesakes.js';
import { bySplit, type Dataset, type Split } from './sequence.js';
import { splitOfFile } from './split-by-hash.js';
import {
  type CutRecordings,
  chooseWindows,
  cutWindows,
  DEFAULT_QUIETEST_RMS,
  MIN_WINDOW_SAMPLES,
  type NamedRecording,
  type WindowRule,
} from './waveform.js';

/** What the recordings of a named data set may have at most; the published ones have 25 MB. */
export const MAX_RECORDINGS_BYTES = 256 * 1024 * 1024;

export interface LoadOptions extends SplitOptions {
  /** At most so many sequences a split, the first in the data set's order; all if not given. */
  readonly maxSequences?: number;
  /** Samples a sequence of speech, for folders of recordings and `demo-speech`; 500 if not given. */
  readonly windowSamples?: number;
  /** Whether files of a folder that cannot be read are left out. */
  readonly skipBroken?: boolean;
}

/** Of fields that say more, those that decide what is loaded. */
export function loadOptionsOf({
  maxSequences,
  windowSamples,
  splitSeed,
  splitShares,
  skipBroken,
}: LoadOptions): LoadOptions {
  return { maxSequences, windowSamples, splitSeed, splitShares, skipBroken };
}

/**
 * The manifest of a named data set.
 *
 * @throws Misuse for an unknown name, with the name that was probably meant
 */
export function findManifest(name: string): Manifest {
  const found = manifestNamed(name);
  if (found) return found;
  throw new Misuse(`no data set is called "${name}"; ${adviceOnName(name, datasetNames())}`);
}

/** The file or folder below a data folder that a data set is read from. */
function dataPath(manifest: Manifest): string {
  if (manifest.from === 'mat-file') return manifest.file;
  return manifest.from === 'package' ? manifest.folder : readRecordingsSource(manifest.source).folder;
}

/**
 * Where a data set's file or folder lies on this machine: the first of the data folders that has it (see
 * `dataFolders`), or the package itself for what comes with it.
 *
 * @returns an absolute path, or nothing if it is not there
 */
export function locate(manifest: Manifest, folders: readonly string[] = dataFolders()): string | undefined {
  const searched = manifest.from === 'package' ? [join(PACKAGE_ROOT, 'datasets')] : folders;
  return searched.map((folder) => join(folder, dataPath(manifest))).find(existsSync);
}

/** One line for data that are not on this machine, with the ways to get them. */
function missingData(manifest: Manifest, folders: readonly string[] = dataFolders()): Failure {
  const { name } = manifest;
  const here = isFolder(name) ? `; if the folder here is meant, name it ./${name}` : '';
  return new Failure(
    `${name}: ${dataPath(manifest)} is in none of ${folders.join(', ')}${here}; get it with "gru-bench datasets download ${name}", ${waysOut(manifest)}`,
  );
}

/** What to do when a data set's files are not there and cannot be fetched. */
export function waysOut({ kind }: Manifest): string {
  return `hand in a copy with "gru-bench datasets import FILE", set GRU_BENCH_DATA to a folder that has it, or take --dataset demo-${kind}, which needs nothing`;
}

/**
 * Loads a data set.
 *
 * @param nameOrFolder a name of the catalogue, a folder of .mid/.midi or of .wav files (see `loadFolder`), or a
 *   .json file of piano-rolls (see `readJsonRolls`)
 * @throws Misuse for an unknown name or an option that makes no sense; Failure or BadFile, in one line, if its
 *   files are missing, broken or not those of the manifest
 */
export async function loadDataset(nameOrFolder: string, options: LoadOptions = {}): Promise<Dataset> {
  checkOptions(options);
  const manifest = manifestNamed(nameOrFolder);
  const dataset = manifest ? loadNamed(manifest, options) : loadOwn(nameOrFolder, options);
  const namesake = manifest ? shadowedText(nameOrFolder, locate(manifest)) : shadowing(nameOrFolder);
  return namesake === undefined ? dataset : { ...dataset, remarks: [{ what: namesake }, ...dataset.remarks] };
}

/** That own data are called as a named data set; nothing where they are that set. */
function shadowing(path: string): string | undefined {
  const named = manifestNamed(shortName(path));
  return named && locate(named) !== resolve(path) ? shadowingText(named.name) : undefined;
}

function loadOwn(path: string, options: LoadOptions): Dataset {
  if (fileStatus(path)?.isFile() && formatOf([jsonRolls], path)) return loadJson(path, options);
  if (!isFolder(path)) throw notThere(path);
  return loadFolder(path, nameOfFolder(path), { ...options, windows: windowRule(options.windowSamples) });
}

function loadNamed(manifest: Manifest, options: LoadOptions): Dataset {
  const { maxSequences, windowSamples } = options;
  refuseFolderOptions(manifest.name, options);
  const path = locate(manifest);
  if (!path) throw missingData(manifest);
  if (manifest.from === 'package') {
    const windows = manifest.kind === 'speech' ? (windowRule(windowSamples) ?? manifest.windows) : undefined;
    if (windowSamples !== undefined && manifest.kind === 'music') throw fixedWindows(manifest);
    return loadFolder(path, manifest.name, { maxSequences, windows, documents: ['README.md'] });
  }
  if (windowSamples !== undefined) throw fixedWindows(manifest);
  if (manifest.from === 'mat-file') return loadRolls(manifest, path, maxSequences);
  return loadRecordings(manifest, path, maxSequences);
}

/** As the user wrote it, but for `.` and `..`, which name no folder. */
function nameOfFolder(folder: string): string {
  const last = basename(folder);
  return ['', '.', '..'].includes(last) ? basename(resolve(folder)) || folder : folder;
}

/**
 * What a file says of its data set: a path in it counts from where the file lies.
 *
 * @param file the experiment or request file
 */
export function datasetOfFile(nameOrFolder: string, file: string): string {
  return isDatasetName(nameOrFolder) ? nameOrFolder : resolve(dirname(file), nameOrFolder);
}

/**
 * That the named data set of a file is taken and not the folder of its name beside that file; nothing where there is no
 * such folder, or it is in the working folder, where `loadDataset` says the same.
 *
 * @param file the experiment or request file
 */
export function shadowedBeside(nameOrFolder: string, file: string): string | undefined {
  const manifest = manifestNamed(nameOrFolder);
  const folder = dirname(file);
  if (!manifest || resolve(folder) === process.cwd()) return undefined;
  return shadowedText(nameOrFolder, locate(manifest), folder);
}

function refuseFolderOptions(name: string, { splitSeed, splitShares, skipBroken }: LoadOptions): void {
  if ((splitSeed ?? splitShares) !== undefined)
    throw new Misuse(
      `${name} has splits of its own; --split-seed and --split-shares are for folders without`,
    );
  if (skipBroken) throw new Misuse(`${name} is not a folder of files; --skip-broken is for folders`);
}

function checkOptions({ maxSequences, windowSamples, splitSeed, splitShares }: LoadOptions): void {
  if (splitSeed !== undefined && !(Number.isSafeInteger(splitSeed) && splitSeed >= 0))
    throw new Misuse(`a split seed of ${splitSeed} makes no sense; a whole number from 0 on is needed`);
  if (splitShares && !(splitShares.length === 3 && splitShares.every((share) => share > 0 && share < 1e9)))
    throw new Misuse(
      `split shares of ${splitShares.join(',')} make no sense; three numbers above 0 are needed, such as 80,10,10`,
    );
  if (maxSequences !== undefined && !(Number.isInteger(maxSequences) && maxSequences > 0)) {
    throw new Misuse(`at most ${maxSequences} sequences makes no sense; a whole number above 0 is needed`);
  }
  if (windowSamples === undefined) return;
  if (!(Number.isInteger(windowSamples) && windowSamples >= MIN_WINDOW_SAMPLES)) {
    throw new Misuse(
      `a window of ${windowSamples} samples makes no sense; a whole number of at least ${MIN_WINDOW_SAMPLES} is needed to predict one frame`,
    );
  }
}

function windowRule(samples: number | undefined): WindowRule | undefined {
  return samples === undefined ? undefined : { samples, quietestRms: DEFAULT_QUIETEST_RMS };
}

function fixedWindows({ name, kind }: Manifest): Misuse {
  const why = kind === 'music' ? 'is music and has no windows' : 'has windows of a fixed length';
  return new Misuse(`${name} ${why}; a window length is for folders of recordings and demo-speech`);
}

/** Whether a path is that of an own data set, as far as can be told without looking into it. */
const isOwnData = (path: string) =>
  isFolder(path) || (fileStatus(path)?.isFile() === true && formatOf([jsonRolls], path) !== undefined);

function notThere(nameOrFolder: string): Failure {
  if (fileStatus(nameOrFolder)?.isFile()) return notADataset(nameOrFolder);
  if (!/[/\\.]/.test(nameOrFolder)) return nothingCalled(nameOrFolder);
  if (existsSync(nameOrFolder)) return new Misuse(`${nameOrFolder}: neither a file nor a folder`);
  if (nameOrFolder.includes('\ufffd'))
    return new Misuse(`no folder ${nameOrFolder}; if its name is not UTF-8, give it one that is`);
  const what = formatOf([jsonRolls], nameOrFolder) ? 'file' : 'folder';
  const named = nearestName(basename(nameOrFolder), datasetNames());
  const guess =
    guessOfPath(nameOrFolder, isOwnData) || (named ? `; did you mean the data set ${named}?` : '');
  return new Misuse(`no ${what} ${nameOrFolder}${guess}`);
}

function nothingCalled(name: string): Misuse {
  const names = datasetNames();
  const all = [...names, ...namesBeside(name, isOwnData)];
  const advice = adviceOnName(name, all, `there are ${names.join(', ')}`);
  return new Misuse(`no data set and no folder is called "${name}"; ${advice}`);
}

/** @param file that is there, but holds no piano-rolls in JSON */
function notADataset(file: string): Misuse {
  const known = foreignFile(file);
  if (known) return new Misuse(`${file}: ${known}`);
  const published = `"gru-bench datasets import ${shellWord(file)}"`;
  if (archiveFormat(readHead(file)))
    return new Misuse(
      `${file}: an archive; ${nameTheFolder(file)}; as published, of a named data set, it goes in by ${published}`,
    );
  const next = formatOf([mat], file) ? `; a published .mat goes in by ${published}` : '';
  return new Misuse(`${file} is a file; a data set is ${OWN_DATA}${next}`);
}

function loadJson(path: string, options: LoadOptions): Dataset {
  const { maxSequences, windowSamples } = options;
  refuseFolderOptions(path, options);
  if (windowSamples !== undefined) throw new Misuse(`${path} is music; windows are for recordings`);
  const { splits, remarks } = jsonRolls.read(readBounded(path, jsonRolls.limit), path, maxSequences);
  const sha256 = hashOfSequences({ kind: 'music', splits });
  const said = remarks.map((what) => ({ what }));
  return { kind: 'music', name: nameOfPath(path), splits, sha256, remarks: said };
}

function loadRolls(manifest: RollsManifest, path: string, maxSequences: number | undefined): Dataset {
  const rolls = mat.read(checkedRolls(manifest, path), path);
  const splits = bySplit((split) => rolls[split].slice(0, maxSequences));
  const sha256 = hashOfSequences({ kind: 'music', splits });
  return { kind: 'music', name: manifest.name, splits, sha256, remarks: [] };
}

/**
 * The bytes of the data set's file, once its SHA-256 is the manifest's.
 *
 * @throws Failure if it is not
 */
export function checkedRolls(manifest: RollsManifest, path: string): Uint8Array {
  const bytes = readBounded(path, mat.limit);
  const found = sha256Of(bytes);
  if (found === manifest.sha256) return bytes;
  throw new Failure(
    `${path}: SHA-256 ${found} instead of ${manifest.sha256}: damaged or another file; remove it and run "gru-bench datasets download ${manifest.name}"`,
  );
}

function loadRecordings(
  manifest: RecordingsManifest,
  folder: string,
  maxSequences: number | undefined,
): Dataset {
  const source = readRecordingsSource(manifest.source);
  const files = checkedRecordings(source, folder, manifest.name);
  const recordings: Record<Split, NamedRecording[]> = { train: [], valid: [], test: [] };
  for (const [path, bytes] of files) {
    if (manifest.leaveOut.some((start) => path.startsWith(start))) continue;
    recordings[splitOfFile(manifest.salt, path)].push({ path, ...wav.read(bytes, join(folder, path)) });
  }
  const { name, windows: rule, salt, quotas } = manifest;
  const cutSplit = (split: Split): CutRecordings => {
    const all = cutWindows(recordings[split], rule);
    return { ...all, windows: chooseWindows(all.windows, salt, quotas[split]) };
  };
  const cut = bySplit(cutSplit);
  return speechDataset({ name, sampleRate: source.sampleRate, rule, cut, remarks: [] }, maxSequences);
}

/**
 * All recordings of a source by path, sorted, once their common hash is the manifest's.
 *
 * @param folder where they lie
 * @param name of the data set, for messages
 * @throws Failure if they are not those of the manifest
 */
export function checkedRecordings(
  source: RecordingsSource,
  folder: string,
  name: string,
): Map<string, Uint8Array> {
  const listed = listFiles(folder, [wav]);
  const again = `remove the folder and run "gru-bench datasets download ${name}"`;
  if (listed.length !== source.files) {
    throw new Failure(`${folder}: ${listed.length} .wav files instead of ${source.files}; ${again}`);
  }
  const files = readAllBounded(listed, MAX_RECORDINGS_BYTES);
  if (hashOfFiles(files) !== source.sha256) {
    throw new Failure(
      `${folder}: a recording was changed (the common SHA-256 is not the manifest's); ${again}`,
    );
  }
  return files;
}
