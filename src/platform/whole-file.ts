import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from './failure.js';
import { partialName, removeLeftOver } from './left-overs.js';
import { makeFolder } from './make-folder.js';

/**
 * Writes a file whole or not at all: beside its place, flushed to the disk, then renamed over it. A reader
 * sees the old content or the new, never a part, even when the process is killed in between.
 *
 * @throws Failure with the system's reason (no space, no permission); the old file is then untouched
 */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  const beside = partialName(path);
  try {
    makeFolder(dirname(path));
    writeFlushed(beside, typeof content === 'string' ? Buffer.from(content) : content);
    renameSync(beside, path);
  } catch (error) {
    removeLeftOver(beside);
    throw new Failure(`cannot write ${path}: ${(error as Error).message}`);
  }
}

function writeFlushed(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
