import { type KeySpan, rollFromSpans } from '../data/piano-roll.js';
import { FRAME_INPUT_SAMPLES, PIANO_KEYS, type PianoRoll } from '../data/sequence.js';
import type { Model } from '../model/model-file.js';
import type { MixtureOutput } from '../model/spec.js';
import { type Draw, normal, uniform } from '../random/draws.js';
import { drawNotes, drawSamples } from './draw-frame.js';
import { stepModel } from './step-model.js';

export interface SampleOptions {
  /** Frames to draw. */
  readonly length: number;
  /** Above 0; 1 draws from the model as it is, less makes likely frames likelier. */
  readonly temperature: number;
  /** Unsigned 32-bit; the same seed draws the same piece. */
  readonly seed: number;
}

/** Random numbers of a drawn frame. `epoch` tells uniform from normal ones. */
function drawOf(seed: number, frame: number, kind: 'uniform' | 'normal'): Draw {
  return { seed, purpose: 'sample', epoch: kind === 'uniform' ? 0 : 1, update: frame };
}

/**
 * Draws a piece from a music model, frame by frame, each drawn frame being the input of the next.
 *
 * @param model Bernoulli outputs over the 88 keys
 * @param prime what comes before: the model reads it first, and the piece begins with it; without, the model begins
 *   after a silent frame
 */
export function sampleMusic(model: Model, options: SampleOptions, prime?: PianoRoll): PianoRoll {
  const { length, temperature, seed } = options;
  const steps = stepModel(model);
  const frames = prime ? framesOf(prime) : [];
  const read = (keys: readonly number[]) => {
    const x = new Float32Array(PIANO_KEYS);
    for (const key of keys) x[key] = 1;
    return steps.step(x);
  };
  try {
    let logits = read([]);
    if (frames.length > 0) for (const keys of frames) logits = read(keys);
    for (let n = 0; n < length; n++) {
      const u = uniform(drawOf(seed, n, 'uniform'), new Float64Array(PIANO_KEYS));
      const keys = drawNotes(logits, temperature, u);
      frames.push(keys);
      logits = read(keys);
    }
  } finally {
    steps.dispose();
  }
  return rollOfFrames(frames);
}

function framesOf({ frames, starts, keys }: PianoRoll): number[][] {
  return Array.from({ length: frames }, (_, t) => [...keys.subarray(starts[t], starts[t + 1])]);
}

function rollOfFrames(frames: readonly (readonly number[])[]): PianoRoll {
  const spans = frames.flatMap((keys, t) => keys.map((key): KeySpan => ({ key, from: t, until: t + 1 })));
  return rollFromSpans(frames.length, spans);
}

/**
 * Draws a waveform from a speech model: each step sees the last 20 samples and draws the next 10.
 *
 * @param model a mixture of Gaussians
 * @param prime standardised samples that come before, at least 20; without, 20 samples of silence
 * @returns standardised samples, those of the prime first
 */
export function sampleSpeech(model: Model, options: SampleOptions, prime?: Float32Array): Float32Array {
  const { length, temperature, seed } = options;
  const output = model.spec.output as MixtureOutput;
  const steps = stepModel(model);
  const before = prime ?? new Float32Array(FRAME_INPUT_SAMPLES);
  const primed = Math.floor((before.length - FRAME_INPUT_SAMPLES) / output.frameSize);
  const end = FRAME_INPUT_SAMPLES + primed * output.frameSize;
  const samples = new Float32Array(end + length * output.frameSize);
  samples.set(before.subarray(0, end));
  try {
    for (let n = 0; n < primed + length; n++) {
      const from = n * output.frameSize;
      const outputs = steps.step(samples.slice(from, from + FRAME_INPUT_SAMPLES));
      if (n < primed) continue;
      const [u] = uniform(drawOf(seed, n - primed, 'uniform'), new Float64Array(1));
      const epsilon = normal(drawOf(seed, n - primed, 'normal'), new Float64Array(output.frameSize));
      samples.set(drawSamples(outputs, output, temperature, u, epsilon), from + FRAME_INPUT_SAMPLES);
    }
  } finally {
    steps.dispose();
  }
  return samples;
}
