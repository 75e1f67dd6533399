import { denseValues } from '../data/batch.js';
import { type KeySpan, rollFromSpans } from '../data/piano-roll.js';
import { PIANO_KEYS, type PianoRoll } from '../data/sequence.js';
import { layerOf } from '../model/outputs/registry.js';
import type { ModelSpec } from '../model/spec.js';
import { type Draw, normal, uniform } from '../random/draws.js';

/** ♩ = 120, two frames a crotchet. */
export const SECONDS_A_MUSIC_FRAME = 0.25;

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
export function drawOf(seed: number, frame: number, kind: keyof typeof KINDS): Draw {
  return { seed, purpose: 'sample', epoch: KINDS[kind], update: frame };
}

/**
 * Reads an input frame, [I], after those before it.
 *
 * @returns what the output layer says of the next frame, [O]
 */
export type Step = (x: Float32Array) => Float32Array;

/**
 * Draws a piece of frames that follow each other in one row of numbers: each step reads I numbers, draws the D that
 * come after them, and moves on by D.
 *
 * @param step of a model of this spec, before its first frame
 * @param beginning at least I numbers: the model reads them first, as far as they fill frames
 * @param onFrame told after each drawn frame how many are drawn
 * @returns the numbers, those of the beginning first
 */
export function drawFrames(
  step: Step,
  { inputSize: I, output }: Pick<ModelSpec, 'inputSize' | 'output'>,
  { length, temperature, seed }: SampleOptions,
  beginning: Float32Array,
  onFrame?: (drawn: number) => void,
): Float32Array {
  const { frameSize: D } = output;
  const layer = layerOf(output);
  const primed = Math.floor((beginning.length - I) / D);
  const end = I + primed * D;
  const values = new Float32Array(end + length * D);
  values.set(beginning.subarray(0, end));
  for (let n = -primed; n < length; n++) {
    const from = (primed + n) * D;
    const outputs = step(values.slice(from, from + I));
    if (n < 0) continue;
    const draws = {
      uniform: (count: number) => uniform(drawOf(seed, n, 'uniform'), new Float64Array(count)),
      normal: (count: number) => normal(drawOf(seed, n, 'normal'), new Float64Array(count)),
    };
    values.set(layer.draw(outputs, output, temperature, draws), from + I);
    onFrame?.(n + 1);
  }
  return values;
}

/**
 * Draws a piano-roll.
 *
 * @param step of a model of the 88 keys, before its first frame
 * @param beginning at least a frame, with which the piece begins; without, the model reads a silent frame, which is no
 *   part of the piece
 * @param onFrame told after each drawn frame how many are drawn
 */
export function drawPiece(
  step: Step,
  spec: Pick<ModelSpec, 'inputSize' | 'output'>,
  options: SampleOptions,
  beginning?: PianoRoll,
  onFrame?: (drawn: number) => void,
): PianoRoll {
  const { frames, starts, keys: columns } = beginning ?? rollFromSpans(1, []);
  const first = denseValues({ kind: 'sparse', width: PIANO_KEYS, starts, columns }, frames);
  const values = drawFrames(step, spec, options, first, onFrame);
  return rollOfValues(beginning ? values : values.subarray(PIANO_KEYS));
}

function rollOfValues(values: Float32Array): PianoRoll {
  const spans: KeySpan[] = [];
  for (const [i, value] of values.entries()) {
    const from = Math.floor(i / PIANO_KEYS);
    if (value) spans.push({ key: i % PIANO_KEYS, from, until: from + 1 });
  }
  return rollFromSpans(values.length / PIANO_KEYS, spans);
}
