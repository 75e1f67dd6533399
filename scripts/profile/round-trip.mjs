// How long a word takes from one thread to another and back, in nanoseconds: where two cores share a cache, some tens;
// where they do not, some hundreds. node round-trip.mjs [SECONDS]; prints the median of each half second.
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const ROUNDS = 20_000;
const PART_MS = 500;

if (isMainThread) measure(Number(process.argv[2] ?? 10));
else answer(workerData);

/** @param {number} seconds */
async function measure(seconds) {
  const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const other = new Worker(new URL(import.meta.url), { workerData: word });
  await new Promise((resolve) => other.once('online', resolve));
  for (let part = 0; part * PART_MS < 1000 * seconds; part++) {
    const times = [];
    for (const end = performance.now() + PART_MS; performance.now() < end; )
      times.push(nanosecondsOf(word, ROUNDS));
    console.log(Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]));
  }
  await other.terminate();
}

/** @param {Int32Array} word @param {number} rounds */
function nanosecondsOf(word, rounds) {
  const begin = performance.now();
  for (let i = 0; i < rounds; i++) {
    Atomics.store(word, 0, 1);
    while (Atomics.load(word, 0) !== 0);
  }
  return ((performance.now() - begin) * 1e6) / rounds;
}

/** @param {Int32Array} word */
function answer(word) {
  for (;;) {
    while (Atomics.load(word, 0) !== 1);
    Atomics.store(word, 0, 0);
  }
}
