import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initialParameters } from '../../src/model/initialise.js';
import { writeModel } from '../../src/model/model-file.js';
import { paperSpec } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { CURVE_COLUMNS, type CurveRow, writeCurve } from '../../src/training/curve.js';
import { readDoneEpochs } from '../../src/training/done-epochs.js';
import { initialProgress } from '../../src/training/progress.js';
import { runFiles } from '../../src/training/run-folder.js';
import { checksumOfCurve } from '../../src/training/saved-checksums.js';

const spec = paperSpec('music', unitNamed('gru'), { hidden: 2 });
const parameters = initialParameters(spec, 1, 0.1);

const rowsOf = (...epochs: number[]) =>
  epochs.map((epoch) => ({
    ...(Object.fromEntries(CURVE_COLUMNS.map((name) => [name, 0])) as CurveRow),
    epoch,
  }));

/** The folder of a run with these epochs in its curve. */
function folderWith(...epochs: number[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-epochs-'));
  writeCurve(runFiles(folder).curve, rowsOf(...epochs));
  writeModel(runFiles(folder).best, { spec, parameters });
  return folder;
}

/** After three epochs, the second of them the best. */
const state = {
  progress: { ...initialProgress(), epoch: 4, bestEpoch: 2, bestValidNll: 1 },
  learner: { parameters },
};

it('a run goes on from its state: a row that was written after that is done again', () => {
  expect(readDoneEpochs(folderWith(1, 2, 3), spec, state)).toEqual(rowsOf(1, 2, 3));
  expect(readDoneEpochs(folderWith(1, 2, 3, 4), spec, state)).toEqual(rowsOf(1, 2, 3));
  expect(readDoneEpochs(folderWith(1), spec, undefined)).toEqual([]);
});

it.each([
  ['at its end', [1, 2], 'no row of epoch 3'],
  ['in its middle', [1, 3, 4], 'line 3: is of epoch 3, where epoch 2 belongs'],
  ['but has one twice', [1, 1, 2, 3], 'line 3: is of epoch 1, where epoch 2 belongs'],
  ['and has them in another order', [2, 1, 3], 'line 2: is of epoch 2, where epoch 1 belongs'],
])('a curve that lacks a row %s is told of, not gone on with', (_, epochs, message) => {
  expect(() => readDoneEpochs(folderWith(...epochs), spec, state)).toThrow(message);
});

it('a curve that has other numbers than when the state was saved is not gone on with', () => {
  const checksums = { curve: checksumOfCurve(rowsOf(1, 2, 3)) };
  const folder = folderWith(1, 2, 3, 4);
  expect(readDoneEpochs(folder, spec, { ...state, checksums })).toEqual(rowsOf(1, 2, 3));
  const [first, ...others] = rowsOf(1, 2, 3, 4);
  writeCurve(runFiles(folder).curve, [{ ...first, valid_nll: 1e-9 }, ...others]);
  expect(() => readDoneEpochs(folder, spec, { ...state, checksums })).toThrow(
    'curve.csv: content: is not as the run wrote it',
  );
});

it('a finished run without its state is not begun anew over its files', () => {
  expect(() => readDoneEpochs(folderWith(1, 2, 3), spec, undefined)).toThrow('state.safetensors is missing');
});

it.each([
  ['is damaged', (path: string) => truncateSync(path, 100), 'best.safetensors: '],
  ['is not there', (path: string) => rmSync(path), 'cannot read '],
  [
    'is of another model',
    (path: string) => {
      const other = paperSpec('music', unitNamed('gru'), { hidden: 3 });
      writeModel(path, { spec: other, parameters: initialParameters(other, 1, 0.1) });
    },
    'do not belong to the model in config.json',
  ],
])('a best model that %s is told of before the run goes on', (_, harm, message) => {
  const folder = folderWith(1, 2, 3);
  harm(runFiles(folder).best);
  expect(() => readDoneEpochs(folder, spec, state)).toThrow(message);
});
