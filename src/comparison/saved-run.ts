import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure, Misuse } from '../platform/failure.js';
import { fileStatus, isFolder } from '../platform/file-status.js';
import { isInUse } from '../platform/folder-lock.js';
import { guessOfPath } from '../platform/nearest-path.js';
import type { CurveRow } from '../training/curve.js';
import { requestSchema } from '../training/request.js';
import { withPresentNames } from '../training/request-file.js';
import { readConfig, readJson, runFiles } from '../training/run-folder.js';
import { bestRow, ENDINGS, runResult } from '../training/run-result.js';
import { readSavedTrial } from '../training/saved-trial.js';

/**
 * How a run stands. `all epochs`, `patience`, `diverged`: why it ended. `running`: a process works on it. `stopped`:
 * none does, and `train --resume` goes on.
 */
const RUN_STATES = [...ENDINGS, 'running', 'stopped'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** The model as config.json describes it; where it does not tell the unit's equations, it has its first names. */
const modelSchema = z.union([
  z.object({
    unit: z.object({ name: z.string(), hash: z.string() }),
    hiddenSize: z.number(),
    parameters: z.number(),
  }),
  z
    .object({ cell: z.string(), units: z.number(), parameters: z.number() })
    .transform(({ cell, units, parameters }) => ({
      unit: { name: cell, hash: undefined },
      hiddenSize: units,
      parameters,
    })),
]);

const configSchema = z.object({
  request: z.preprocess(
    withPresentNames,
    requestSchema.required({ epochs: true, batchSize: true, learningRate: true }),
  ),
  model: modelSchema,
  dataset: z.object({ name: z.string(), kind: z.enum(['music', 'speech']), sha256: z.string() }),
  backend: z.object({ name: z.string() }),
  kernels: z.object({ name: z.string(), simd: z.string().optional() }),
  versions: z.record(z.string(), z.string()),
  host: z.object({ processor: z.object({ model: z.string() }) }),
  startedAt: z.string(),
});

/** A run as its folder has it. */
export interface SavedRun extends z.infer<typeof configSchema> {
  readonly folder: string;
  readonly state: RunState;
  readonly curve: readonly CurveRow[];
  /** The row of the epoch with the lowest validation NLL per frame. */
  readonly best: CurveRow | null;
  /** Of training, all epochs together. */
  readonly seconds: number;
  /** Of training, median over the epochs. */
  readonly secondsAnEpoch: number | null;
}

/** @throws Misuse where the folder holds no run; Failure and BadFile where one of its files cannot be read */
function readSavedRun(folder: string): SavedRun {
  const config = readConfig(folder, configSchema);
  const { curve, ending } = readSavedTrial(folder);
  return {
    ...config,
    folder,
    state: isInUse(folder) ? 'running' : (ending ?? 'stopped'),
    curve,
    best: bestRow(curve),
    seconds: curve.at(-1)?.wall_clock_s ?? 0,
    secondsAnEpoch: runResult('stopped', curve).secondsAnEpoch,
  };
}

/** The run folders among folders and below them. A run that cannot be read is among them all the same. */
export interface FoundRuns {
  readonly runs: readonly SavedRun[];
  readonly unreadable: readonly { readonly folder: string; readonly message: string }[];
  /** The given folders that have no run in or below them. */
  readonly without: readonly string[];
}

/** @throws Misuse where one of the folders is not there; Failure where one cannot be looked into */
export function findRuns(folders: readonly string[]): FoundRuns {
  const runs: SavedRun[] = [];
  const unreadable: { folder: string; message: string }[] = [];
  const below = folders.map((each) => ({ each, found: [...runFoldersBelow(each)] }));
  for (const folder of new Set(below.flatMap(({ found }) => found))) {
    try {
      runs.push(readSavedRun(folder));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unreadable.push({ folder, message: error.message });
    }
  }
  return { runs, unreadable, without: below.flatMap(({ each, found }) => (found.length > 0 ? [] : [each])) };
}

function* runFoldersBelow(folder: string, above: readonly string[] = []): Generator<string> {
  if (!isFolder(folder))
    throw new Misuse(
      `${folder}: ${existsSync(folder) ? 'is not a folder' : `no such folder${guessOfPath(folder, isFolder)}`}`,
    );
  if (isRunFolder(folder)) return yield folder;
  const real = realpathSync(folder);
  // A link may lead up again.
  if (above.includes(real)) return;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (!name.startsWith('.') && isFolder(path)) yield* runFoldersBelow(path, [...above, real]);
  }
}

/** Others have a config.json too. One that has lost it is told of as a run that cannot be read. */
function isRunFolder(folder: string): boolean {
  const { config, ...others } = runFiles(folder);
  if (fileStatus(config)?.isFile() !== true) return existsSync(others.curve) && existsSync(others.state);
  if (Object.values(others).some((path) => existsSync(path))) return true;
  try {
    return readJson(config, z.object({ request: z.object({ model: z.string() }) })) !== undefined;
  } catch {
    return false;
  }
}

/** draw-2 before draw-10. */
const BY_NAME = new Intl.Collator('en', { numeric: true }).compare;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort(BY_NAME);
  } catch (error) {
    throw new Failure(`cannot read ${folder}: ${(error as Error).message}`);
  }
}
