import { existsSync } from 'node:fs';
import { z } from 'zod';
import { readCurve } from '../training/curve.js';
import { readJson, runFiles } from '../training/run-folder.js';
import type { TrialProgress } from './plan.js';

const ENDINGS = ['all epochs', 'patience', 'diverged'] as const;
const resultSchema = z.object({ ending: z.enum(ENDINGS) });

/** How far the trial of a folder is, by its files. */
export function readTrialProgress(folder: string): TrialProgress {
  const { result, curve } = runFiles(folder);
  const ending = existsSync(result) ? readJson(result, resultSchema).ending : undefined;
  return { curve: readCurve(curve), ending };
}
