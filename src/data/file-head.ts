import { closeSync, openSync, readSync } from 'node:fs';
import { Failure } from '../platform/failure.js';

/* What a file is by its first bytes, as names lie. */

const HEAD_BYTES = 4096;

/**
 * The first bytes of a file, zeros where it is shorter.
 *
 * @throws Failure if it cannot be read
 */
export function readHead(path: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    readSync(descriptor, head, 0, head.length, 0);
    return head;
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${(error as Error).message}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Archives that are read; a `gzip` file need not hold a tar. */
export type ArchiveFormat = 'zip' | 'tar' | 'gzip' | 'deb';

/** The format of an archive by how it begins; nothing if it is none of these. */
export function archiveFormat(head: Buffer): ArchiveFormat | undefined {
  const text = head.toString('latin1');
  if (text.startsWith('PK\x03\x04')) return 'zip';
  if (text.startsWith('\x1f\x8b')) return 'gzip';
  if (text.startsWith('!<arch>\n')) return 'deb';
  return text.startsWith('ustar', 257) ? 'tar' : undefined;
}
