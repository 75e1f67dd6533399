import {
  FRAME_INPUT_SAMPLES,
  FRAME_TARGET_SAMPLES,
  PIANO_KEYS,
  type PianoRoll,
  type Waveform,
} from './sequence.js';

/** Rows of 0 and 1, N × width: the ones of row n are in columns `columns[starts[n]] … columns[starts[n + 1] − 1]`. */
export interface SparseRows {
  readonly kind: 'sparse';
  readonly width: number;
  readonly starts: Int32Array;
  readonly columns: Uint8Array;
}

/** Rows of real numbers, N × width, row-major. */
export interface DenseRows {
  readonly kind: 'dense';
  readonly width: number;
  readonly values: Float32Array;
}

export type Rows = SparseRows | DenseRows;

/** All entries of rows, [N,width] row-major. */
export function denseValues(rows: Rows, count: number): Float32Array {
  if (rows.kind === 'dense') return rows.values;
  const { width, starts, columns } = rows;
  const values = new Float32Array(count * width);
  for (let n = 0; n < count; n++)
    for (let i = starts[n]; i < starts[n + 1]; i++) values[n * width + columns[i]] = 1;
  return values;
}

/**
 * Sequences of different lengths without padding: sorted by length, longest first, and packed time-major.
 * At step t the first `active[t]` sequences still run, and their rows stand together.
 */
export interface Batch {
  /** Number of sequences, B. */
  readonly sequences: number;
  /** Predicted frames in all, N: the rows of inputs and targets. */
  readonly frames: number;
  /** `order[b]`: the place that sequence b of the batch had in the list it was packed from. */
  readonly order: Int32Array;
  /** Predicted frames of sequence b. */
  readonly lengths: Int32Array;
  /** Sequences that run at step t; never increases. */
  readonly active: Int32Array;
  readonly inputs: Rows;
  readonly targets: Rows;
}

/** Frames that a sequence has predicted: all but the first of a roll; the steps that fit into a waveform. */
export function predictedFrames(sequence: PianoRoll | Waveform): number {
  if ('samples' in sequence)
    return Math.max(0, Math.floor((sequence.samples.length - FRAME_INPUT_SAMPLES) / FRAME_TARGET_SAMPLES));
  return Math.max(0, sequence.frames - 1);
}

/** Frames that all of these sequences have predicted. */
export function allPredictedFrames(sequences: readonly (PianoRoll | Waveform)[]): number {
  return sequences.reduce((sum, sequence) => sum + predictedFrames(sequence), 0);
}

/** Packs piano-rolls or waveforms, in any order; each must have at least one frame to predict. */
export function packBatch(sequences: readonly (PianoRoll | Waveform)[]): Batch {
  const frames = sequences.map(predictedFrames);
  const order = Int32Array.from(sequences.keys()).sort((a, b) => frames[b] - frames[a] || a - b);
  const sorted = Array.from(order, (place) => sequences[place]);
  const lengths = Int32Array.from(order, (place) => frames[place]);
  const layout = { order, lengths, active: activeSequences(lengths) };
  return 'samples' in sorted[0]
    ? packWaveforms(sorted as Waveform[], layout)
    : packRolls(sorted as PianoRoll[], layout);
}

type Layout = Pick<Batch, 'order' | 'lengths' | 'active'>;

/** How many of some sequences run at each step. @param lengths of the sequences, longest first */
export function activeSequences(lengths: Int32Array): Int32Array {
  const active = new Int32Array(lengths[0] ?? 0);
  for (const length of lengths) for (let t = 0; t < length; t++) active[t]++;
  return active;
}

/** Frame t of a roll is the input of step t, frame t + 1 its target. */
function packRolls(rolls: readonly PianoRoll[], layout: Layout): Batch {
  const frames = layout.lengths.reduce((sum, length) => sum + length, 0);
  return {
    sequences: rolls.length,
    frames,
    ...layout,
    inputs: packKeys(rolls, layout.active, frames, 0),
    targets: packKeys(rolls, layout.active, frames, 1),
  };
}

function packKeys(rolls: readonly PianoRoll[], active: Int32Array, rows: number, shift: 0 | 1): SparseRows {
  if (rolls.length === 1) {
    const [{ starts, keys }] = rolls;
    return {
      kind: 'sparse',
      width: PIANO_KEYS,
      starts: starts.subarray(shift, shift + rows + 1),
      columns: keys,
    };
  }
  const starts = new Int32Array(rows + 1);
  const columns = new Uint8Array(rolls.reduce((sum, { keys }) => sum + keys.length, 0));
  let row = 0;
  let written = 0;
  for (let t = 0; t < active.length; t++)
    for (let b = 0; b < active[t]; b++) {
      const roll = rolls[b];
      const keys = roll.keys.subarray(roll.starts[t + shift], roll.starts[t + shift + 1]);
      columns.set(keys, written);
      written += keys.length;
      starts[++row] = written;
    }
  return { kind: 'sparse', width: PIANO_KEYS, starts, columns: columns.slice(0, written) };
}

/** Step t sees samples 10t to 10t + 19 and predicts the next 10, so that the predictions tile the signal. */
function packWaveforms(waveforms: readonly Waveform[], layout: Layout): Batch {
  const frames = layout.lengths.reduce((sum, length) => sum + length, 0);
  const inputs = new Float32Array(frames * FRAME_INPUT_SAMPLES);
  const targets = new Float32Array(frames * FRAME_TARGET_SAMPLES);
  let row = 0;
  for (let t = 0; t < layout.active.length; t++)
    for (let b = 0; b < layout.active[t]; b++, row++) {
      const { samples } = waveforms[b];
      const start = t * FRAME_TARGET_SAMPLES;
      const end = start + FRAME_INPUT_SAMPLES;
      inputs.set(samples.subarray(start, end), row * FRAME_INPUT_SAMPLES);
      targets.set(samples.subarray(end, end + FRAME_TARGET_SAMPLES), row * FRAME_TARGET_SAMPLES);
    }
  return {
    sequences: waveforms.length,
    frames,
    ...layout,
    inputs: { kind: 'dense', width: FRAME_INPUT_SAMPLES, values: inputs },
    targets: { kind: 'dense', width: FRAME_TARGET_SAMPLES, values: targets },
  };
}
