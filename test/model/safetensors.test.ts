import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../src/model/encode-safetensors.js';
import { defineUnit } from '../../src/model/graph/define-unit.js';
import { sigmoid, tanh } from '../../src/model/graph/expression.js';
import { unitData } from '../../src/model/graph/unit-data.js';
import { initialParameters } from '../../src/model/initialise.js';
import { readModel, specMetadata, writeModel } from '../../src/model/model-file.js';
import { namedTensors } from '../../src/model/model-tensors.js';
import { decodeSafetensors, writeSafetensors } from '../../src/model/safetensors.js';
import { paperSpec } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { BadFile } from '../../src/platform/failure.js';

const folder = mkdtempSync(join(tmpdir(), 'gru-bench-safetensors-'));

describe('safetensors', () => {
  it('reads back what it wrote, to the bit', () => {
    const tensor = fc
      .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
      .chain((shape) =>
        fc
          .array(fc.float(), { minLength: product(shape), maxLength: product(shape) })
          .map((values) => ({ shape, values: Float32Array.from(values) })),
      );
    const names = fc.string({ minLength: 1 }).filter((name) => !['__metadata__', '__proto__'].includes(name));
    fc.assert(
      fc.property(fc.dictionary(names, tensor), fc.dictionary(names, fc.string()), (tensors, metadata) => {
        const file = decodeSafetensors(Buffer.from(encodeSafetensors({ tensors, metadata })), 'x');
        expect({ ...file.metadata }).toEqual({ ...metadata });
        expect(Object.keys(file.tensors).sort()).toEqual(Object.keys(tensors).sort());
        for (const name of Object.keys(tensors)) expect(file.tensors[name]).toEqual(tensors[name]);
      }),
    );
  });

  it('is laid out as the format says', () => {
    const file = Buffer.from(
      encodeSafetensors({
        metadata: { a: 'b' },
        tensors: { t: { shape: [1, 2], values: Float32Array.of(1, -2) } },
      }),
    );
    const length = Number(file.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(file.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: { a: 'b' },
      t: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
    });
    expect(file.subarray(8 + length).toString('hex')).toBe('0000803f000000c0');
  });

  it.each([
    [
      'tensors that share bytes',
      { a: [0, 8], b: [4, 12] },
      12,
      'header, b: begins at byte 4, inside another',
    ],
    [
      'two tensors on the same bytes',
      { a: [0, 8], b: [0, 8] },
      8,
      'header, b: begins at byte 0, inside another',
    ],
    [
      'a hole between tensors',
      { b: [12, 20], a: [0, 8] },
      20,
      'header, b: comes after 4 bytes that belong to no',
    ],
    ['a hole before the first', { a: [4, 12], b: [12, 20] }, 20, 'header, a: comes after 4 bytes'],
    [
      'bytes behind the last',
      { a: [0, 8], b: [8, 16] },
      17,
      'end: the tensors have 16 bytes, the file holds 17',
    ],
  ])('refuses %s, as the format does', (_, offsets, bytes, message) => {
    const entry = ([start, end]: number[]) => ({ dtype: 'F32', shape: [2], data_offsets: [start, end] });
    const header = Object.fromEntries(Object.entries(offsets).map(([name, span]) => [name, entry(span)]));
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const file = Buffer.concat([length, json, Buffer.alloc(bytes)]);
    expect(() => decodeSafetensors(file, 'x')).toThrow(BadFile);
    expect(() => decodeSafetensors(file, 'x')).toThrow(message);
  });

  it('turns any damage into a BadFile or into other numbers, never into another error', () => {
    const whole = encodeSafetensors({
      metadata: { a: 'b' },
      tensors: { t: { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) } },
    });
    const damage = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255), keep: fc.nat(whole.length) });
    fc.assert(
      fc.property(damage, ({ at, byte, keep }) => {
        const file = Buffer.from(whole.subarray(0, keep));
        if (at < file.length) file[at] = byte;
        try {
          decodeSafetensors(file, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(BadFile);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('model files', () => {
  const spec = paperSpec('speech', unitNamed('lstm'), { hidden: 7 });
  const parameters = initialParameters(spec, 3, 0.1);
  const { unit: _, ...withoutEquations } = specMetadata(spec);
  const OTHER_GRU = JSON.stringify(
    unitData(defineUnit('gru', ({ h, gate }) => ({ h: h.plus(tanh(gate(''))) }))),
  );
  const own = defineUnit('own-one', { states: ['h', 'c'] }, ({ h, c, gate, weight }) => {
    const f = sigmoid(gate('f', { bias: 1 }).plus(weight('f', 0.5).times(c)));
    const cell = f.times(c).plus(tanh(gate('', { recurrent: f.times(h) })));
    return { h: tanh(cell), c: cell };
  });

  it('keep an own unit by its equations', () => {
    const path = join(folder, 'own.safetensors');
    const ownSpec = paperSpec('music', own, { hidden: 5 });
    writeModel(path, { spec: ownSpec, parameters: initialParameters(ownSpec, 3, 0.1) });
    const read = readModel(path);
    expect(unitData(read.spec.unit)).toEqual(unitData(own));
    expect(read.parameters).toEqual(initialParameters(ownSpec, 3, 0.1));
  });

  it('of earlier versions have no equations', () => {
    const path = join(folder, 'earlier.safetensors');
    writeSafetensors(path, { metadata: withoutEquations, tensors: namedTensors({ spec, parameters }) });
    expect(readModel(path)).toEqual({ spec, parameters });
  });

  it('keep spec and parameters', () => {
    const path = join(folder, 'model.safetensors');
    writeModel(path, { spec, parameters });
    expect(readModel(path)).toEqual({ spec, parameters });
  });

  it.each([
    ['a missing tensor', specMetadata(spec), {}, 'cell.W_i: missing'],
    [
      'an unknown tensor',
      specMetadata(spec),
      { 'cell.X': { shape: [0], values: new Float32Array() } },
      'cell.X',
    ],
    ['a size beyond all bounds', { ...specMetadata(spec), units: '1e9' }, {}, 'metadata, units'],
    [
      'huge sizes without tensors',
      { ...specMetadata(spec), units: '60000', inputSize: '60000' },
      {},
      'missing',
    ],
    ['an unknown cell', { ...withoutEquations, cell: 'elman' }, {}, 'metadata, cell: there is no unit elman'],
    [
      'a cell with the equations of another',
      { ...specMetadata(spec), cell: 'elman' },
      {},
      'metadata, unit: is',
    ],
    ['equations that are no JSON', { ...withoutEquations, unit: '{' }, {}, 'metadata, unit: is no JSON'],
    [
      'other equations of a unit here',
      { ...withoutEquations, cell: 'gru', unit: OTHER_GRU },
      {},
      'metadata, unit: unit gru has other equations here',
    ],
    ['no metadata', {}, {}, 'metadata, output'],
  ])('with %s are refused by one line that says where', (_, metadata, tensors, message) => {
    const path = join(folder, 'bad.safetensors');
    writeFileSync(path, encodeSafetensors({ metadata, tensors }));
    expect(() => readModel(path)).toThrow(BadFile);
    expect(() => readModel(path)).toThrow(message);
  });
});

function product(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
