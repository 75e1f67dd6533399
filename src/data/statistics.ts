import { predictedFrames } from './batch.js';
import type { SplitCounts } from './manifest.js';
import {
  bySplit,
  type Dataset,
  FRAME_INPUT_SAMPLES,
  LOWEST_NOTE,
  PIANO_KEYS,
  type PianoRoll,
  SPLITS,
  type SpeechDataset,
  type Split,
  type Waveform,
} from './sequence.js';

/** Counts of one split. Frames of music are those of the rolls; frames of speech are the predicted ones. */
export interface SplitStatistics {
  readonly sequences: number;
  readonly frames: number;
  /** Frames a sequence. */
  readonly meanLength: number;
  readonly shortest: number;
  readonly longest: number;
  readonly music?: MusicStatistics;
  readonly speech?: SpeechStatistics;
}

export interface MusicStatistics {
  /** Mean number of keys that sound in a frame. */
  readonly notesPerFrame: number;
  /** MIDI notes; null where no key sounds. */
  readonly lowestNote: number | null;
  readonly highestNote: number | null;
}

export interface SpeechStatistics {
  /** Samples of each sequence. */
  readonly samplesPerSequence: number;
  readonly seconds: number;
}

/** What `datasets info` prints: a split its counts. */
export function datasetStatistics(dataset: Dataset): Record<Split, SplitStatistics> {
  return bySplit((split) => splitStatistics(dataset, split));
}

function splitStatistics(dataset: Dataset, split: Split): SplitStatistics {
  if (dataset.kind === 'music') {
    const rolls = dataset.splits[split];
    return { ...lengthStatistics(rolls.map(({ frames }) => frames)), music: musicStatistics(rolls) };
  }
  const waveforms = dataset.splits[split];
  return {
    ...lengthStatistics(waveforms.map(predictedFrames)),
    speech: speechStatistics(dataset, waveforms),
  };
}

function lengthStatistics(lengths: readonly number[]) {
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  return {
    sequences: lengths.length,
    frames,
    meanLength: frames / lengths.length,
    shortest: lengths.reduce((least, length) => Math.min(least, length), lengths[0] ?? 0),
    longest: lengths.reduce((most, length) => Math.max(most, length), 0),
  };
}

function musicStatistics(rolls: readonly PianoRoll[]): MusicStatistics {
  let frames = 0;
  let notes = 0;
  let lowest = PIANO_KEYS;
  let highest = 0;
  for (const roll of rolls) {
    frames += roll.frames;
    notes += roll.keys.length;
    for (const key of roll.keys) {
      lowest = Math.min(lowest, key);
      highest = Math.max(highest, key);
    }
  }
  return {
    notesPerFrame: notes / frames,
    lowestNote: notes > 0 ? LOWEST_NOTE + lowest : null,
    highestNote: notes > 0 ? LOWEST_NOTE + highest : null,
  };
}

function speechStatistics({ sampleRate }: SpeechDataset, waveforms: readonly Waveform[]): SpeechStatistics {
  const samples = waveforms.reduce((sum, waveform) => sum + waveform.samples.length, 0);
  return {
    samplesPerSequence: waveforms[0]?.samples.length ?? FRAME_INPUT_SAMPLES,
    seconds: samples / sampleRate,
  };
}

const NOTE_NAMES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];

/** The name of a MIDI note, 60 being C4 (scientific pitch notation), in sharps. */
export function noteName(note: number): string {
  return `${NOTE_NAMES[note % 12]}${Math.floor(note / 12) - 1}`;
}

/**
 * Where counts differ from what a manifest expects.
 *
 * @returns a line a difference; none if all is as expected
 */
export function differences(
  found: Readonly<Record<Split, SplitStatistics>>,
  expected: Readonly<Record<Split, SplitCounts>>,
): string[] {
  return SPLITS.flatMap((split) => {
    const notes = found[split].music?.notesPerFrame;
    const counts = { ...found[split], notesPerFrame: notes && Math.round(notes * 1000) / 1000 };
    const names = Object.keys(expected[split]) as (keyof SplitCounts)[];
    return names
      .filter((name) => expected[split][name] !== undefined && counts[name] !== expected[split][name])
      .map((name) => `${split}: ${name} is ${counts[name]} instead of ${expected[split][name]}`);
  });
}
