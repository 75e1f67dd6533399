import { createHash } from 'node:crypto';
import { type MusicDataset, SPLITS, type SpeechDataset } from './sequence.js';
import { byCodeUnit } from './split.js';

/** SHA-256, in hexadecimal digits. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * One hash over a set of files, however they came: SHA-256 of the lines `SHA-256 of the file, two spaces, path`,
 * sorted by path. With LC_ALL=C that is `find -type f -printf '%P\n' | sort | xargs sha256sum | sha256sum`.
 *
 * @param files content by path, relative to the set's folder, with forward slashes
 */
export function hashOfFiles(files: ReadonlyMap<string, Uint8Array>): string {
  const lines = [...files]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([path, bytes]) => `${sha256Of(bytes)}  ${path}\n`);
  return sha256Of(lines.join(''));
}

/**
 * SHA-256 over the sequences of a data set: kind and sampling rate, then a split its name and number of
 * sequences, then a sequence its length and content (32-bit little-endian integers and floats; a roll's
 * `starts` and `keys`, a waveform's samples).
 */
export function hashOfSequences(
  dataset: Pick<MusicDataset, 'kind' | 'splits'> | Pick<SpeechDataset, 'kind' | 'sampleRate' | 'splits'>,
): string {
  const hash = createHash('sha256');
  hash.update(dataset.kind === 'music' ? 'music\n' : `speech ${dataset.sampleRate} Hz\n`);
  for (const split of SPLITS) {
    hash.update(`${split} ${dataset.splits[split].length}\n`);
    for (const sequence of dataset.splits[split]) {
      if ('samples' in sequence) {
        hash.update(int32(sequence.samples.length)).update(bytesOf(sequence.samples));
      } else {
        hash.update(int32(sequence.frames)).update(bytesOf(sequence.starts)).update(sequence.keys);
      }
    }
  }
  return hash.digest('hex');
}

function int32(value: number): Uint8Array {
  return bytesOf(Int32Array.of(value));
}

/** Every platform that Node runs on is little endian, but for IBM's. */
function bytesOf(array: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
