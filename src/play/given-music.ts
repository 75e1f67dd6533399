import { splitFiles } from '../data/folder-splits.js';
import { endingsOf, formatOf } from '../data/formats/file-format.js';
import { type MidiReading, midi } from '../data/formats/midi.js';
import { wav } from '../data/formats/wav.js';
import { HIDDEN, isHidden } from '../data/hidden-names.js';
import { readPieces, remarksOnPieces } from '../data/music.js';
import { foldersOf, ownSplits, type Surroundings } from '../data/own-splits.js';
import type { FileRemark, FolderReading, MusicDataset, PianoRoll } from '../data/sequence.js';
import { SPLITS } from '../data/sequence.js';
import {
  byCodeUnit,
  DEFAULT_SPLIT_SEED,
  fractionOfDigest,
  hashedText,
  saltOfSeed,
  splitAt,
} from '../data/split.js';
import { BadFile, Failure, reasonOf } from '../platform/failure.js';

/** A file that a user gave. */
export interface GivenFile {
  /** Below the folder that all of them lie in, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is left of a data set where nothing is recorded. */
export type Music = Pick<MusicDataset, 'name' | 'splits' | 'remarks'> & { readonly folder: FolderReading };

/** A piece that can be listened to. */
export interface NamedPiece {
  readonly name: string;
  readonly roll: PianoRoll;
}

/** Pieces that are too few for a data set of their own. */
export interface FewPieces {
  readonly pieces: readonly NamedPiece[];
  readonly remarks: readonly FileRemark[];
  readonly broken: readonly FileRemark[];
}

/**
 * The music of files that a user gave, by the rules of a folder on the command line with --skip-broken. Where no folder
 * says the splits, and a hash of the names would leave one empty, the first --split-seed that does not is taken.
 *
 * @param name of the folder, for messages
 * @returns the pieces alone where they are fewer than there are splits
 * @throws Failure, in one line, where there is nothing to read, or as `splitFiles` does
 */
export async function readGivenMusic(name: string, files: readonly GivenFile[]): Promise<Music | FewPieces> {
  const { music, others } = sortOut(files);
  if (music.length === 0) throw new Failure(nothingToRead(name, files));
  const readings = new Map<string, MidiReading>();
  const broken: (FileRemark & { message: string })[] = [];
  for (const file of music) {
    const reading = tryToRead(file);
    if (reading instanceof Failure)
      broken.push({ file: file.path, what: reasonOf(reading), message: reading.message });
    else readings.set(file.path, reading);
  }
  if (readings.size === 0)
    throw new Failure(
      music.length === 1
        ? broken[0].message
        : `none of ${music.length} files can be read; ${broken[0].message}`,
    );
  const sound = music.filter(({ path }) => readings.has(path));
  const left = broken.map(({ file, what }) => ({ file, what }));
  if (sound.length < SPLITS.length) return fewPieces(sound, readings, others, left);
  const around = surroundingsOf(name, files, others);
  const { splits, splitBy } = await shareOut(around, sound);
  const pieces = readPieces(
    splits,
    ({ path }) => readings.get(path),
    ({ path }) => path,
  );
  const contents = new Map<string, string>();
  for (const { path, bytes } of sound) contents.set(path, (await sha256(bytes)).join());
  return {
    name,
    splits: pieces.splits,
    remarks: [...others, ...remarksOnPieces(pieces, contents)],
    folder: { files: pieces.files, splitBy, broken: left },
  };
}

/** Music in the order of a data set, and what else was given. */
function sortOut(files: readonly GivenFile[]): { music: GivenFile[]; others: FileRemark[] } {
  const isMusic = ({ path }: GivenFile) => !isHidden(path) && formatOf([midi], path);
  return {
    music: files.filter(isMusic).sort((a, b) => byCodeUnit(a.path, b.path)),
    others: files
      .filter((file) => !isMusic(file))
      .map(({ path }) => ({
        file: path,
        what: isHidden(path) ? HIDDEN : `not a ${endingsOf([midi])} file`,
      })),
  };
}

function nothingToRead(name: string, files: readonly GivenFile[]): string {
  const isSpeech = files.some(({ path }) => formatOf([wav], path));
  const which = files.length === 1 ? `${files[0].path} is no` : `${name}: none of ${files.length} files is a`;
  return `${which} ${endingsOf([midi])} file${isSpeech ? '; recordings train on the command line: gru-bench train --dataset FOLDER' : ''}`;
}

function tryToRead({ path, bytes }: GivenFile): MidiReading | Failure {
  if (bytes.length > midi.limit)
    return new BadFile(path, 'size', `${bytes.length} bytes; a MIDI file may have ${midi.limit}`);
  try {
    return midi.read(bytes, path);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function fewPieces(
  files: readonly GivenFile[],
  readings: ReadonlyMap<string, MidiReading>,
  others: readonly FileRemark[],
  broken: readonly FileRemark[],
): FewPieces {
  const reading = (path: string) => readings.get(path) as MidiReading;
  return {
    pieces: files.map(({ path }) => ({ name: path, roll: reading(path).roll })),
    remarks: [
      ...others,
      ...files.flatMap(({ path }) => reading(path).remarks.map((what) => ({ file: path, what }))),
    ],
    broken,
  };
}

function surroundingsOf(
  folder: string,
  files: readonly GivenFile[],
  others: readonly FileRemark[],
): Surroundings {
  const folders = files.flatMap(({ path }) => foldersOf(path));
  return { folder, folders: [...new Set(folders)], others: others.map(({ file }) => file) };
}

async function shareOut(around: Surroundings, files: readonly GivenFile[]) {
  const paths = files.map(({ path }) => path);
  if (ownSplits(around, paths)) return splitFiles(around, files, {}, () => 0);
  const { seed, fractions } = await seedWithoutEmptySplit(paths);
  const options = seed === DEFAULT_SPLIT_SEED ? {} : { splitSeed: seed };
  return splitFiles(around, files, options, (_, path) => fractions.get(path) as number);
}

/** Of three files, one seed in 21 gives each split one: so many are enough. */
const MOST_SEEDS = 10_000;

async function seedWithoutEmptySplit(
  paths: readonly string[],
): Promise<{ seed: number; fractions: ReadonlyMap<string, number> }> {
  for (let seed = DEFAULT_SPLIT_SEED; seed < MOST_SEEDS; seed++) {
    const fractions = new Map<string, number>();
    for (const path of paths) {
      const text = new TextEncoder().encode(hashedText(saltOfSeed(seed), path));
      fractions.set(path, fractionOfDigest(await sha256(text)));
    }
    const taken = new Set([...fractions.values()].map((fraction) => splitAt(fraction)));
    if (taken.size === SPLITS.length) return { seed, fractions };
  }
  throw new Failure(
    'these files cannot be split by their names; sort them into folders train, valid and test',
  );
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (!globalThis.crypto?.subtle)
    throw new Failure(
      'a browser lends its SHA-256, by which files are split, only to pages from the disk, https or 127.0.0.1',
    );
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
