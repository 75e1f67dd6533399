import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sha256Of } from '../data/content-hash.js';
import type { TensorFile } from '../model/encode-safetensors.js';
import { BadFile } from '../platform/failure.js';
import { readBounded } from '../platform/read-file.js';
import { type CurveRow, curveText } from './curve-row.js';

/*
 * Disks, copies and editors damage files in silence. What a run has saved is held to checksums before anything is made
 * of it.
 */

export const checksumsSchema = z.object({
  /** Of the rows, as curve.csv has them. */
  curve: z.string(),
  /** Of best.safetensors; absent where it is not known. */
  best: z.string().optional(),
});

/** SHA-256 of a run's files. */
export type SavedChecksums = Readonly<z.infer<typeof checksumsSchema>>;

export const checksumOfCurve = (rows: readonly CurveRow[]): string => sha256Of(curveText(rows));

/** Bytes; the paper's largest model has a megabyte. */
const LARGEST_MODEL = 1024 * 1024 * 1024;

/** @throws UnreadableFile */
export const checksumOfModel = (path: string): string => sha256Of(readBounded(path, LARGEST_MODEL));

/** SHA-256 of metadata, and of the tensors by their names. */
export function checksumOfTensors({ metadata, tensors }: TensorFile): string {
  const hash = createHash('sha256').update(JSON.stringify(metadata));
  for (const [name, { values }] of Object.entries(tensors))
    hash.update(`\n${name}\n`).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}

/** What to do where a run has lost one of its files. */
export const cureOf = (folder: string): string => `put it back; to train anew, move ${folder} away`;

/** A file of a run that does not have the checksum that the run noted. */
export function notAsWritten(path: string, folder: string): BadFile {
  return new BadFile(path, 'content', `is not as the run wrote it; ${cureOf(folder)}`);
}
