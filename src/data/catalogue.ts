import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { Failure, Misuse } from '../platform/failure.js';
import { dataFolders, PACKAGE_ROOT } from '../platform/folders.js';
import { isFolder } from '../platform/make-folder.js';
import { readAllBounded, readBounded } from '../platform/read-file.js';
import { hashOfFiles, hashOfSequences, sha256Of } from './content-hash.js';
import { listFiles, loadFolder, speechDataset } from './folder.js';
import { foreignFile } from './foreign-file.js';
import { isJsonFile, JSON_SIZE_LIMIT, nameOfPath, readJsonRolls } from './json-rolls.js';
import {
  type Manifest,
  type RecordingsManifest,
  type RecordingsSource,
  type RollsManifest,
  readManifests,
  readRecordingsSource,
} from './manifest.js';
import { readMatRolls } from './mat.js';
import type { Dataset, MusicDataset, PianoRoll, SpeechDataset, Split } from './sequence.js';
import { splitOfFile } from './split.js';
import { readWav } from './wav.js';
import {
  type CutRecordings,
  chooseWindows,
  cutWindows,
  DEFAULT_QUIETEST_RMS,
  MIN_WINDOW_SAMPLES,
  type NamedRecording,
  type WindowRule,
} from './waveform.js';

/** A name is meant for another if so many letters differ at most. */
const LIKELY_TYPING_ERRORS = 3;

/** What the files of a named data set may have at most; the published ones have 1 MB and 25 MB. */
const MAX_ROLLS_BYTES = 64 * 1024 * 1024;
export const MAX_RECORDINGS_BYTES = 256 * 1024 * 1024;

export interface LoadOptions {
  /** At most so many sequences a split, the first in the data set's order; all if not given. */
  readonly maxSequences?: number;
  /** Samples a sequence of speech, for folders of recordings and `demo-speech`; 500 if not given. */
  readonly windowSamples?: number;
}

/** The names that `--dataset` knows, sorted. */
export function datasetNames(): string[] {
  return readManifests().map(({ name }) => name);
}

/**
 * The manifest of a named data set.
 *
 * @throws Misuse for an unknown name, with the name that was probably meant
 */
export function findManifest(name: string): Manifest {
  const manifests = readManifests();
  const found = manifests.find((manifest) => manifest.name === name);
  if (found) return found;
  const names = manifests.map((manifest) => manifest.name);
  const near = nearestName(name, names);
  const guess = near ? `did you mean ${near}?` : `known are ${names.join(', ')}`;
  throw new Misuse(`no data set and no folder is called "${name}"; ${guess}`);
}

/** The one of `names` that differs in the fewest letters, if those are few enough for an error of typing. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((one) => ({ one, letters: distance(name.toLowerCase(), one) }))
    .sort((a, b) => a.letters - b.letters);
  return ranked[0] && ranked[0].letters <= LIKELY_TYPING_ERRORS ? ranked[0].one : undefined;
}

/** The file or folder below a data folder that a data set is read from. */
export function dataPath(manifest: Manifest): string {
  if (manifest.from === 'mat-file') return manifest.file;
  return manifest.from === 'package' ? manifest.folder : readRecordingsSource(manifest.source).folder;
}

/**
 * Where a data set's file or folder lies on this machine: the first of the data folders that has it (see
 * `dataFolders`), or the package itself for what is embedded.
 *
 * @returns an absolute path, or nothing if it is not there
 */
export function locate(manifest: Manifest, folders: readonly string[] = dataFolders()): string | undefined {
  const searched = manifest.from === 'package' ? [join(PACKAGE_ROOT, 'datasets')] : folders;
  return searched.map((folder) => join(folder, dataPath(manifest))).find(existsSync);
}

