/** A chorale and a tune by themselves, batches of tunes, and the two lengths of the paper's speech. */
export const SHAPES = [
  { name: 'music-1x60', kind: 'music', sequences: 1, frames: 60 },
  { name: 'music-1x254', kind: 'music', sequences: 1, frames: 254 },
  { name: 'music-16x200', kind: 'music', sequences: 16, frames: 200 },
  { name: 'music-64x200', kind: 'music', sequences: 64, frames: 200 },
  { name: 'speech-a-64x48', kind: 'speech', sequences: 64, frames: 48 },
  { name: 'speech-b-8x798', kind: 'speech', sequences: 8, frames: 798 },
] as const;

export const WORKLOAD_NAMES: readonly string[] = SHAPES.map(({ name }) => name);

/** All that workloads can be chosen by: their names and kinds. */
export const WORKLOAD_WORDS: readonly string[] = [
  ...WORKLOAD_NAMES,
  ...new Set(SHAPES.map(({ kind }) => kind)),
];
