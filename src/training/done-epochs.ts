import { readModel } from '../model/model-file.js';
import { type ModelSpec, parameterCount } from '../model/spec.js';
import { BadFile, Failure } from '../platform/failure.js';
import { type CurveRow, readCurve } from './curve.js';
import { initialProgress } from './progress.js';
import { runFiles, type TrialState } from './run-folder.js';
import { checksumOfCurve, cureOf, notAsWritten } from './saved-checksums.js';

/**
 * The curve of the epochs that a run has done by its state. A run that was killed between its curve and its state has
 * one row more, whose epoch it does again, to the same numbers.
 *
 * @param state what the run's folder holds; undefined where it saved none yet
 * @throws Failure where curve or best parameters of these epochs are not there, which nothing would bring back: going on
 *   would lose what is left; BadFile where one of them is damaged
 */
export function readDoneEpochs(folder: string, spec: ModelSpec, state: TrialState | undefined): CurveRow[] {
  const files = runFiles(folder);
  const { epoch, bestEpoch } = state?.progress ?? initialProgress();
  const rows = readCurve(files.curve);
  const cure = cureOf(folder);
  if (state === undefined && rows.length > 1)
    throw new Failure(
      `${files.state} is missing, from which a run of ${rows.length} epochs could go on: ${cure}`,
    );
  const done = rows.filter((row) => row.epoch < epoch);
  if (done.length < epoch - 1)
    throw new Failure(
      `${files.curve} has no row of epoch ${done.length + 1}, and ${files.state} is after epoch ${epoch - 1}: ${cure}`,
    );
  if (state?.checksums && checksumOfCurve(done) !== state.checksums.curve)
    throw notAsWritten(files.curve, folder);
  if (bestEpoch > 0) holdToModel(files.best, spec);
  return done;
}

/** @throws BadFile where a file holds no parameters of a model; UnreadableFile where it is not there */
function holdToModel(path: string, spec: ModelSpec): void {
  const { spec: saved, parameters } = readModel(path);
  if (saved.unit.name !== spec.unit.name || parameters.length !== parameterCount(spec))
    throw new BadFile(path, 'tensors', 'do not belong to the model in config.json');
}
