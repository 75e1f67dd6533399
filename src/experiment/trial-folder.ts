import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../training/run-folder.js';
import { readSavedTrial } from '../training/saved-trial.js';
import { type Cell, type PlannedTrial, seedTrials, type TrialProgress, winnerOf } from './plan.js';
import { trialsFolder } from './records.js';

/** How far a trial is, by the files of its folder. One that ended after fewer epochs than are planned has not ended. */
function readTrialProgress(folder: string, epochs = 0): TrialProgress {
  const { curve, ending } = readSavedTrial(folder);
  return { curve, ending: ending === 'all epochs' && curve.length < epochs ? undefined : ending };
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
      const { path, epochs } = trial;
      const progress = known.get(path) ?? readTrialProgress(join(trialsFolder(folder), path), epochs);
      known.set(trial.path, progress);
      return progress;
    },
    forget: (trial) => known.delete(trial.path),
  };
}

/** Run folders beside a cell's trials that are none of them: of other options, or of a draw that is not the best now. */
export function unusedFolders(folder: string, cell: Cell, progress: ProgressReader): string[] {
  const { plan, unit, search, short } = cell;
  const place = join(plan.name, unit);
  const all = join(trialsFolder(folder), place);
  if (!existsSync(all)) return [];
  const winner = winnerOf(cell, progress.of);
  const seeds = (winner ? [winner] : search).flatMap((trial) => seedTrials(cell, trial));
  const used = new Set([...search, ...seeds, short].map(({ path }) => path));
  return readdirSync(all)
    .map((name) => join(place, name))
    .filter((path) => !used.has(path) && existsSync(runFiles(join(trialsFolder(folder), path)).config));
}
