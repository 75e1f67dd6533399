import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.js';

const MEBIBYTE = 1024 * 1024;

/** The most bytes that a file may have, and what to do about one that has more. */
export interface SizeLimit {
  readonly bytes: number;
  readonly advice: string;
}

/**
 * Reads a whole file, but not one that is longer than any good file of its kind.
 *
 * @throws Failure if it is longer, or with the system's reason (no permission, no such file)
 */
export function readBounded(path: string, most: number | SizeLimit): Buffer {
  const { bytes: maxBytes, advice = undefined } = typeof most === 'number' ? { bytes: most } : most;
  try {
    const { size } = statSync(path);
    if (size > maxBytes) {
      const limit = `${size} bytes; files of this kind may have ${mebibytes(maxBytes)}`;
      throw new Failure(`${path}: ${limit}${advice ? `; ${advice}` : ''}`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/**
 * Reads files below a folder, which together may not be longer than `maxBytes`.
 *
 * @param paths relative to the folder
 * @returns the content of each by its path, in the order given
 * @throws Failure as `readBounded` does
 */
export function readAllBounded(
  folder: string,
  paths: readonly string[],
  maxBytes: number,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let left = maxBytes;
  for (const path of paths) {
    const bytes = readBounded(join(folder, path), left);
    left -= bytes.length;
    files.set(path, bytes);
  }
  return files;
}

function mebibytes(bytes: number): string {
  return `${Math.floor((bytes / MEBIBYTE) * 10) / 10} MiB`;
}
