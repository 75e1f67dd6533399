/** What TensorFlow.js can run on; `auto` takes the first of the others that works. */
export const BACKENDS = ['auto', 'tensorflow', 'wasm', 'cpu'] as const;

export type BackendChoice = (typeof BACKENDS)[number];

/** Threads that a backend or the kernels may be asked for. */
export const MOST_THREADS = 1024;
