import { Failure } from '../platform/failure.js';
import { bySplit, FRAME_INPUT_SAMPLES, FRAME_TARGET_SAMPLES, type Split, type Waveform } from './sequence.js';
import { hashFraction } from './split-by-hash.js';

/** The shortest window that predicts one frame. */
export const MIN_WINDOW_SAMPLES = FRAME_INPUT_SAMPLES + FRAME_TARGET_SAMPLES;

/** The window of the paper's Ubisoft A, taken for folders that name no other, and its near-silence rule here. */
export const DEFAULT_WINDOW_SAMPLES = 500;
export const DEFAULT_QUIETEST_RMS = 0.01;

/** A stretch of a recording before it is standardised. */
export interface Window {
  /** `path#index`: the file, relative to its folder with forward slashes, and which window of it, from 0. */
  readonly name: string;
  /** Full scale = ±1; a view into the recording. */
  readonly samples: Float32Array;
}

/** The path of the recording that a window is cut from. */
export const recordingOf = ({ name }: Pick<Window, 'name'>): string => name.replace(/#\d+$/, '');

export interface WindowRule {
  /** Samples a window. */
  readonly samples: number;
  /** A window is near-silent, and left out, if its `rms` is below this; full scale = 1. */
  readonly quietestRms: number;
}

/** A recording to be cut. */
export interface NamedRecording {
  /** Relative to its folder, with forward slashes. */
  readonly path: string;
  /** Full scale = ±1. */
  readonly samples: Float32Array;
  /** How the file stores them, for messages. */
  readonly encoding: string;
}

/** What recordings were cut into, and what of them was not. */
export interface CutRecordings {
  readonly windows: readonly Window[];
  /** Near-silent windows, which are left out. */
  readonly silent: number;
  /** The loudest of these. */
  readonly loudestSilent?: { readonly name: string; readonly rms: number; readonly encoding: string };
  readonly recordings: number;
  /** Recordings that are shorter than a window. */
  readonly short: number;
}

/**
 * Cuts recordings into windows without overlap from their first sample on; a rest that fills no window and
 * near-silent windows are left out.
 */
export function cutWindows(recordings: readonly NamedRecording[], rule: WindowRule): CutRecordings {
  const windows: Window[] = [];
  let silent = 0;
  let loudestSilent: CutRecordings['loudestSilent'];
  for (const { path, samples: recording, encoding } of recordings) {
    for (let start = 0; start + rule.samples <= recording.length; start += rule.samples) {
      const samples = recording.subarray(start, start + rule.samples);
      const name = `${path}#${start / rule.samples}`;
      const level = rms(samples);
      if (level >= rule.quietestRms) windows.push({ name, samples });
      else {
        silent++;
        if (!(loudestSilent && loudestSilent.rms >= level)) loudestSilent = { name, rms: level, encoding };
      }
    }
  }
  const short = recordings.filter(({ samples }) => samples.length < rule.samples).length;
  return { windows, silent, loudestSilent, recordings: recordings.length, short };
}

/** How many windows of all splits were left out as silent, in a phrase; nothing where none was. */
export function silenceRemarks(cut: readonly CutRecordings[], rule: WindowRule): string[] {
  const sum = (count: (one: CutRecordings) => number) => cut.reduce((total, one) => total + count(one), 0);
  const silent = sum((one) => one.silent);
  const all = silent + sum(({ windows }) => windows.length);
  return silent === 0 ? [] : [`${silent} of ${all} windows are left out as silent (${silenceLevel(rule)})`];
}

function silenceLevel({ quietestRms }: WindowRule): string {
  return `root mean square below ${quietestRms} of full scale`;
}

/**
 * Why a split has no window, and what to do.
 *
 * @param cut of which no window is left
 */
export function whyNoWindow(
  { silent, loudestSilent, recordings, short }: CutRecordings,
  rule: WindowRule,
): string {
  if (!loudestSilent) {
    return `no recording (of ${recordings}) is as long as a window of ${rule.samples} samples; it needs longer ones, or a shorter window`;
  }
  const { name, rms: level, encoding } = loudestSilent;
  const others = short > 0 ? `; ${short} of ${recordings} recordings are shorter than one` : '';
  const next =
    level > 0
      ? 'make the recordings louder: their scale plays no part beyond this'
      : 'nothing is recorded in them but one value';
  return `all ${silent} windows of ${rule.samples} samples are left out as silent (${silenceLevel(rule)}), the loudest of them, ${name} (${encoding}), with ${level.toPrecision(2)}${others}; ${next}`;
}

/** Root of the mean square about the window's own mean, so that a constant offset counts as silence. */
export function rms(samples: Float32Array): number {
  return moments([samples]).deviation;
}

/**
 * Puts windows into the order of the hash of their names and takes the first of them, so that the choice is the
 * same on every machine and any first part of it is drawn from all recordings.
 *
 * @param quota how many to take; without it all
 * @throws Failure if there are fewer
 */
export function chooseWindows(windows: readonly Window[], salt: string, quota?: number): Window[] {
  if (quota !== undefined && windows.length < quota) {
    throw new Failure(`${windows.length} windows that are not near-silent where the manifest wants ${quota}`);
  }
  return windows
    .map((window) => ({ window, rank: hashFraction(salt, window.name) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, quota)
    .map(({ window }) => window);
}

/** Mean and standard deviation (of the population) of all samples, in double precision. */
export function moments(stretches: readonly Float32Array[]): { mean: number; deviation: number } {
  let count = 0;
  let sum = 0;
  for (const stretch of stretches) {
    count += stretch.length;
    for (const sample of stretch) sum += sample;
  }
  const mean = sum / count;
  let squares = 0;
  for (const stretch of stretches) {
    for (const sample of stretch) squares += (sample - mean) * (sample - mean);
  }
  return { mean, deviation: Math.sqrt(squares / count) };
}

/**
 * Standardises all splits by the training samples: (sample − mean) / deviation.
 *
 * @returns new arrays, and the mean and deviation of the training samples, full scale = ±1
 * @throws Failure if the training samples are all the same
 */
export function standardise(windows: Readonly<Record<Split, readonly Window[]>>): {
  splits: Record<Split, Waveform[]>;
  mean: number;
  deviation: number;
} {
  const { mean, deviation } = moments(windows.train.map(({ samples }) => samples));
  if (!(deviation > 0)) throw new Failure('the training samples are all the same: nothing to standardise by');
  const scale = (samples: Float32Array) => samples.map((sample) => (sample - mean) / deviation);
  const splits = bySplit((split): Waveform[] => {
    const recordings = [...new Set(windows[split].map(recordingOf))];
    const numbers = new Map(recordings.map((path, number) => [path, number]));
    return windows[split].map((window) => ({
      samples: scale(window.samples),
      recording: numbers.get(recordingOf(window)),
    }));
  });
  return { splits, mean, deviation };
}
