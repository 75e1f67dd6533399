import { type KeySpan, rollFromSpans } from '../data/piano-roll.js';
import { PIANO_KEYS, type PianoRoll } from '../data/sequence.js';
import { type Draw, uniform } from '../random/draws.js';
import { drawNotes } from './draw-frame.js';

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
 * Draws a piece, frame by frame, each drawn frame being the input of the next.
 *
 * @param step of a model with Bernoulli outputs over the 88 keys, before its first frame
 * @param beginning at least a frame: the model reads these and nothing else first, and the piece begins with them;
 *   without, the model reads a silent frame, which is no part of the piece
 * @param onFrame told after each drawn frame how many are drawn
 */
export function drawPiece(
  step: Step,
  { length, temperature, seed }: SampleOptions,
  beginning?: PianoRoll,
  onFrame?: (drawn: number) => void,
): PianoRoll {
  const frames = beginning ? framesOf(beginning) : [];
  const read = (keys: readonly number[]) => {
    const x = new Float32Array(PIANO_KEYS);
    for (const key of keys) x[key] = 1;
    return step(x);
  };
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
  return rollOfFrames(frames);
}

function framesOf({ frames, starts, keys }: PianoRoll): number[][] {
  return Array.from({ length: frames }, (_, t) => [...keys.subarray(starts[t], starts[t + 1])]);
}

function rollOfFrames(frames: readonly (readonly number[])[]): PianoRoll {
  const spans = frames.flatMap((keys, t) => keys.map((key): KeySpan => ({ key, from: t, until: t + 1 })));
  return rollFromSpans(frames.length, spans);
}
