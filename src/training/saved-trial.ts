import { existsSync } from 'node:fs';
import { z } from 'zod';
import { BadFile } from '../platform/failure.js';
import { isListed } from '../platform/file-status.js';
import { plural } from '../platform/format-number.js';
import { type CurveRow, readCurve } from './curve.js';
import { readJson, runFiles, writeJson } from './run-folder.js';
import { ENDINGS, type RunResult } from './run-result.js';
import {
  checksumOfCurve,
  checksumOfModel,
  checksumsSchema,
  cureOf,
  notAsWritten,
  type SavedChecksums,
} from './saved-checksums.js';

/** A run that has ended, as result.json has it; those of before have no checksums. */
const endedSchema = z.object({
  ending: z.enum(ENDINGS),
  epochs: z.int().min(0),
  sha256: checksumsSchema.optional(),
});

export function writeResult(folder: string, result: RunResult, sha256: SavedChecksums): void {
  writeJson(runFiles(folder).result, { ...result, sha256 });
}

/** @returns nothing where the run has not ended. @throws as `readJson` does */
function readEnded(folder: string): z.infer<typeof endedSchema> | undefined {
  const { result } = runFiles(folder);
  return isListed(result) ? readJson(result, endedSchema) : undefined;
}

/** A run as its folder has it: every epoch, and why it has ended, if it has. */
export interface SavedTrial {
  readonly curve: readonly CurveRow[];
  readonly ending?: RunResult['ending'];
}

/** @throws UnreadableFile and BadFile where a file cannot be read, or the curve is not that of the run's end */
export function readSavedTrial(folder: string): SavedTrial {
  // First, since a run may end at this moment: the curve then has all of its epochs.
  const ended = readEnded(folder);
  const { curve: path } = runFiles(folder);
  const curve = readCurve(path);
  if (ended) {
    const { epochs, sha256 } = ended;
    if (curve.length < epochs)
      throw new BadFile(
        path,
        'rows',
        `are of ${plural(curve.length, 'epoch')}, not ${epochs}; ${cureOf(folder)}`,
      );
    if (sha256 && checksumOfCurve(curve.slice(0, epochs)) !== sha256.curve) throw notAsWritten(path, folder);
  }
  return { curve, ending: ended?.ending };
}

/** @throws BadFile where the best parameters of a run that has ended are not those that it wrote */
export function holdBestModel(folder: string): void {
  const { best } = runFiles(folder);
  const expected = readEnded(folder)?.sha256?.best;
  if (expected === undefined || !existsSync(best)) return;
  if (checksumOfModel(best) !== expected) throw notAsWritten(best, folder);
}
