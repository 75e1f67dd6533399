import { join } from 'node:path';
import { Failure, Misuse } from '../platform/failure.js';
import { countOf } from '../platform/format-number.js';
import { shellWord } from '../platform/shell-word.js';
import { noneRead, skipBroken, tryToRead } from './broken-files.js';
import { hashOfSequences } from './content-hash.js';
import { copyRemarks } from './copies.js';
import { type FolderSplits, type SplitOptions, splitFiles } from './folder-splits.js';
import { endingsOf, formatOf, type NamedFormat } from './formats/file-format.js';
import { jsonRolls, MUSIC_FORMATS, SPEECH_FORMATS } from './formats/registry.js';
import type { Recording } from './formats/wav.js';
import { type ListedFile, type Listing, listFolder } from './listing.js';
import { readPieces, remarksOnPieces } from './music.js';
import type { Surroundings } from './own-splits.js';
import { eachOnce, refuseSharedFiles, withHardLinks } from './same-files.js';
import {
  bySplit,
  type Dataset,
  type FileRemark,
  type MusicDataset,
  type Remark,
  SPLITS,
  type SpeechDataset,
  type Split,
} from './sequence.js';
import { byCodeUnit, FOLDER_SALT } from './split.js';
import { hashFraction } from './split-by-hash.js';
import {
  type CutRecordings,
  chooseWindows,
  cutWindows,
  DEFAULT_QUIETEST_RMS,
  DEFAULT_WINDOW_SAMPLES,
  recordingOf,
  silenceRemarks,
  standardise,
  type WindowRule,
  whyNoWindow,
} from './waveform.js';

/** 2 GB of samples in memory: 17 hours at 8 kHz. */
const MAX_FOLDER_SAMPLES = 500_000_000;

export interface FolderOptions extends SplitOptions {
  /** At most so many sequences a split: the first in the data set's order. */
  readonly maxSequences?: number;
  /** How recordings are cut; 500 samples and the root mean square 0.01 if not given. */
  readonly windows?: WindowRule;
  /** Go on without the files that cannot be read. */
  readonly skipBroken?: boolean;
  /** Paths of files that belong to the set without being data: no remark is made on them. */
  readonly documents?: readonly string[];
}

/**
 * Files below a folder that are of some formats by their names, sorted by path; a file that several symbolic links
 * lead to is there once. See `listFolder`.
 */
export function listFiles(folder: string, formats: readonly NamedFormat[]): ListedFile[] {
  return eachOnce(listFolder(folder).files.filter(({ path }) => formatOf(formats, path))).files;
}

/**
 * A data set from a folder of .mid/.midi or of .wav files. With folders for train, valid and test inside they are
 * the splits (see `ownSplits`); without, each file's split follows from the hash of its path (see split.ts).
 * A file that several paths lead to is taken once, and refused in two splits; copies in two splits are remarked on.
 *
 * Music: a file is a sequence, in the key it stands in, in the order of the paths. Speech: all files of one
 * sampling rate; cut into windows without overlap, near-silent ones left out, in the order of a hash of
 * their names; a file shorter than a window gives none. Standardised by the whole training split, whatever
 * `maxSequences` is. What else lies in the folder is passed over, with a remark.
 *
 * @param name what the data set is called in messages and results
 * @throws Failure if files are broken, if rates differ, if a split ends up empty, or if names speak of splits that
 *   are not taken
 */
export function loadFolder(folder: string, name: string, options: FolderOptions = {}): Dataset {
  const listing = listFolder(folder);
  const music = listing.files.filter(({ path }) => formatOf(MUSIC_FORMATS, path));
  const speech = listing.files.filter(({ path }) => formatOf(SPEECH_FORMATS, path));
  if (music.length > 0 && speech.length > 0) {
    throw new Failure(
      `${folder}: holds both ${music[0].path} and ${speech[0].path}; a data set is of one kind: move the others to a folder of their own`,
    );
  }
  if (music.length + speech.length === 0) throw nothingToRead(folder, listing);
  const isMusic = music.length > 0;
  if (isMusic && options.windows) throw new Misuse(`${name} is music; windows are for recordings`);
  const formats = isMusic ? MUSIC_FORMATS : SPEECH_FORMATS;
  const what = `not a ${endingsOf(formats)} file`;
  const others = listing.files
    .filter(({ path }) => !formatOf<NamedFormat>(formats, path) && !options.documents?.includes(path))
    .map(({ path }) => ({ file: path, what }));
  const around = { folder, folders: listing.folders, others: others.map(({ file }) => file) };
  const source = openFolder(around, isMusic ? music : speech, options);
  const passedOver = [...others, ...listing.passedOver, ...source.twice].sort((a, b) =>
    byCodeUnit(a.file, b.file),
  );
  const dataset = isMusic ? loadMusic(source, name, options) : loadSpeech(source, name, options);
  return { ...dataset, remarks: [...passedOver, ...dataset.remarks] };
}

function nothingToRead(folder: string, { files }: Listing): Failure {
  const none = `${folder}: no ${endingsOf([...MUSIC_FORMATS, ...SPEECH_FORMATS])} file in it`;
  if (files.length === 0) return new Failure(none);
  const rolls = files.find(({ path }) => formatOf([jsonRolls], path));
  const advice = rolls
    ? `piano-rolls in JSON are named themselves: --dataset ${shellWord(join(folder, rolls.path))}`
    : 'convert music to MIDI, recordings to WAV';
  return new Failure(
    `${none}, but ${countOf(files.length)} of other kinds, such as ${files[0].path}; ${advice}`,
  );
}

