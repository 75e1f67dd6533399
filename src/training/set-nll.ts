import { type Batch, packBatch, predictedFrames } from '../data/batch.js';
import type { PianoRoll, Waveform } from '../data/sequence.js';

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

/** Places of sequences in their list, the longest first; of equally long ones the earlier. */
export function longestFirst(sequences: readonly (PianoRoll | Waveform)[]): number[] {
  const frames = sequences.map(predictedFrames);
  return [...sequences.keys()].sort((a, b) => frames[b] - frames[a]);
}

/**
 * Packs a set for `evaluate`, the longest sequences first: those of like length share a batch, so that few frames of a
 * batch run with few sequences.
 */
export function packForEvaluation(sequences: readonly (PianoRoll | Waveform)[]): Batch[] {
  const batches: (PianoRoll | Waveform)[][] = [];
  let frames = Number.POSITIVE_INFINITY;
  for (const place of longestFirst(sequences)) {
    const sequence = sequences[place];
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

/** @param nlls of each batch's sequences, nats */
export function averageNll(batches: readonly Batch[], nlls: readonly Float32Array[]): SetNll {
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
