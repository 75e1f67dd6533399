import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Failure, Misuse } from '../platform/failure.js';
import { readBounded } from '../platform/read-file.js';
import { hashOfSequences } from './content-hash.js';
import { MAX_MIDI_BYTES, type NoteCounts, readMidiRoll, rollRemarks } from './midi.js';
import {
  type Dataset,
  type MusicDataset,
  type Remark,
  SPLITS,
  type SpeechDataset,
  type Split,
} from './sequence.js';
import { byCodeUnit, FOLDER_SALT, splitOfFile } from './split.js';
import { type Recording, readWav, WAV_SIZE_LIMIT } from './wav.js';
import {
  type CutRecordings,
  chooseWindows,
  cutWindows,
  DEFAULT_QUIETEST_RMS,
  DEFAULT_WINDOW_SAMPLES,
  type NamedRecording,
  standardise,
  type WindowRule,
  whyNoWindow,
  windowRemarks,
} from './waveform.js';

const MUSIC_EXTENSIONS: readonly string[] = ['.mid', '.midi'];
const SPEECH_EXTENSIONS: readonly string[] = ['.wav'];

/** A folder with more entries than this was hardly meant (`/`, a home folder). */
const MAX_FOLDER_ENTRIES = 200_000;

/** 2 GB of samples in memory: 17 hours at 8 kHz. */
const MAX_FOLDER_SAMPLES = 500_000_000;

/** Frames and sounding keys of all rolls, 1 GB at most in memory; the largest published set has 1.7 million. */
const MAX_FOLDER_NOTES = 200_000_000;

type FolderRecording = NamedRecording & Recording;

/** Paths relative to the folder, with forward slashes, split by split. */
export type SplitFiles = Readonly<Record<Split, readonly string[]>>;

export interface FolderOptions {
  /** At most so many sequences a split: the first in the data set's order. */
  readonly maxSequences?: number;
  /** How recordings are cut; 500 samples and the root mean square 0.01 if not given. */
  readonly windows?: WindowRule;
}

/**
 * Files below a folder whose extension (in any case) is one of `extensions`, sorted by code unit. Names that
 * begin with a dot are passed over, and symbolic links to folders are not followed.
 *
 * @returns paths relative to `folder`, with forward slashes
 * @throws Misuse if the folder holds more than 200 000 entries; Failure if it cannot be read
 */
export function listFiles(folder: string, extensions: readonly string[]): string[] {
  const files: string[] = [];
  const waiting = [''];
  let entries = 0;
  for (let inner = waiting.pop(); inner !== undefined; inner = waiting.pop()) {
    for (const entry of readEntries(join(folder, inner))) {
      if (++entries > MAX_FOLDER_ENTRIES) {
        throw new Misuse(
          `${folder}: more than ${MAX_FOLDER_ENTRIES} entries; name the folder of one data set`,
        );
      }
      if (entry.name.startsWith('.')) continue;
      const path = inner ? `${inner}/${entry.name}` : entry.name;
      if (entry.isDirectory()) waiting.push(path);
      else if (extensions.includes(extname(entry.name).toLowerCase()) && isFile(join(folder, path)))
        files.push(path);
    }
  }
  return files.sort(byCodeUnit);
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new Failure(`cannot read folder ${folder}: ${(error as Error).message}`);
  }
}

/** Also through a link; a pipe or device is none, and would hang the reader. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * A data set from a folder of .mid/.midi or of .wav files. With folders `train`, `valid` and `test` inside they
 * are the splits; without, each file's split follows from the hash of its path (see split.ts).
 *
 * Music: a file is a sequence, in the key it stands in, in the order of the paths. Speech: all files of one
 * sampling rate; cut into windows without overlap, near-silent ones left out, in the order of a hash of
 * their names; a file shorter than a window gives none. Standardised by the whole training split, whatever
 * `maxSequences` is.
 *
 * @param name what the data set is called in messages and results
 * @throws Failure if a file is broken, if rates differ, or if a split ends up empty
 */
export function loadFolder(folder: string, name: string, options: FolderOptions = {}): Dataset {
  const music = listFiles(folder, MUSIC_EXTENSIONS);
  const speech = listFiles(folder, SPEECH_EXTENSIONS);
  if (music.length > 0 && speech.length > 0) {
    throw new Failure(`${folder}: holds both ${music[0]} and ${speech[0]}; a data set is of one kind`);
  }
  if (speech.length > 0) return loadSpeechFolder(folder, name, speech, options);
  if (music.length === 0) throw new Failure(`${folder}: no .mid, .midi or .wav file in it`);
  if (options.windows) throw new Misuse(`${name} is music; windows are for recordings`);
  return loadMusicFolder(folder, name, splitFiles(folder, music), options.maxSequences);
}

