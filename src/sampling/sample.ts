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

/** `epoch` of a draw: uniform and normal numbers of a frame, and the choice of a beginning. */
const KINDS = { uniform: 0, normal: 1, beginning: 2 } as const;

/** Random numbers of a drawn frame. */
function drawOf(seed: number, frame: number, kind: keyof typeof KINDS): Draw {
  return { seed, purpose: 'sample', epoch: KINDS[kind], update: frame };
}

/**
 * Draws a piece from a music model, frame by frame, each drawn frame being the input of the next.
 *
 * @param model Bernoulli outputs over the 88 keys
 * @param beginning at least a frame: the model reads these and nothing else first, and the piece begins with them;
 *   without, the model reads a silent frame, which is no part of the piece
 * @param onFrame told after each drawn frame how many are drawn
 */
export function sampleMusic(
  model: Model,
  options: SampleOptions,
  beginning?: PianoRoll,
  onFrame?: (drawn: number) => void,
): PianoRoll {
  const { length, temperature, seed } = options;
  const steps = stepModel(model);
  const frames = beginning ? framesOf(beginning) : [];
  const read = (keys: readonly number[]) => {
    const x = new Float32Array(PIANO_KEYS);
    for (const key of keys) x[key] = 1;
    return steps.step(x);
  };
  try {
    const [first = [], ...others] = frames;
    let logits = read(first);
    for (const keys of others) logits = read(keys);
    for (let n = 0; n < length; n++) {
      const u = uniform(drawOf(seed, n, 'uniform'), new Float64Array(PIANO_KEYS));
      const keys = drawNotes(logits, temperature, u);
      frames.push(keys);
      logits = read(keys);
      onFrame?.(n + 1);
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
 * @param beginning standardised samples, at least 20: the model reads them first, as far as they fill frames
 * @param onFrame told after each drawn frame how many are drawn
 * @returns standardised samples, those of the beginning first
 */
export function sampleSpeech(
  model: Model,
  options: SampleOptions,
  beginning: Float32Array,
  onFrame?: (drawn: number) => void,
): Float32Array {
  const { length, temperature, seed } = options;
  const output = model.spec.output as MixtureOutput;
  const steps = stepModel(model);
  const primed = Math.floor((beginning.length - FRAME_INPUT_SAMPLES) / output.frameSize);
  const end = FRAME_INPUT_SAMPLES + primed * output.frameSize;
  const samples = new Float32Array(end + length * output.frameSize);
  samples.set(beginning.subarray(0, end));
  try {
    for (let n = 0; n < primed + length; n++) {
      const from = n * output.frameSize;
      const outputs = steps.step(samples.slice(from, from + FRAME_INPUT_SAMPLES));
      if (n < primed) continue;
      const [u] = uniform(drawOf(seed, n - primed, 'uniform'), new Float64Array(1));
      const epsilon = normal(drawOf(seed, n - primed, 'normal'), new Float64Array(output.frameSize));
      samples.set(drawSamples(outputs, output, temperature, u, epsilon), from + FRAME_INPUT_SAMPLES);
      onFrame?.(n - primed + 1);
    }
  } finally {
    steps.dispose();
  }
  return samples;
}

/**
 * What a piece of a model begins with: training leaves the first frame out, so a model knows what follows one, not
 * which ones there are.
 *
 * @param sequences the training set
 * @returns one of them, chosen by the seed
 */
export function sequenceToBeginWith<Sequence>(sequences: readonly Sequence[], seed: number): Sequence {
  const [u] = uniform(drawOf(seed, 0, 'beginning'), new Float64Array(1));
  return sequences[Math.floor(u * sequences.length)];
}
