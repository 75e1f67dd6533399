import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { initialParameters } from '../../src/model/initialise.js';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.js';
import { paperSpec } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { initialProgress } from '../../src/training/progress.js';
import { eachVector } from '../../src/training/rmsprop-momentum.js';
import { readState, runFiles, writeState } from '../../src/training/run-folder.js';

const spec = paperSpec('music', unitNamed('gru'), { hidden: 2 });
const parameters = initialParameters(spec, 1, 0.1);
const optimiser = eachVector((name) => parameters.map((value) => value * name.length));
const state = { progress: initialProgress(), learner: { parameters, optimiser } };

function saved(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-state-'));
  writeState(folder, spec, state);
  return folder;
}

it("a run's state reads back to the bit, the optimiser's vectors as well", () => {
  expect(readState(saved(), spec)).toEqual(state);
});

it.each([
  ['without a vector of the optimiser', { 'optimiser.E': 'gone' }, 'do not belong to the model'],
  ['with a vector of another optimiser', { 'optimiser.E': 'optimiser.m' }, 'optimiser.m: not a parameter'],
])('a state %s is refused', (_, names: Record<string, string>, message) => {
  const folder = saved();
  const { metadata, tensors } = readSafetensors(runFiles(folder).state);
  // As states of before are.
  Reflect.deleteProperty(metadata, 'sha256');
  const renamed = Object.entries(tensors).map(([name, tensor]) => [names[name] ?? name, tensor]);
  const kept = renamed.filter(([name]) => name !== 'gone');
  writeSafetensors(runFiles(folder).state, { metadata, tensors: Object.fromEntries(kept) });
  expect(() => readState(folder, spec)).toThrow(message);
});

it.each([
  ['one bit of a tensor', (bytes: Buffer) => bytes.length - 2],
  ['the number of its epoch', (bytes: Buffer) => bytes.indexOf('"epoch":"1"') + '"epoch":"'.length],
])('a state with %s changed is not gone on from', (_, placeIn) => {
  const folder = saved();
  const path = runFiles(folder).state;
  const bytes = readFileSync(path);
  bytes[placeIn(bytes)] ^= 2;
  writeFileSync(path, bytes);
  expect(() => readState(folder, spec)).toThrow(`${path}: content: is not as the run wrote it; put it back`);
});
