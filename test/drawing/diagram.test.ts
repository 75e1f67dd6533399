import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Diagram, diagramOf, type Shape, type Text } from '../../src/drawing/diagram.js';
import type { Notation } from '../../src/drawing/notation.js';
import type { Gate, Unit } from '../../src/model/graph/define-unit.js';
import type { Expression } from '../../src/model/graph/expression.js';
import { UNITS, unitNamed } from '../../src/model/units/registry.js';
import { anyUnit, ODD_UNITS } from './odd-units.js';

/** A number for each name, the same wherever it is asked for: what a quantity is worth in these tests, with H = 1. */
function worth(name: string): number {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1009;
  return sum / 504.5 - 1;
}

const FUNCTIONS: Readonly<Record<string, (...of: number[]) => number>> = {
  σ: (a) => 1 / (1 + Math.exp(-a)),
  tanh: Math.tanh,
  relu: (a) => Math.max(0, a),
  exp: Math.exp,
  softplus: (a) => Math.log1p(Math.exp(a)),
  max: Math.max,
  'stop max': Math.max,
  stop: (a) => a,
  '−': (a) => -a,
  '': (a) => a,
};

const parameter = (role: string, index: string) => worth(`parameter ${role} ${index}`);
const before = (state: string) => worth(`before ${state}`);
const X = worth('x');

/** The states after a step, by the equations. */
function byEquations({ states, gates }: Unit): number[] {
  const known = new Map<Expression, number>();
  const value = (one: Expression): number => {
    const computed = known.get(one) ?? compute(one);
    known.set(one, computed);
    return computed;
  };
  const compute = (one: Expression): number => {
    const of = one.operands.map(value);
    const [a, b, c] = of;
    const name = String(one.data);
    switch (one.kind) {
      case 'constant':
        return Number(one.data);
      case 'state':
        return before(name);
      case 'weight':
        return parameter('V', name);
      case 'gate': {
        const { input, recurrent, bias } = gates.find(({ sum }) => sum === one) as Gate;
        const products = recurrent ? value(recurrent) * parameter('U', name) : 0;
        return products + (input ? X * parameter('W', name) : 0) + (bias === null ? 0 : parameter('b', name));
      }
      case 'add':
        return a + b;
      case 'subtract':
        return a - b;
      case 'multiply':
        return a * b;
      case 'divide':
        return a / b;
      case 'interpolate':
        return (1 - a) * b + a * c;
      default:
        return FUNCTIONS[{ sigmoid: 'σ', negative: '−', stopped: 'stop' }[one.kind as string] ?? one.kind](
          ...of,
        );
    }
  };
  return states.map(({ after }) => value(after));
}

/** The states after a step, by what a reader of the figure would compute. */
function byFigure(diagram: Diagram): number[] {
  const values: number[] = [];
  for (const { shape, operands } of diagram)
    values.push(
      read(
        shape,
        operands.map((i) => values[i]),
      ),
    );
  return values.filter((_, i) => diagram[i].shape.kind === 'after');
}

function read(shape: Shape, of: readonly number[]): number {
  const [a, b, c] = of;
  switch (shape.kind) {
    case 'before':
      return before(shape.notation.base);
    case 'input':
      return X;
    case 'after':
      return a;
    case 'add':
      return of.reduce((sum, one) => sum + one);
    case 'multiply':
      return of.reduce((product, one) => product * one);
    case 'subtract':
      return a - b;
    case 'divide':
      return a / b;
    case 'blend':
      return (1 - b) * a + b * c;
    case 'function':
      return readFunction(shape.text, of);
    default: {
      const operands = [...of];
      const sum = shape.terms.reduce((all, { kind, text }) => {
        const sign = text[0] === '−' ? -1 : 1;
        const last = text[text.length - 1];
        const factor = typeof last === 'object' ? written(last, shape.notation) : Number(last);
        if (kind === 'operand') return all + sign * (operands.shift() ?? Number.NaN);
        return all + sign * factor * (kind === 'constant' ? 1 : (operands.shift() ?? Number.NaN));
      }, 0);
      return FUNCTIONS[shape.function](sum);
    }
  }
}

/** @param gate what the box is called, where the parameters in it do not say their index */
function written({ base, index }: Notation, gate?: Notation): number {
  return parameter(base, index ?? ((gate?.base.length ?? 0) > 4 ? String(gate?.base) : ''));
}

/** `tanh`, `+ 2`, `1 − z`, `V_m ⊙`, `max(z, 0.5)`. */
function readFunction(text: Text, of: readonly number[]): number {
  const words = text.map((piece) => (typeof piece === 'string' ? piece.trim() : piece));
  const fixed = (piece: string | Notation) =>
    typeof piece === 'string' ? Number(piece.replace('−', '-')) : written(piece);
  const [first, second, , fourth] = words;
  const [a] = of;
  if (words.length === 1 && of.length > 0) return FUNCTIONS[String(first)](...of);
  if (words.length === 1) return fixed(first);
  if (first === 'max(') return Math.max(a, fixed(fourth));
  if (first === '+') return a + fixed(second);
  if (first === '−') return a - fixed(second);
  if (first === '/') return a / fixed(second);
  if (second === '−') return fixed(first) - a;
  if (second === '/') return fixed(first) / a;
  return fixed(first) * a;
}

describe('a figure', () => {
  const holds = (unit: Unit) => {
    const [equations, figure] = [byEquations(unit), byFigure(diagramOf(unit))];
    for (const [k, value] of equations.entries())
      if (Number.isFinite(value)) expect(figure[k]).toBeCloseTo(value, 9);
  };
  it.each([...UNITS, ...ODD_UNITS].map((unit) => [unit.name, unit] as const))(
    'of %s shows what its equations compute',
    (_, unit) => holds(unit),
  );

  it('of any unit shows what its equations compute', () => {
    fc.assert(fc.property(anyUnit, holds), { numRuns: 300, seed: 1 });
  });

  it('of the GRU gives the factor 1−z to the old state and z to the candidate', () => {
    const diagram = diagramOf(unitNamed('gru'));
    const blend = diagram.find(({ shape }) => shape.kind === 'blend');
    const names = blend?.operands.map((i) => {
      const { shape } = diagram[i];
      return 'notation' in shape ? [shape.kind, shape.notation] : shape.kind;
    });
    expect(names).toEqual([
      ['before', { base: 'h' }],
      ['gate', { base: 'z' }],
      ['gate', { base: 'h', accent: 'tilde' }],
    ]);
    expect(blend?.shape).toEqual({ kind: 'blend', factor: { base: 'z' } });
  });
});
