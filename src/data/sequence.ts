/** What a data set is once its files are read. Everything above this folder sees only these types. */

export const SPLITS = ['train', 'valid', 'test'] as const;
export type Split = (typeof SPLITS)[number];

export function bySplit<T>(of: (split: Split) => T): Record<Split, T> {
  return { train: of('train'), valid: of('valid'), test: of('test') };
}

/** Keys of a piano, MIDI notes 21 (A0) to 108 (C8); key k of a roll is MIDI note 21 + k. */
export const PIANO_KEYS = 88;
export const LOWEST_NOTE = 21;

/** Samples a step of a speech model sees, and samples it predicts (paper, section 4.1). */
export const FRAME_INPUT_SAMPLES = 20;
export const FRAME_TARGET_SAMPLES = 10;

/**
 * A polyphonic piece as a sparse matrix, frames × 88 keys: the keys that sound in frame t are
 * `keys[starts[t]] … keys[starts[t + 1] − 1]`, ascending and without repeats.
 */
export interface PianoRoll {
  readonly frames: number;
  /** Length frames + 1. */
  readonly starts: Int32Array;
  /** Key indices, 0 to 87. */
  readonly keys: Uint8Array;
}

/** A stretch of raw audio, standardised by its training set's mean and deviation. */
export interface Waveform {
  readonly samples: Float32Array;
  /** Which of its split's recordings it is cut from, counted as they first appear; absent where that is not known. */
  readonly recording?: number;
}

/** What of a file was passed over, or is unlike what one would expect of it. */
export interface Remark {
  /** The file's path below the data set's folder; absent where it is said of all files together. */
  readonly file?: string;
  /** One phrase, such as `notes that never end are left out: 2`. */
  readonly what: string;
}

/** A remark on a single file. */
export type FileRemark = Required<Remark>;

/** Paths relative to the data set's folder, with forward slashes, split by split. */
export type SplitFiles = Readonly<Record<Split, readonly string[]>>;

/** Shares of the files that train, valid and test get; only their proportions count. */
export type SplitShares = readonly [train: number, valid: number, test: number];

/** How the files of a folder were read. */
export interface FolderReading {
  /** Those whose sequences are in the data set. */
  readonly files: SplitFiles;
  /** Whether folders say which file belongs to which split, or a hash of the files' names does. */
  readonly splitBy: 'folders' | { readonly seed: number; readonly shares: SplitShares };
  /** Files that could not be read and were skipped on request. */
  readonly broken: readonly FileRemark[];
}

interface DatasetBase<Kind extends string, Sequence> {
  readonly kind: Kind;
  /** The name in the catalogue, or the folder as the user wrote it. */
  readonly name: string;
  readonly splits: Readonly<Record<Split, readonly Sequence[]>>;
  /** SHA-256 (hex) of the sequences themselves, split by split: what a run records of its data. */
  readonly sha256: string;
  /** In the order of the files that were read. */
  readonly remarks: readonly Remark[];
  /** Absent where the data do not come from a folder of files. */
  readonly folder?: FolderReading;
}

export type MusicDataset = DatasetBase<'music', PianoRoll>;

export interface SpeechDataset extends DatasetBase<'speech', Waveform> {
  /** Hertz. */
  readonly sampleRate: number;
  /** Mean and standard deviation of the training samples before standardising, full scale = ±1. */
  readonly mean: number;
  readonly deviation: number;
}

export type Dataset = MusicDataset | SpeechDataset;

/** What sequences are of. */
export type DataKind = Dataset['kind'];
