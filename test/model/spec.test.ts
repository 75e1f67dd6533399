import { describe, expect, it } from 'vitest';
import {
  LARGEST_HIDDEN_SIZE,
  outputSize,
  paperSpec,
  parameterCount,
  parameterSlices,
  recurrentParameterCount,
} from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { Misuse } from '../../src/platform/failure.js';

describe('Table 1 of the paper', () => {
  it.each([
    ['speech', 'lstm', 195, 169_065],
    ['speech', 'gru', 227, 168_888],
    ['speech', 'tanh', 400, 168_400],
  ] as const)('%s %s: %d units, %d parameters', (kind, cell, units, count) => {
    const spec = paperSpec(kind, unitNamed(cell));
    expect(spec.hiddenSize).toBe(units);
    expect(recurrentParameterCount(spec)).toBe(count);
  });

  it.each([
    ['lstm', 36, 19_800],
    ['gru', 46, 20_200],
    ['tanh', 100, 20_100],
  ] as const)(
    'music %s: %d units; with the 96 or so notes of its data sets about %d parameters',
    (cell, units, printed) => {
      const spec = { ...paperSpec('music', unitNamed(cell)), inputSize: 100 };
      expect(spec.hiddenSize).toBe(units);
      expect(Math.abs(recurrentParameterCount(spec) - printed)).toBeLessThan(120);
    },
  );
});

it('holds the size that follows from a number of parameters to the largest', () => {
  const largest = { ...paperSpec('music', unitNamed('lstm')), hiddenSize: LARGEST_HIDDEN_SIZE };
  const most = recurrentParameterCount(largest);
  expect(paperSpec('music', unitNamed('lstm'), { parameters: most })).toEqual(largest);
  expect(() => paperSpec('music', unitNamed('lstm'), { parameters: 1.01 * most })).toThrow(Misuse);
});

describe('the flat parameter vector', () => {
  it('has the documented names and shapes, without gaps', () => {
    const slices = parameterSlices(paperSpec('music', unitNamed('lstm')));
    expect(slices.map(({ name }) => name)).toEqual(
      ['i', 'f', 'o', 'c']
        .flatMap((gate) => [`cell.W_${gate}`, `cell.U_${gate}`, `cell.b_${gate}`])
        .concat(['cell.V_i', 'cell.V_f', 'cell.V_o', 'output.W', 'output.b']),
    );
    let end = 0;
    for (const { offset, size, shape } of slices) {
      expect(offset).toBe(end);
      expect(size).toBe(shape.reduce((a, b) => a * b));
      end += size;
    }
    expect(end).toBe(parameterCount(paperSpec('music', unitNamed('lstm'))));
  });

  it('has 420 outputs for speech and 88 for music', () => {
    expect(outputSize(paperSpec('speech', unitNamed('gru')))).toBe(420);
    expect(outputSize(paperSpec('music', unitNamed('gru')))).toBe(88);
  });
});
