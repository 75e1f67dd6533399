import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { UnreadableFile } from './failure.js';

const MEBIBYTE = 1024 * 1024;

/** The most bytes that a file may have, and what to do about one that has more. */
export interface SizeLimit {
  readonly bytes: number;
  readonly advice: string;
}

/**
 * Reads a whole file, but not one that is longer than any good file of its kind.
 *
 * @param shown how messages name it
 * @throws UnreadableFile if it is longer, or with the system's reason (no permission, no such file)
 */
export function readBounded(path: string | Buffer, most: number | SizeLimit, shown = String(path)): Buffer {
  const { bytes: maxBytes, advice = undefined } = typeof most === 'number' ? { bytes: most } : most;
  const tooLong = (length: string) => {
    const limit = `${length}; files of this kind may have ${mebibytes(maxBytes)}`;
    return new UnreadableFile(shown, `${shown}: ${limit}${advice ? `; ${advice}` : ''}`);
  };
  try {
    return readOpened(path, (file) => {
      const status = fstatSync(file);
      if (status.size > maxBytes) throw tooLong(`${status.size} bytes`);
      const content = status.isFile() ? readFileSync(file) : readStream(file, maxBytes);
      if (content.length > maxBytes) throw tooLong('has more bytes');
      return content;
    });
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(shown, `cannot read ${shown}: ${(error as Error).message}`);
  }
}

function readOpened(path: string | Buffer, read: (file: number) => Buffer): Buffer {
  const file = openSync(path, 'r');
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}

/** Of a pipe or a device, such as `<(…)` gives: one that has no end is read until it is too long. */
function readStream(file: number, maxBytes: number): Buffer {
  const parts: Buffer[] = [];
  const part = Buffer.alloc(MEBIBYTE);
  for (let length = 0; length <= maxBytes; ) {
    const read = readSync(file, part);
    if (read === 0) break;
    parts.push(Buffer.from(part.subarray(0, read)));
    length += read;
  }
  return Buffer.concat(parts);
}

/** A CSV file's lines. A spreadsheet that has saved it may have put a mark before the first and a return behind each. */
export const readLines = (path: string, most: number | SizeLimit): string[] =>
  new TextDecoder().decode(readBounded(path, most)).trimEnd().split(/\r?\n/);

/**
 * Reads files which together may not be longer than `maxBytes`.
 *
 * @param all by what name each goes, and what opens it
 * @returns the content of each by its name, in the order given
 * @throws UnreadableFile as `readBounded` does
 */
export function readAllBounded(
  all: readonly { readonly path: string; readonly place: string | Buffer }[],
  maxBytes: number,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let left = maxBytes;
  for (const { path, place } of all) {
    const bytes = readBounded(place, left);
    left -= bytes.length;
    files.set(path, bytes);
  }
  return files;
}

function mebibytes(bytes: number): string {
  return `${Math.floor((bytes / MEBIBYTE) * 10) / 10} MiB`;
}
