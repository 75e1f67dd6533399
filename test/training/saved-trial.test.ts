import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CURVE_COLUMNS, type CurveRow, writeCurve } from '../../src/training/curve.js';
import { runFiles, writeJson } from '../../src/training/run-folder.js';
import { runResult } from '../../src/training/run-result.js';
import { checksumOfCurve, checksumOfModel } from '../../src/training/saved-checksums.js';
import { holdBestModel, readSavedTrial, writeResult } from '../../src/training/saved-trial.js';

const curve = [1, 2, 3].map((epoch) => ({
  ...(Object.fromEntries(CURVE_COLUMNS.map((name) => [name, 0.5])) as CurveRow),
  epoch,
}));
const result = runResult('all epochs', curve);

/** The folder of a run that has ended. */
function ended(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-ended-'));
  const { curve: path, best } = runFiles(folder);
  writeCurve(path, curve);
  writeFileSync(best, 'parameters');
  writeResult(folder, result, { curve: checksumOfCurve(curve), best: checksumOfModel(best) });
  return folder;
}

it('a run that has ended reads back, also one that has gone on since', () => {
  const folder = ended();
  expect(readSavedTrial(folder)).toEqual({ curve, ending: 'all epochs' });
  expect(() => holdBestModel(folder)).not.toThrow();
  const more = [...curve, { ...curve[2], epoch: 4 }];
  writeCurve(runFiles(folder).curve, more);
  expect(readSavedTrial(folder).curve).toEqual(more);
});

it('one that noted no checksums is taken as it is', () => {
  const folder = ended();
  writeJson(runFiles(folder).result, result);
  writeFileSync(runFiles(folder).best, 'others');
  expect(readSavedTrial(folder)).toEqual({ curve, ending: 'all epochs' });
  expect(() => holdBestModel(folder)).not.toThrow();
});

it.each([
  [
    'a number changed',
    (path: string) => writeCurve(path, [{ ...curve[0], valid_nll: 0.4 }, ...curve.slice(1)]),
    'is not as the run wrote it',
  ],
  ['its last row gone', (path: string) => writeCurve(path, curve.slice(0, 2)), 'are of 2 epochs, not 3'],
  ['all of it gone', (path: string) => rmSync(path), 'are of 0 epochs, not 3'],
])('a curve of a run that has ended, with %s, is refused', (_, harm, message) => {
  const folder = ended();
  const path = runFiles(folder).curve;
  harm(path);
  expect(() => readSavedTrial(folder)).toThrow(message);
  expect(() => readSavedTrial(folder)).toThrow(`put it back; to train anew, move ${folder} away`);
});

it('changed parameters of a run that has ended are refused', () => {
  const folder = ended();
  const { best } = runFiles(folder);
  writeFileSync(best, readFileSync(best, 'utf8').replace('p', 'q'));
  expect(() => holdBestModel(folder)).toThrow(`${best}: content: is not as the run wrote it`);
});
