import { describe, expect, it } from 'vitest';
import { defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import { canonicalText, equationText } from '../../src/model/graph/equations.js';
import { type Expression, max, sigmoid, stopped, tanh } from '../../src/model/graph/expression.js';
import { hiddenSizeFor, recurrentParameters, unitParameters } from '../../src/model/graph/parameters.js';
import { unitHash } from '../../src/model/graph/unit-hash.js';
import { UNITS, unitNamed } from '../../src/model/units/registry.js';
import { Misuse } from '../../src/platform/failure.js';

describe('a unit is defined', () => {
  it('by its equations, which read as in the paper', () => {
    expect(equationText(unitNamed('gru'))).toEqual([
      'z = σ(xW_z + h₋U_z + b_z)',
      'r = σ(xW_r + h₋U_r + b_r)',
      'candidate = tanh(xW + (r⊙h₋)U + b)',
      'h = (1 − z)⊙h₋ + z⊙candidate',
    ]);
    expect(equationText(unitNamed('lstm')).at(-1)).toBe('h = o⊙tanh(c)');
  });

  it('with the parameters of the paper, and as many as its Table 1 says', () => {
    const names = (unit: string) => unitParameters(unitNamed(unit), 20, 4).map(({ name }) => name);
    expect(names('tanh')).toEqual(['W', 'U', 'b']);
    expect(names('gru')).toEqual(['W_z', 'U_z', 'b_z', 'W_r', 'U_r', 'b_r', 'W', 'U', 'b']);
    expect(names('lstm').slice(-3)).toEqual(['V_i', 'V_f', 'V_o']);
    const counts = [
      ['lstm', 195, 169_065],
      ['gru', 227, 168_888],
      ['tanh', 400, 168_400],
    ] as const;
    for (const [unit, hiddenSize, count] of counts)
      expect(recurrentParameters(unitNamed(unit), 20, hiddenSize)).toBe(count);
  });

  it('with a hidden size for any count of parameters: none is nearer', () => {
    for (const unit of UNITS)
      for (const wanted of [1, 500, 20_000, 168_900]) {
        const size = hiddenSizeFor(unit, 88, wanted);
        const distance = (hiddenSize: number) => Math.abs(recurrentParameters(unit, 88, hiddenSize) - wanted);
        expect(distance(size)).toBeLessThanOrEqual(distance(size + 1));
        if (size > 1) expect(distance(size)).toBeLessThan(distance(size - 1));
      }
  });

  it('with a text and a hash of its own', () => {
    expect(new Set(UNITS.map(unitHash)).size).toBe(UNITS.length);
    const biased = (bias: number) => defineUnit('one', ({ gate }) => ({ h: tanh(gate('a', { bias })) }));
    expect(unitHash(biased(0))).toBe(unitHash(biased(0)));
    expect(unitHash(biased(0))).not.toBe(unitHash(biased(1)));
    expect(canonicalText(biased(1))).toContain('b_a starts at 1');
  });

  it('with a name of its own for each value, whatever its gates and states are called', () => {
    const first = defineUnit('one', ({ h, gate }) => ({
      h: tanh(gate(''))
        .times(h)
        .plus(sigmoid(gate('candidate'))),
    }));
    const second = defineUnit('one', ({ h, gate }) => {
      const unnamed = tanh(gate(''));
      return { h: sigmoid(gate('candidate')).times(h).plus(unnamed) };
    });
    expect(unitHash(first)).not.toBe(unitHash(second));
    const crowded = defineUnit('one', { states: ['candidate', 'v1'] }, ({ candidate, v1, gate }) => {
      const sum = tanh(gate(''))
        .plus(sigmoid(gate('candidate')))
        .plus(v1);
      return { candidate: tanh(sum).times(sum), v1: candidate };
    });
    const names = equationText(crowded).map((line) => line.split(' = ')[0]);
    expect(names).toEqual(['candidate_0', 'candidate_candidate', 'v2', 'candidate', 'v1']);
  });
});

/** Each as docs/units.md says how it is written. */
describe('in equations there can be', () => {
  it.each<[string, Unit, readonly string[]]>([
    [
      'a product with a second state',
      defineUnit('one', { states: ['h', 'c'] }, ({ c, gate }) => {
        const i = sigmoid(gate('i').plus(gate('ic', { recurrent: c, input: false, bias: false })));
        return { h: tanh(i.times(c)), c: i };
      }),
      ['ic = c₋U_ic', 'c = σ(xW_i + h₋U_i + b_i + ic)', 'h = tanh(c⊙c₋)'],
    ],
    [
      'one W and U for two gates',
      defineUnit('one', ({ h, gate, weight }) => {
        const a = gate('a', { bias: false });
        const [i, f] = [sigmoid(a.plus(weight('i'))), sigmoid(a.plus(weight('f', 1)))];
        return { h: f.times(h).plus(i) };
      }),
      ['a = xW_a + h₋U_a', 'h = σ(a + V_f)⊙h₋ + σ(a + V_i)'],
    ],
    [
      'a product of W x and U h',
      defineUnit('one', ({ gate }) => {
        const m = gate('xm', { recurrent: null, bias: false }).times(
          gate('m', { input: false, bias: false }),
        );
        return { h: tanh(gate('', { recurrent: m })) };
      }),
      ['xm = xW_xm', 'm = h₋U_m', 'h = tanh(xW + (xm⊙m)U + b)'],
    ],
    [
      'a learned leak',
      defineUnit('one', ({ h, gate, weight, one }) => {
        const a = sigmoid(weight('a'));
        return { h: a.times(h).plus(one.minus(a).times(tanh(gate('')))) };
      }),
      ['v1 = σ(V_a)', 'candidate = tanh(xW + h₋U + b)', 'h = (1 − v1)⊙candidate + v1⊙h₋'],
    ],
    [
      'a reservoir',
      defineUnit('one', ({ gate }) => ({ h: stopped(tanh(gate(''))) })),
      ['candidate = tanh(xW + h₋U + b)', 'h = stopped(candidate)'],
    ],
  ])('%s', (_, unit, equations) => {
    expect(equationText(unit).sort()).toEqual([...equations].sort());
  });
});

describe('refused at its definition, in one sentence', () => {
  const other = defineUnit('other', ({ gate }) => ({ h: tanh(gate('')) }));
  const foreign = other.states[0].before;
  const endless = (h: Expression) => {
    for (let sum = h; ; ) sum = sum.plus(1).times(sum);
  };
  it.each<[string, () => unknown, RegExp]>([
    [
      'a name with a path in it',
      () => defineUnit('../x', ({ gate }) => ({ h: tanh(gate('')) })),
      /name is made of/,
    ],
    [
      'a name with a quote',
      () => defineUnit('a"b', ({ gate }) => ({ h: tanh(gate('')) })),
      /name is made of/,
    ],
    ['no equations', () => defineUnit('one', undefined as never), /equations, a function, are missing/],
    [
      'two gates of one name',
      () => defineUnit('one', ({ gate }) => ({ h: gate('z').plus(gate('z')) })),
      /two gates "z"/,
    ],
    [
      'a gate named for C++',
      () => defineUnit('one', ({ gate }) => ({ h: gate('z; return') })),
      /a gate's name is/,
    ],
    [
      'a gate of nothing',
      () => defineUnit('one', ({ gate }) => ({ h: gate('a', { input: false, recurrent: null }) })),
      /neither an input nor a recurrent/,
    ],
    [
      'a lost gate',
      () =>
        defineUnit('one', ({ gate }) => {
          gate('lost');
          return { h: tanh(gate('')) };
        }),
      /does not depend on gate "lost"/,
    ],
    [
      'a lost weight',
      () =>
        defineUnit('one', ({ gate, weight }) => {
          weight('lost');
          return { h: tanh(gate('')) };
        }),
      /does not depend on weight "lost"/,
    ],
    [
      'a lost state',
      () => defineUnit('one', { states: ['h', 'c'] }, ({ gate, c }) => ({ h: tanh(gate('')), c: c.plus(1) })),
      /does not depend on the state "c"/,
    ],
    ['a constant state', () => defineUnit('one', () => ({ h: 1 })), /the state "h" does not vary/],
    ['a state that stays', () => defineUnit('one', ({ h }) => ({ h })), /the state "h" does not vary/],
    [
      'no input',
      () => defineUnit('one', ({ gate }) => ({ h: tanh(gate('', { input: false })) })),
      /no gate has an input/,
    ],
    [
      'a missing state',
      () =>
        defineUnit('one', { states: ['h', 'c'] }, (({ gate }: { gate(n: string): Expression }) => ({
          h: gate(''),
        })) as never),
      /do not return the state "c"/,
    ],
    [
      'a state too many',
      () =>
        defineUnit('one', (({ gate }: { gate(n: string): Expression }) => ({ h: gate(''), c: 1 })) as never),
      /"c", which is no state/,
    ],
    [
      'a state named as a function',
      () => defineUnit('one', { states: ['gate'] }, () => ({ gate: 1 })),
      /no state can be called gate/,
    ],
    [
      '13 gates',
      () =>
        defineUnit('one', ({ gate }) => ({
          h: Array.from({ length: 13 }, (_, i) => gate(`g${i}`)).reduce((a, b) => a.plus(b)),
        })),
      /more than 12 gates/,
    ],
    [
      'a NaN',
      () => defineUnit('one', ({ gate }) => ({ h: gate('').times(Number.NaN) })),
      /NaN is no finite number/,
    ],
    [
      'a number beyond float32',
      () => defineUnit('one', ({ gate }) => ({ h: gate('').plus(1e39) })),
      /1e\+39 is no finite number/,
    ],
    [
      'a division by 0',
      () => defineUnit('one', ({ gate }) => ({ h: gate('').dividedBy(0) })),
      /a division by 0/,
    ],
    [
      'nothing in a sum',
      () => defineUnit('one', ({ gate }) => ({ h: gate('').plus(undefined as never) })),
      /where undefined stands/,
    ],
    [
      'another unit’s expression',
      () => defineUnit('one', ({ gate }) => ({ h: gate('').plus(foreign) })),
      /an expression of another unit/,
    ],
    [
      'a number in a function',
      () => defineUnit('one', () => ({ h: sigmoid(1 as never) })),
      /sigmoid takes an expression/,
    ],
    ['two numbers in max', () => defineUnit('one', () => ({ h: max(1, 2) })), /max takes an expression/],
    [
      'equations without an end',
      () => defineUnit('one', ({ h }) => ({ h: endless(h) as never })),
      /more than 2000 operations/,
    ],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(Misuse);
    expect(define).toThrow(message);
    expect(define).toThrow(/^[^\n]{10,250}$/);
  });
});