/** The files of a folder that are data. */
interface Source extends FolderSplits<ListedFile> {
  readonly folder: string;
  /** Paths to files that are in the splits by another path. */
  readonly twice: readonly FileRemark[];
}

/** The files of each split; none may be empty. */
function openFolder(around: Surroundings, listed: readonly ListedFile[], options: FolderOptions): Source {
  const { folder } = around;
  const all = listed.map(withHardLinks);
  refuseSharedFiles(folder, all);
  const { files, twice } = eachOnce(all);
  return { folder, twice, ...splitFiles(around, files, options, hashFraction) };
}

function loadMusic(
  source: Source,
  name: string,
  { maxSequences, skipBroken: skip }: FolderOptions,
): MusicDataset {
  const { folder, splitBy } = source;
  const filesRead = noneRead();
  const pieces = readPieces(
    source.splits,
    (file) => tryToRead(folder, file, MUSIC_FORMATS, filesRead),
    ({ path }) => join(folder, path),
    maxSequences,
  );
  const { splits, files } = pieces;
  return {
    kind: 'music',
    name,
    splits,
    sha256: hashOfSequences({ kind: 'music', splits }),
    remarks: remarksOnPieces(pieces, filesRead.contents),
    folder: { files, splitBy, broken: skipBroken(folder, filesRead, splits, skip) },
  };
}

function loadSpeech(
  source: Source,
  name: string,
  { windows: rule, maxSequences, skipBroken: skip }: FolderOptions,
): SpeechDataset {
  const { recordings, filesRead } = readRecordings(source);
  const read = bySplit((split) => source.splits[split].filter((file) => recordings.has(file)));
  const skipped = skipBroken(source.folder, filesRead, read, skip);
  const cut = { samples: DEFAULT_WINDOW_SAMPLES, quietestRms: DEFAULT_QUIETEST_RMS, ...rule };
  const remarks: Remark[] = [];
  const files: Record<Split, string[]> = { train: [], valid: [], test: [] };
  const cutSplit = (split: Split): CutRecordings => {
    const named = read[split].map((file) => ({ path: file.path, ...(recordings.get(file) as Recording) }));
    const all = cutWindows(named, cut);
    const withWindows = new Set(all.windows.map(recordingOf));
    for (const { path, samples, remarks: own } of named) {
      remarks.push(...own.map((what) => ({ file: path, what })));
      if (withWindows.has(path)) files[split].push(path);
      else remarks.push({ file: path, what: reasonForNoWindow(samples.length, cut) });
    }
    return { ...all, windows: chooseWindows(all.windows, FOLDER_SALT) };
  };
  const chosen = bySplit(cutSplit);
  const [{ sampleRate }] = recordings.values();
  remarks.push(...copyRemarks(files, filesRead.contents));
  remarks.push(...silenceRemarks(Object.values(chosen), cut).map((what) => ({ what })));
  return {
    ...speechDataset({ name, sampleRate, rule: cut, cut: chosen, remarks }, maxSequences),
    folder: { files, splitBy: source.splitBy, broken: skipped },
  };
}

function reasonForNoWindow(samples: number, rule: WindowRule): string {
  return samples < rule.samples
    ? `shorter than a window of ${rule.samples} samples`
    : 'near-silent in all windows';
}

/** Reads recordings, which must all have one sampling rate. */
function readRecordings({ folder, splits }: Source) {
  const recordings = new Map<ListedFile, Recording>();
  const filesRead = noneRead();
  let first: { path: string; sampleRate: number } | undefined;
  let total = 0;
  const files = SPLITS.flatMap((split) => splits[split]).sort((a, b) => byCodeUnit(a.path, b.path));
  for (const file of files) {
    const recording = tryToRead(folder, file, SPEECH_FORMATS, filesRead);
    if (!recording) continue;
    const { path } = file;
    const { sampleRate } = recording;
    first ??= { path, sampleRate };
    if (sampleRate !== first.sampleRate) {
      throw new Failure(
        `${folder}: ${first.path} is sampled at ${first.sampleRate} Hz and ${path} at ${sampleRate} Hz; all files need one rate: convert them, such as by sox or ffmpeg`,
      );
    }
    total += recording.samples.length;
    if (total > MAX_FOLDER_SAMPLES) {
      throw new Failure(
        `${folder}: more than ${MAX_FOLDER_SAMPLES} samples; use fewer or shorter recordings`,
      );
    }
    recordings.set(file, recording);
  }
  return { recordings, filesRead };
}

/** Windows that were chosen, before they are standardised. */
export interface SpeechWindows {
  readonly name: string;
  /** Hertz. */
  readonly sampleRate: number;
  readonly rule: WindowRule;
  readonly cut: Readonly<Record<Split, CutRecordings>>;
  readonly remarks: readonly Remark[];
}

/**
 * Standardises chosen windows by the whole training split, and then keeps at most `maxSequences` of each.
 *
 * @throws Failure if a split has no window
 */
export function speechDataset(
  { name, sampleRate, rule, cut, remarks }: SpeechWindows,
  maxSequences: number | undefined,
): SpeechDataset {
  const empty = SPLITS.find((split) => cut[split].windows.length === 0);
  if (empty) {
    throw new Failure(`${name}: split ${empty} has no window: ${whyNoWindow(cut[empty], rule)}`);
  }
  const { splits: all, mean, deviation } = standardise(bySplit((split) => cut[split].windows));
  const splits = bySplit((split) => all[split].slice(0, maxSequences));
  const sha256 = hashOfSequences({ kind: 'speech', sampleRate, splits });
  return { kind: 'speech', name, splits, sha256, sampleRate, mean, deviation, remarks };
}
