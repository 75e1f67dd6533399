import { FRAME_INPUT_SAMPLES, type PianoRoll } from '../data/sequence.js';
import type { Model } from '../model/model-tensors.js';
import type { MixtureOutput } from '../model/spec.js';
import { normal, uniform } from '../random/draws.js';
import { drawSamples } from './draw-frame.js';
import { drawOf, drawPiece, type SampleOptions } from './draw-piece.js';
import { stepModel } from './step-model.js';

/**
 * Draws a piece from a music model, as `drawPiece`.
 *
 * @param model Bernoulli outputs over the 88 keys
 */
export function sampleMusic(
  model: Model,
  options: SampleOptions,
  beginning?: PianoRoll,
  onFrame?: (drawn: number) => void,
): PianoRoll {
  const steps = stepModel(model);
  try {
    return drawPiece(steps.step, options, beginning, onFrame);
  } finally {
    steps.dispose();
  }
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
