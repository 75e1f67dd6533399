import * as tf from '@tensorflow/tfjs-core';
import { type Batch, packBatch, predictedFrames } from '../data/batch.js';
import type { PianoRoll, Waveform } from '../data/sequence.js';
import type { Kernels } from '../kernels/choice.js';
import { sequenceNll } from '../kernels/sequence-nll.js';
import type { ModelSpec } from '../model/spec.js';

/** Average negative log-likelihood of a set of sequences, both ways in use in the field. */
export interface SetNll {
  /** Summed NLL over all predicted frames of the set, divided by their number; nats. */
  readonly perFrame: number;
  /** Mean over sequences of (NLL of the sequence / its predicted frames); nats. */
  readonly perSequence: number;
  readonly sequences: number;
  readonly predictedFrames: number;
}

/** What one kernel call holds: enough for its products to be large, little enough for any machine's memory. */
const FRAMES_A_CALL = 16_384;
const SEQUENCES_A_CALL = 256;

/**
 * Packs a set for `evaluate`: sequences of like length share a batch, so that few frames of a batch run with
 * few sequences.
 */
export function packForEvaluation(sequences: readonly (PianoRoll | Waveform)[]): Batch[] {
  const longestFirst = [...sequences].sort((a, b) => predictedFrames(b) - predictedFrames(a));
  const batches: (PianoRoll | Waveform)[][] = [];
  let frames = Number.POSITIVE_INFINITY;
  for (const sequence of longestFirst) {
    const batch = batches[batches.length - 1];
    frames += predictedFrames(sequence);
    if (frames <= FRAMES_A_CALL && batch.length < SEQUENCES_A_CALL) batch.push(sequence);
    else {
      batches.push([sequence]);
      frames = predictedFrames(sequence);
    }
  }
  return batches.map(packBatch);
}

/** Evaluates a model without weight noise. `parameters` is the flat vector. */
export function evaluate(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batches: readonly Batch[],
): SetNll {
  return average(
    batches,
    batches.map((batch) => nllOf(kernels, spec, parameters, batch)),
  );
}

/**
 * As `evaluate`, for sets that take long.
 *
 * @param stopRequested asked before each batch
 * @returns nothing where a stop was asked for
 */
export async function evaluateUnlessStopped(
  kernels: Kernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batches: readonly Batch[],
  stopRequested: () => Promise<boolean>,
): Promise<SetNll | undefined> {
  const nlls: Float32Array[] = [];
  for (const batch of batches) {
    if (await stopRequested()) return undefined;
    nlls.push(nllOf(kernels, spec, parameters, batch));
  }
  return average(batches, nlls);
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
  const frames = sequences.map(predictedFrames);
  const longestFirst = [...sequences.keys()].sort((a, b) => frames[b] - frames[a]);
  const nlls = packForEvaluation(sequences).flatMap((batch) =>
    Array.from(nllOf(kernels, spec, parameters, batch)),
  );
  const all = Array<SequenceNll>(sequences.length);
  for (const [i, place] of longestFirst.entries())
    all[place] = { nll: nlls[i], predictedFrames: frames[place] };
  return all;
}

/** @returns NLL of each sequence of a batch, nats */
function nllOf(kernels: Kernels, spec: ModelSpec, parameters: tf.Tensor1D, batch: Batch): Float32Array {
  const tensor = tf.tidy(() => sequenceNll(kernels, spec, parameters, batch));
  const nll = tensor.dataSync<'float32'>();
  tensor.dispose();
  return nll;
}

/** @param nlls of each batch's sequences */
function average(batches: readonly Batch[], nlls: readonly Float32Array[]): SetNll {
  let sum = 0;
  let sumOfMeans = 0;
  for (const [i, batch] of batches.entries()) {
    for (let b = 0; b < batch.sequences; b++) {
      sum += nlls[i][b];
      sumOfMeans += nlls[i][b] / batch.lengths[b];
    }
  }
  const sequences = batches.reduce((total, batch) => total + batch.sequences, 0);
  const frames = batches.reduce((total, batch) => total + batch.frames, 0);
  return { perFrame: sum / frames, perSequence: sumOfMeans / sequences, sequences, predictedFrames: frames };
}
