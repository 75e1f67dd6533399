import * as tf from '@tensorflow/tfjs-core';
import { type Batch, predictedFrames } from '../data/batch.js';
import type { PianoRoll, Waveform } from '../data/sequence.js';
import type { Kernels } from '../kernels/choice.js';
import { sequenceNll } from '../kernels/sequence-nll.js';
import type { ModelSpec } from '../model/spec.js';
import { averageNll, longestFirst, packForEvaluation, type SetNll } from './set-nll.js';

/** Evaluates a model without weight noise. `parameters` is the flat vector, `batches` of `packForEvaluation`. */
export function evaluate(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batches: readonly Batch[],
): SetNll {
  return averageNll(
    batches,
    batches.map((batch) => batchNll(kernels, spec, parameters, batch)),
  );
}

/** What a model makes of one sequence. */
export interface SequenceNll {
  /** Summed over its predicted frames, nats. */
  readonly nll: number;
  readonly predictedFrames: number;
}

/** Evaluates each sequence of a set by itself, without weight noise. @returns in the set's order */
export function evaluateSequences(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  sequences: readonly (PianoRoll | Waveform)[],
): SequenceNll[] {
  const nlls = packForEvaluation(sequences).flatMap((batch) =>
    Array.from(batchNll(kernels, spec, parameters, batch)),
  );
  const all = Array<SequenceNll>(sequences.length);
  for (const [i, place] of longestFirst(sequences).entries())
    all[place] = { nll: nlls[i], predictedFrames: predictedFrames(sequences[place]) };
  return all;
}

/** @returns NLL of each sequence of a batch without weight noise, nats */
export function batchNll(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batch: Batch,
): Float32Array {
  const tensor = tf.tidy(() => sequenceNll(kernels, spec, parameters, batch));
  const nll = tensor.dataSync<'float32'>();
  tensor.dispose();
  return nll;
}
