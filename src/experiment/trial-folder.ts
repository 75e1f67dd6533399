import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readCurve } from '../training/curve.js';
import { readJson, runFiles } from '../training/run-folder.js';
import type { PlannedTrial, TrialProgress } from './plan.js';
import { trialsFolder } from './records.js';

const ENDINGS = ['all epochs', 'patience', 'diverged'] as const;
const resultSchema = z.object({ ending: z.enum(ENDINGS) });

/** How far the trial of a folder is, by its files. */
function readTrialProgress(folder: string): TrialProgress {
  const { result, curve } = runFiles(folder);
  const ending = existsSync(result) ? readJson(result, resultSchema).ending : undefined;
  return { curve: readCurve(curve), ending };
}

/** Reads how far the trials of an experiment are, each once. */
export interface ProgressReader {
  of(trial: PlannedTrial): TrialProgress;
  /** So that it is read again. */
  forget(trial: PlannedTrial): void;
  /** What was read, by the trial's path. */
  readonly known: ReadonlyMap<string, TrialProgress>;
}

export function progressReader(folder: string): ProgressReader {
  const known = new Map<string, TrialProgress>();
  return {
    known,
    of(trial) {
      const progress = known.get(trial.path) ?? readTrialProgress(join(trialsFolder(folder), trial.path));
      known.set(trial.path, progress);
      return progress;
    },
    forget: (trial) => known.delete(trial.path),
  };
}
