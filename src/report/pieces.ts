import { existsSync } from 'node:fs';
import { firstFrames } from '../data/piano-roll.js';
import type { MusicDataset, PianoRoll } from '../data/sequence.js';
import { publishedFiles } from '../experiment/published.js';
import type { DatasetRecord } from '../experiment/records.js';
import { readModel } from '../model/model-file.js';
import { startBackend } from '../platform/backend.js';
import { Failure } from '../platform/failure.js';
import { sampleMusic, sequenceToBeginWith } from '../sampling/sample.js';
import type { CellFindings, Findings } from './findings.js';
import { loadSame } from './same-data.js';

export interface Pieces {
  readonly unit: string;
  readonly drawn: PianoRoll;
  /** Absent where the data are not at hand. */
  readonly real?: PianoRoll;
}

const FRAMES = 120;
const SEED = 1;

/**
 * A piece drawn from the model with the best validation NLL of a music data set, and the first piece of its test set. Where
 * the data are at hand, the drawn piece begins with the first frame of a training piece, else from silence.
 *
 * @param hasData false: as where the data are not at hand
 */
export async function pieceBesideReal(
  findings: Findings,
  dataset: string,
  hasData = true,
): Promise<Pieces | undefined> {
  const best = bestCell(findings.cells.filter((cell) => cell.dataset === dataset));
  if (best?.record.kind !== 'music') return undefined;
  const file = publishedFiles(findings.folder).checkpoint(dataset, best.unit);
  if (!existsSync(file)) return undefined;
  await startBackend('auto', 1);
  const data = hasData ? await musicAtHand(best.record) : undefined;
  const beginning = data && firstFrames(sequenceToBeginWith(data.splits.train, SEED), 1);
  const length = FRAMES - (beginning?.frames ?? 0);
  const drawn = sampleMusic(readModel(file), { length, temperature: 1, seed: SEED }, beginning);
  return { unit: best.unit, drawn, real: data && firstFrames(data.splits.test[0], FRAMES) };
}

/** By the validation NLL per frame of the search's seed, whose parameters are published. */
function bestCell(cells: readonly CellFindings[]): CellFindings | undefined {
  const nll = ({ reported: [first] }: CellFindings) => first?.valid_nll ?? Number.POSITIVE_INFINITY;
  return cells.filter(({ reported }) => reported.length > 0).sort((a, b) => nll(a) - nll(b))[0];
}

async function musicAtHand(record: DatasetRecord): Promise<MusicDataset | undefined> {
  try {
    const data = await loadSame(record);
    return data.kind === 'music' ? data : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
