import type { Batch } from '../../src/data/batch.js';

/** A batch of two short pieces, of four and two predicted frames. */
export function twoPieces(): Batch {
  const rows = {
    kind: 'sparse',
    width: 88,
    starts: Int32Array.of(0, 2, 3, 4, 4, 5, 6),
    columns: Uint8Array.of(3, 40, 41, 3, 87, 0),
  } as const;
  return {
    sequences: 2,
    frames: 6,
    order: Int32Array.of(0, 1),
    lengths: Int32Array.of(4, 2),
    active: Int32Array.of(2, 2, 1, 1),
    inputs: rows,
    targets: rows,
  };
}
