import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headerName, unitHeader, unitsHeader } from '../../src/kernels/generate/header.js';
import { defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import { sigmoid, stopped, tanh } from '../../src/model/graph/expression.js';
import { MOST_PARTS } from '../../src/model/graph/unit-rules.js';
import { UNITS } from '../../src/model/units/registry.js';
import { Misuse } from '../../src/platform/failure.js';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';

const FOLDER = join(PACKAGE_ROOT, 'src', 'kernels', 'native', 'units');

/** Without what clang-format changes: white space, and where a comment's lines break. */
const unformatted = (text: string) => text.replaceAll(/\s|\/\//g, '');

describe('the units’ headers', () => {
  it.each([
    ...UNITS.map((unit) => [headerName(unit), () => unitHeader(unit)] as const),
    ['units.h', () => unitsHeader(UNITS)] as const,
  ])('%s is what the equations give', (name, header) => {
    const committed = readFileSync(join(FOLDER, name), 'utf8');
    expect(unformatted(committed), '`npm run make:kernels` writes it anew').toBe(unformatted(header()));
  });

  it('are those of the registry', () => {
    expect(readdirSync(FOLDER).sort()).toEqual([...UNITS.map(headerName), 'units.h'].sort());
  });
});

it('the kernels have the room that units are held to', () => {
  const header = readFileSync(join(FOLDER, '..', 'unit.h'), 'utf8');
  expect(header).toContain(`constexpr int64_t MOST_PARTS = ${MOST_PARTS};`);
});

/** A chain of gates in which each takes the one before through U, and h all of them. */
function chain(length: number): Unit {
  return defineUnit('chain', ({ h, gate }) => {
    const first = sigmoid(gate('g'));
    let [last, sum] = [first, first.times(h)];
    for (let i = 1; i < length; i++) {
      last = sigmoid(gate(`g${i}`, { recurrent: last.times(h).times(first) }));
      sum = sum.plus(last);
    }
    return { h: tanh(sum) };
  });
}

describe('a unit that the kernels have no room for', () => {
  it('is refused in a sentence where it uses weight vectors too often', () => {
    const manyWeights = defineUnit('many', ({ h, gate, weight }) => {
      const scales = Array.from({ length: 7 }, (_, i) => weight(`s${i}`));
      const twice = (sum: typeof h) => scales.reduce((all, scale) => all.times(scale).times(scale), sum);
      return { h: tanh(twice(gate(''))) };
    });
    expect(() => unitHeader(manyWeights)).toThrow(Misuse);
    expect(() => unitHeader(manyWeights)).toThrow(
      /^unit many: it has 14 other uses of weight vectors, and the kernels have room for 12$/,
    );
  });

  it('is refused in a sentence where a gate is read after its gradient took its place', () => {
    const lateReader = defineUnit('late', ({ h, gate }) => {
      const a = gate('a');
      const inner = tanh(gate('b', { recurrent: stopped(a).times(h) }));
      return { h: inner.plus(tanh(a).times(sigmoid(a))) };
    });
    expect(() => unitHeader(lateReader)).toThrow(
      /^unit late: its gradient needs the sum of gate "a" after the kernels have put the gradient of that sum in its place$/,
    );
  });

  it('is not one of many stages', () => {
    expect(unitHeader(chain(12))).toContain('/*operands=*/11,');
  });

  it('is not one of many operations on a value', () => {
    const many = defineUnit('many', ({ gate }) => {
      let power = tanh(gate(''));
      for (let i = 0; i < 60; i++) power = power.times(power).plus(1);
      return { h: tanh(power) };
    });
    expect(unitHeader(many)).toContain('many');
  });
});
