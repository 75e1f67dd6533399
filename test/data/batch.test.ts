import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, packBatch, type Rows } from '../../src/data/batch.js';
import type { PianoRoll } from '../../src/data/sequence.js';

/** Frames as lists of keys. */
function roll(frames: number[][]): PianoRoll {
  const starts = Int32Array.from([0, ...frames.map((_, t) => frames.slice(0, t + 1).flat().length)]);
  return { frames: frames.length, starts, keys: Uint8Array.from(frames.flat()) };
}

function rowOf(rows: Rows, n: number): number[] {
  return rows.kind === 'sparse'
    ? [...rows.columns.subarray(rows.starts[n], rows.starts[n + 1])]
    : [...rows.values.subarray(n * rows.width, (n + 1) * rows.width)];
}

/** Rows of each sequence in the order of the list that was packed. */
function unpack(batch: Batch, rows: Rows): number[][][] {
  const sequences: number[][][] = Array.from({ length: batch.sequences }, () => []);
  let n = 0;
  for (const active of batch.active)
    for (let b = 0; b < active; b++) sequences[batch.order[b]].push(rowOf(rows, n++));
  expect(n).toBe(batch.frames);
  return sequences;
}

describe('packBatch', () => {
  it('of rolls: inputs are all frames but the last, targets all but the first, of each sequence', () => {
    const frame = fc.uniqueArray(fc.nat(87), { maxLength: 5 }).map((keys) => keys.sort((a, b) => a - b));
    const pieces = fc.array(fc.array(frame, { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(pieces, (frames) => {
        const batch = packBatch(frames.map(roll));
        expect(unpack(batch, batch.inputs)).toEqual(frames.map((piece) => piece.slice(0, -1)));
        expect(unpack(batch, batch.targets)).toEqual(frames.map((piece) => piece.slice(1)));
        expect([...batch.lengths]).toEqual(Array.from(batch.order, (place) => frames[place].length - 1));
        expect([...batch.active]).toEqual([...batch.active].sort((a, b) => b - a));
      }),
    );
  });

  it.each([
    [500, 48],
    [8000, 798],
  ])('of %d samples: %d steps of 20 samples seen and the next 10 predicted', (samples, steps) => {
    const waveform = { samples: Float32Array.from({ length: samples }, (_, i) => i) };
    const batch = packBatch([waveform]);
    expect(batch.frames).toBe(steps);
    const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);
    const [inputs] = unpack(batch, batch.inputs);
    const [targets] = unpack(batch, batch.targets);
    for (let t = 0; t < steps; t++) {
      expect(inputs[t]).toEqual(range(10 * t, 20));
      expect(targets[t]).toEqual(range(10 * t + 20, 10));
    }
  });
});
