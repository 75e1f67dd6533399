import type { PianoRoll } from '../data/sequence.js';
import type { Model } from '../model/model-tensors.js';
import { uniform } from '../random/draws.js';
import { drawFrames, drawOf, drawPiece, type SampleOptions, type Step } from './draw-piece.js';
import { stepModel } from './step-model.js';

/** Draws frames from a model, as `drawFrames`. */
export function sampleFrames(
  model: Model,
  options: SampleOptions,
  beginning: Float32Array,
  onFrame?: (drawn: number) => void,
): Float32Array {
  return withSteps(model, (step) => drawFrames(step, model.spec, options, beginning, onFrame));
}

/** Draws a piano-roll from a model of the 88 keys, as `drawPiece`. */
export function sampleMusic(
  model: Model,
  options: SampleOptions,
  beginning?: PianoRoll,
  onFrame?: (drawn: number) => void,
): PianoRoll {
  return withSteps(model, (step) => drawPiece(step, model.spec, options, beginning, onFrame));
}

function withSteps<Result>(model: Model, draw: (step: Step) => Result): Result {
  const steps = stepModel(model);
  try {
    return draw(steps.step);
  } finally {
    steps.dispose();
  }
}

/** One of the training sequences, by the seed. */
export function sequenceToBeginWith<Sequence>(sequences: readonly Sequence[], seed: number): Sequence {
  const [u] = uniform(drawOf(seed, 0, 'beginning'), new Float64Array(1));
  return sequences[Math.floor(u * sequences.length)];
}
