import { Failure } from '../platform/failure.js';
import { copyRemarks } from './copies.js';
import { type MidiReading, type NoteCounts, rollRemarks } from './formats/midi.js';
import type { PianoRoll, Remark, Split } from './sequence.js';

/** Frames and sounding keys of all rolls, 1 GB at most in memory; the largest published set has 1.7 million. */
const MAX_FOLDER_NOTES = 200_000_000;

/** The pieces of a folder, split by split, and the files that they are from. */
export interface Pieces {
  readonly splits: Readonly<Record<Split, readonly PianoRoll[]>>;
  readonly files: Readonly<Record<Split, readonly string[]>>;
  readonly remarks: readonly Remark[];
  readonly counts: readonly NoteCounts[];
}

/**
 * Reads the MIDI files of a folder, a piece each.
 *
 * @param read what a file holds; nothing where it is broken and is to be left out
 * @param nameOf a file, for messages
 * @param maxSequences at most so many pieces a split, the first
 * @throws Failure where they would not fit into memory
 */
export function readPieces<File extends { readonly path: string }>(
  files: Readonly<Record<Split, readonly File[]>>,
  read: (file: File) => MidiReading | undefined,
  nameOf: (file: File) => string,
  maxSequences = Number.POSITIVE_INFINITY,
): Pieces {
  const remarks: Remark[] = [];
  const counts: NoteCounts[] = [];
  let total = 0;
  const readSplit = (split: Split) => {
    const taken: string[] = [];
    const rolls: PianoRoll[] = [];
    for (const file of files[split]) {
      if (rolls.length >= maxSequences) break;
      const reading = read(file);
      if (!reading) continue;
      const { roll } = reading;
      remarks.push(...reading.remarks.map((what) => ({ file: file.path, what })));
      counts.push(reading.counts);
      total += roll.frames + roll.keys.length;
      if (total > MAX_FOLDER_NOTES) {
        throw new Failure(
          `${nameOf(file)}: with it the folder has more than ${MAX_FOLDER_NOTES} frames and notes`,
        );
      }
      taken.push(file.path);
      rolls.push(roll);
    }
    return { files: taken, rolls };
  };
  const { train, valid, test } = {
    train: readSplit('train'),
    valid: readSplit('valid'),
    test: readSplit('test'),
  };
  return {
    splits: { train: train.rolls, valid: valid.rolls, test: test.rolls },
    files: { train: train.files, valid: valid.files, test: test.files },
    remarks,
    counts,
  };
}

/**
 * All that is said of pieces: what of each was passed over, copies across splits, and what the rule made of the notes.
 *
 * @param contents a hash of each file by its path
 */
export function remarksOnPieces(
  { files, remarks, counts }: Pieces,
  contents: ReadonlyMap<string, string>,
): Remark[] {
  return [...remarks, ...copyRemarks(files, contents), ...rollRemarks(counts).map((what) => ({ what }))];
}
