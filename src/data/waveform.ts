import { Failure } from '../platform/failure.js';
import { FRAME_INPUT_SAMPLES, FRAME_TARGET_SAMPLES, type Split, type Waveform } from './sequence.js';
import { hashFraction } from './split.js';

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

export interface WindowRule {
  /** Samples a window. */
  readonly samples: number;
  /** A window is near-silent, and left out, if its `rms` is below this; full scale = 1. */
  readonly quietestRms: number;
}

/**
 * Cuts a recording into windows without overlap from its first sample on; a rest that fills no window and
 * near-silent windows are left out.
 *
 * @param path of the recording, relative to its folder with forward slashes
 */
export function cutWindows(path: string, recording: Float32Array, rule: WindowRule): Window[] {
  const windows: Window[] = [];
  for (let start = 0; start + rule.samples <= recording.length; start += rule.samples) {
    const samples = recording.subarray(start, start + rule.samples);
    if (rms(samples) >= rule.quietestRms) windows.push({ name: `${path}#${start / rule.samples}`, samples });
  }
  return windows;
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
  const scale = ({ samples }: Window): Waveform => ({
    samples: samples.map((sample) => (sample - mean) / deviation),
  });
  return {
    splits: {
      train: windows.train.map(scale),
      valid: windows.valid.map(scale),
      test: windows.test.map(scale),
    },
    mean,
    deviation,
  };
}