/** The files of each split; none may be empty. */
function splitFiles(folder: string, files: readonly string[]): SplitFiles {
  const given = SPLITS.filter((split) => existsSync(join(folder, split)));
  if (given.length > 0 && given.length < SPLITS.length) {
    const missing = SPLITS.filter((split) => !given.includes(split)).join(', ');
    throw new Failure(`${folder}: has ${given.join(', ')} but not ${missing}; all three or none are needed`);
  }
  const byFolder = given.length > 0;
  const splits: Record<Split, string[]> = { train: [], valid: [], test: [] };
  for (const path of files) {
    const split = byFolder
      ? SPLITS.find((one) => path.startsWith(`${one}/`))
      : splitOfFile(FOLDER_SALT, path);
    if (!split) throw new Failure(`${folder}: ${path} lies outside of train, valid and test`);
    splits[split].push(path);
  }
  const empty = SPLITS.find((split) => splits[split].length === 0);
  if (empty) {
    throw new Failure(
      byFolder
        ? `${folder}: no file in ${empty}`
        : `${folder}: by the hash of their names none of ${files.length} files falls to ${empty}; sort them into folders train, valid and test inside`,
    );
  }
  return splits;
}

function loadMusicFolder(
  folder: string,
  name: string,
  files: SplitFiles,
  maxSequences: number | undefined,
): MusicDataset {
  let total = 0;
  const remarks: Remark[] = [];
  const counts: NoteCounts[] = [];
  const read = (split: Split) =>
    files[split].slice(0, maxSequences).map((path) => {
      const file = join(folder, path);
      const reading = readMidiRoll(readBounded(file, MAX_MIDI_BYTES), file);
      const { roll } = reading;
      counts.push(reading.counts);
      remarks.push(...reading.remarks.map((what) => ({ file: path, what })));
      total += roll.frames + roll.keys.length;
      if (total > MAX_FOLDER_NOTES) {
        throw new Failure(`${file}: with it the folder has more than ${MAX_FOLDER_NOTES} frames and notes`);
      }
      return roll;
    });
  const splits = { train: read('train'), valid: read('valid'), test: read('test') };
  remarks.push(...rollRemarks(counts).map((what) => ({ file: folder, what })));
  return { kind: 'music', name, splits, sha256: hashOfSequences({ kind: 'music', splits }), remarks };
}

function loadSpeechFolder(
  folder: string,
  name: string,
  paths: readonly string[],
  { windows, maxSequences }: FolderOptions,
): SpeechDataset {
  const files = splitFiles(folder, paths);
  const recordings = readRecordings(folder, paths);
  const rule = { samples: DEFAULT_WINDOW_SAMPLES, quietestRms: DEFAULT_QUIETEST_RMS, ...windows };
  const cutSplit = (split: Split): CutRecordings => {
    const all = cutWindows(
      files[split].map((path) => recordings.get(path) as FolderRecording),
      rule,
    );
    return { ...all, windows: chooseWindows(all.windows, FOLDER_SALT) };
  };
  const cut = { train: cutSplit('train'), valid: cutSplit('valid'), test: cutSplit('test') };
  const [{ sampleRate }] = recordings.values();
  const remarks = [...recordings.values()].flatMap((recording) =>
    recording.remarks.map((what) => ({ file: recording.path, what })),
  );
  remarks.push(...windowRemarks(Object.values(cut), rule).map((what) => ({ file: folder, what })));
  return speechDataset({ name, sampleRate, rule, cut, remarks }, maxSequences);
}

/**
 * Reads recordings, which must all have one sampling rate.
 *
 * @param paths relative to the folder
 */
function readRecordings(folder: string, paths: readonly string[]): Map<string, FolderRecording> {
  const recordings = new Map<string, FolderRecording>();
  let first: FolderRecording | undefined;
  let total = 0;
  for (const path of paths) {
    const recording = {
      path,
      ...readWav(readBounded(join(folder, path), WAV_SIZE_LIMIT), join(folder, path)),
    };
    first ??= recording;
    if (recording.sampleRate !== first.sampleRate) {
      throw new Failure(
        `${folder}: ${first.path} is sampled at ${first.sampleRate} Hz and ${path} at ${recording.sampleRate} Hz; all files need one rate`,
      );
    }
    total += recording.samples.length;
    if (total > MAX_FOLDER_SAMPLES) {
      throw new Failure(
        `${folder}: more than ${MAX_FOLDER_SAMPLES} samples; use fewer or shorter recordings`,
      );
    }
    recordings.set(path, recording);
  }
  return recordings;
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
  const { train, valid, test } = cut;
  const {
    splits: all,
    mean,
    deviation,
  } = standardise({ train: train.windows, valid: valid.windows, test: test.windows });
  const splits = {
    train: all.train.slice(0, maxSequences),
    valid: all.valid.slice(0, maxSequences),
    test: all.test.slice(0, maxSequences),
  };
  const sha256 = hashOfSequences({ kind: 'speech', sampleRate, splits });
  return { kind: 'speech', name, splits, sha256, sampleRate, mean, deviation, remarks };
}