/** One line for data that are not on this machine, with the ways to get them. */
export function missingData(manifest: Manifest, folders: readonly string[] = dataFolders()): Failure {
  return new Failure(
    `${manifest.name}: ${dataPath(manifest)} is in none of ${folders.join(', ')}; get it with "gru-bench datasets download ${manifest.name}", ${waysOut(manifest)}`,
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
  const { maxSequences, windowSamples } = options;
  const manifest = readManifests().find(({ name }) => name === nameOrFolder);
  if (!manifest) {
    if (isJsonFile(nameOrFolder)) return loadJson(nameOrFolder, options);
    if (!isFolder(nameOrFolder)) throw notThere(nameOrFolder);
    return loadFolder(nameOrFolder, nameOrFolder, { maxSequences, windows: windowRule(windowSamples) });
  }
  const path = locate(manifest);
  if (!path) throw missingData(manifest);
  if (manifest.from === 'package') {
    const windows = manifest.kind === 'speech' ? (windowRule(windowSamples) ?? manifest.windows) : undefined;
    if (windowSamples !== undefined && manifest.kind === 'music') throw fixedWindows(manifest);
    return loadFolder(path, manifest.name, { maxSequences, windows });
  }
  if (windowSamples !== undefined) throw fixedWindows(manifest);
  if (manifest.from === 'mat-file') return loadRolls(manifest, path, maxSequences);
  return loadRecordings(manifest, path, maxSequences);
}

function checkOptions({ maxSequences, windowSamples }: LoadOptions): void {
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

function notThere(nameOrFolder: string): Failure {
  if (!/[/\\.]/.test(nameOrFolder)) findManifest(nameOrFolder);
  const isFile = statSync(nameOrFolder, { throwIfNoEntry: false })?.isFile();
  const known = isFile ? foreignFile(nameOrFolder) : undefined;
  if (known) return new Misuse(`${nameOrFolder}: ${known}`);
  return new Misuse(
    existsSync(nameOrFolder)
      ? `${nameOrFolder} is a file; a data set is a folder of .mid or .wav files, or a .json file of piano-rolls; a published .mat or an archive goes in by "gru-bench datasets import"`
      : `no ${/\.json$/i.test(nameOrFolder) ? 'file' : 'folder'} ${nameOrFolder}`,
  );
}

function loadJson(path: string, { maxSequences, windowSamples }: LoadOptions): MusicDataset {
  if (windowSamples !== undefined) throw new Misuse(`${path} is music; windows are for recordings`);
  const { splits, remarks } = readJsonRolls(readBounded(path, JSON_SIZE_LIMIT), path, maxSequences);
  const sha256 = hashOfSequences({ kind: 'music', splits });
  const said = remarks.map((what) => ({ file: path, what }));
  return { kind: 'music', name: nameOfPath(path), splits, sha256, remarks: said };
}

function loadRolls(manifest: RollsManifest, path: string, maxSequences: number | undefined): Dataset {
  const rolls = readMatRolls(checkedRolls(manifest, path), path);
  const splits = {
    train: rolls.train.slice(0, maxSequences),
    valid: rolls.valid.slice(0, maxSequences),
    test: rolls.test.slice(0, maxSequences),
  } satisfies Record<Split, PianoRoll[]>;
  const sha256 = hashOfSequences({ kind: 'music', splits });
  return { kind: 'music', name: manifest.name, splits, sha256, remarks: [] };
}

/**
 * The bytes of the data set's file, once its SHA-256 is the manifest's.
 *
 * @throws Failure if it is not
 */
export function checkedRolls(manifest: RollsManifest, path: string): Uint8Array {
  const bytes = readBounded(path, MAX_ROLLS_BYTES);
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
): SpeechDataset {
  const source = readRecordingsSource(manifest.source);
  const files = checkedRecordings(source, folder, manifest.name);
  const recordings: Record<Split, NamedRecording[]> = { train: [], valid: [], test: [] };
  for (const [path, bytes] of files) {
    if (manifest.leaveOut.some((start) => path.startsWith(start))) continue;
    recordings[splitOfFile(manifest.salt, path)].push({ path, ...readWav(bytes, join(folder, path)) });
  }
  const { name, windows: rule, salt, quotas } = manifest;
  const cutSplit = (split: Split): CutRecordings => {
    const all = cutWindows(recordings[split], rule);
    return { ...all, windows: chooseWindows(all.windows, salt, quotas[split]) };
  };
  const cut = { train: cutSplit('train'), valid: cutSplit('valid'), test: cutSplit('test') };
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
  const paths = listFiles(folder, ['.wav']);
  const again = `remove the folder and run "gru-bench datasets download ${name}"`;
  if (paths.length !== source.files) {
    throw new Failure(`${folder}: ${paths.length} .wav files instead of ${source.files}; ${again}`);
  }
  const files = readAllBounded(folder, paths, MAX_RECORDINGS_BYTES);
  if (hashOfFiles(files) !== source.sha256) {
    throw new Failure(
      `${folder}: a recording was changed (the common SHA-256 is not the manifest's); ${again}`,
    );
  }
  return files;
}
